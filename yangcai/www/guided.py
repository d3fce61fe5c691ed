"""Which story does this visitor of a demo live through, how far has it come, and what is there to try?"""

import datetime
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yangcai.cases.models import Case
from yangcai.demo import acting, anew, living
from yangcai.demo.models import Story
from yangcai.demo.prepared import PROGRESS
from yangcai.demo.scene import Scene
from yangcai.demo.stories import PLOTS
from yangcai.frameworks.models import Framework
from yangcai.funds.models import Appropriation
from yangcai.kernel import calendar, clock
from yangcai.kernel.actions import ACTIONS, Action
from yangcai.kernel.inputs import RowsField
from yangcai.kernel.wording import in_words
from yangcai.parties.models import OrganisationKind, Post
from yangcai.www import signed_papers, wording
from yangcai.www.work import places

SESSION_KEY = "story"
#: How the budget lines of the year are numbered (replay/year.py).
OF_THE_YEAR = "year-"
#: No story takes longer: from its budget line to the end of its contract.
LONGEST = datetime.timedelta(days=120)
NAMES = tuple(PLOTS)
#: Empty rows under those that are filled in for a visitor: nobody looks through three that nothing is missing from.
SPARE = 1
#: What the switch of the bar says -> whether the others act by themselves.
SWITCH = {"automatic": True, "manual": False}


@dataclass(frozen=True)
class Line:
    """One thing to try, and whether it has been done."""

    text: str
    hint: str
    is_done: bool


@dataclass(frozen=True)
class Shown:
    """A story as the bar and the entrance show it. `turn`: what the visitor may do now, and where."""

    story: Story
    title: str
    lines: list[Line]
    case: Case | None
    turn: str
    turn_url: str
    is_over: bool

    @property
    def done(self) -> int:
        return sum(line.is_done for line in self.lines)


def of(request: HttpRequest) -> Story | None:
    """The story of this session; never outside a sandbox."""
    session = getattr(request, "session", None)
    if not settings.YANGCAI_SANDBOX or session is None or (pk := session.get(SESSION_KEY)) is None:
        return None
    return Story.objects.select_related("post").filter(pk=pk).first()


def shown(story: Story | None, *, now: datetime.datetime) -> Shown | None:
    """The checklist ticks itself: every tick is an Entry of the story's own purchase."""
    if story is None:
        return None
    told = PLOTS[story.name]
    scene = Scene(story, told.plot, now=now)
    done = {entry.action for entry in scene.entries}
    deed = acting.turn_of(story, now=now)
    with in_words(wording.of_method(told.plot.procedure)):  # its own, whatever case the page beneath the bar is of
        return Shown(
            story=story,
            title=str(told.title),
            lines=[Line(str(item.text), str(item.hint), bool(item.actions & done)) for item in told.items],
            case=scene.case,
            turn=ACTIONS[deed.action].title if deed else "",
            turn_url=places.form_of(ACTIONS[deed.action], deed.subject) if deed else "",
            is_over=living.is_over(story),
        )


def waits_for_visitor(story: Story, *, now: datetime.datetime) -> bool:
    """Whether only the visitor can take it on, or nobody: it is over."""
    return acting.turn_of(story, now=now) is not None or living.is_over(story)


def offered(*, now: datetime.datetime) -> list[dict[str, Any]]:
    """The stories on offer; one that cannot be begun says why not."""
    return [
        {
            "name": name,
            "title": told.title,
            "says": told.says,
            "minutes": told.minutes,
            "role": _role(told.role),
            "is_first": number == 0,
            "missing": missing(name, now=now),
        }
        for number, (name, told) in enumerate(PLOTS.items())
    ]


def _role(role: str) -> str:
    return str(Post(role=role).get_role_display())


def beginner(name: str) -> Post | None:
    """As whom a story begins: the first of its role."""
    found = Post.objects.select_related("person", "organisation").filter(role=PLOTS[name].role)
    kinds = [OrganisationKind.BUYER, OrganisationKind.AGENT, OrganisationKind.SUPPLIER]
    return found.filter(organisation__kind__in=kinds).order_by("pk").first()


def missing(name: str, *, now: datetime.datetime) -> str | None:
    """What a story needs that the district does not have yet; None when it can begin."""
    if acting_under_agreement(name) and not Framework.objects.filter(told_at__lte=now).exists():
        if anew.obstacle(settings.YANGCAI_HOME) is None:  # it is there by now, in the year that a reset brings in
            return str(_("本剧本要用到的框架协议已随全区全年数据备好：请先重置演示区。"))
        return str(_("本剧本要用到的框架协议还在准备，请稍候。"))
    if calendar.horizon() - now < LONGEST:
        return str(_("模拟时间已接近已知日历的尽头，剧本走不完：请先重置演示区。"))
    return None


def acting_under_agreement(name: str) -> bool:
    return PLOTS[name].plot.procedure.startswith("call_off")


def progress() -> dict[str, int] | None:
    """How far the district's year has come that is being made beside this demo; None where nothing is being made."""
    try:
        told = json.loads((settings.YANGCAI_HOME / PROGRESS).read_text())
    except (OSError, ValueError):
        return None
    return {"done": int(told["done"]), "total": int(told["total"])}


def year_waits() -> bool:
    """Whether the year has come to be ready since this district began without it: a reset brings it in."""
    return not Appropriation.objects.filter(code__startswith=OF_THE_YEAR).exists()


def go_on(request: HttpRequest) -> None:
    """After the visitor's own Action the others in the story do what is theirs, and it is told."""
    story = of(request)
    if story is not None:
        told = acting.advance(story, now=request.now)  # type: ignore[attr-defined]
        say(request, told)


def issue(request: HttpRequest, *roots: str) -> None:
    """The signed papers that wait under these roots or in the visitor's story come about now, after everybody acted: a
    demo has no worker beside it, which would take deadlines from under a clock that moves by clicks."""
    story, now = of(request), clock.now()
    mine = Scene(story, acting.plot_of(story), now=now).roots if story else []
    signed_papers.at_once(roots={*roots, *mine}, now=now)


def fill(request: HttpRequest, action: Action, subject: Any, form: forms.Form) -> bool:
    """Fill in a visitor's form with what the story would have him say; whether there was something. Files are his."""
    story = of(request)
    if story is None or story.post_id is None:
        return False
    now: datetime.datetime = request.now  # type: ignore[attr-defined]
    for deed in acting.deeds(Scene(story, acting.plot_of(story), now=now)):
        if (deed.action, deed.subject.ref, deed.by.pk) == (action.code, subject.ref, story.post_id):
            said = {name: value for name, value in deed.data.items() if name in form.fields}
            said = {name: value for name, value in said.items() if not isinstance(form.fields[name], forms.FileField)}
            for name in said:
                if isinstance(field := form.fields[name], RowsField):
                    field.widget.blank = min(field.widget.blank, SPARE)  # a closed list stays closed
                    said[name] = merged(field, said[name])
            form.initial.update(said)
            return bool(said)
    return False


def merged(field: RowsField, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a story, with what the visitor has noted already in their place: they are the same row where they
    agree in what is chosen (which bid, which criterion)."""
    chosen = [name for name, column in field.row.base_fields.items() if isinstance(column, forms.ChoiceField)]
    own = {tuple(row.get(name) for name in chosen): row for row in field.initial or []}
    if not chosen:
        return said
    return [row | _noted(own.get(tuple(row.get(name) for name in chosen), {}), besides=chosen) for row in said]


def _noted(row: dict[str, Any], *, besides: list[str]) -> dict[str, Any]:
    """What somebody wrote in a row. A box without a tick is an answer only where there is another beside it, as the
    reason for which a clause is not met."""
    filled = {name: value for name, value in row.items() if value not in (None, "")}
    return filled if any(value for name, value in filled.items() if name not in besides) else {}


def say(request: HttpRequest, told: list[acting.Told]) -> None:
    """What the counterparties did, without saying who bid; in the words of the method of each one's story."""
    if told:
        counts: Counter[str] = Counter()
        stories = Story.objects.filter(pk__in={one.story for one in told})
        methods = {one.pk: PLOTS[one.name].plot.procedure for one in stories}
        for one in told:
            with in_words(wording.of_method(methods[one.story])):
                counts[ACTIONS[one.action].title] += 1
        done = _("；").join(f"{title} × {n}" if n > 1 else title for title, n in counts.items())
        messages.success(request, _("其他角色自动办理：%(done)s。") % {"done": done})
