"""Which legal deadlines run, which were met, which are late, and by which article?"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from yangcai import law, procedures
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Citation, in_chinese
from yangcai.kernel.wording import worded
from yangcai.parties.roles import Role
from yangcai.www import formats

ACTORS = {
    "buyer": _("采购人"),
    "agent": _("代理机构"),
    "supplier": _("供应商"),
    "treasury": _("财政部门"),
    "portal": _("平台"),
    "expert": _("评审专家"),
}
#: Role -> who that is in the table: an open task knows whom it waits for better than the clock, which is of every case.
SIDES = {
    Role.BUYER_OFFICER: "buyer",
    Role.BUYER_REVIEWER: "buyer",
    Role.AGENT: "agent",
    Role.SUPPLIER: "supplier",
    Role.TREASURY: "treasury",
    Role.TREASURY_PAYER: "treasury",
    Role.EXPERT: "expert",
    Role.PLATFORM: "portal",
}
#: What needs somebody comes first.
ORDER = {"overdue": 0, "running": 1, "waiting": 2, "met": 3, "over": 4}


@dataclass(frozen=True)
class Clock:
    """One line of the clock table."""

    title: str
    due_at: datetime.datetime | None
    citation: Citation | None
    actor: str
    state: str
    met_at: datetime.datetime | None = None
    url: str = ""
    is_window: bool = False
    reminded: str = ""


def citation_of(task: Task, *, on: datetime.date, procedure: str = "") -> Citation | None:
    """The article behind a task's deadline, if the law knew one on that day: what the method says for itself, where it
    is known by which one something is bought."""
    if not task.clock:
        return None
    return _cited((law.clock(task.clock).rule,), on=on, procedure=procedure)


def ground_of(task: Task, *, on: datetime.date, procedure: str = "") -> Citation | None:
    """The article by which something waits: that of its clock, else the first behind the Action; the method's own."""
    if task.clock or task.action not in ACTIONS:
        return citation_of(task, on=on, procedure=procedure)
    return _cited(ACTIONS[task.action].cites, on=on, procedure=procedure)


def _cited(keys: tuple[str, ...], *, on: datetime.date, procedure: str) -> Citation | None:
    """The first of these articles that the law knew on that day and that binds the method."""
    bind = procedures.binding(keys, procedure=procedure) if procedure else keys
    found = (law.find(key, on=on) for key in bind)
    return next((value.citation for value in found if value is not None), None)


def title_of(task: Task, *, who: str = "") -> str:
    """What is to be done: the Action's title, or the clock's for a mere window; `who` it is about, if not plain."""
    if task.action in ACTIONS:
        title = ACTIONS[task.action].title
    else:
        clock = law.clock(task.clock)
        title = worded(clock.zh if in_chinese() else clock.en)
    return _about(title, who)


def moment_of(task: Task, *, who: str = "") -> str:
    """The same where a moment stands beside it: a window that must run for so long may well be open longer, and its
    shortest time must not be taken for its end."""
    title = title_of(task, who=who)
    if not task.action and law.clock(task.clock).kind == "at_least":
        return str(_("%(what)s（法定最短）") % {"what": title})
    return title


def _about(what: str, who: str) -> str:
    return str(_("%(what)s（%(who)s）") % {"what": what, "who": who}) if who else what


def reminder(task: Task) -> str:
    """What the clock has told whoever must act: after what share of the time, or that the time is over."""
    if task.done_at is not None or not task.role or (task.clock and law.clock(task.clock).kind == "at_least"):
        return ""
    if task.fired_at is not None:
        return str(_("已于 %(at)s 提醒逾期") % {"at": formats.moment(task.fired_at)})
    if task.warned_at is None:
        return ""
    return str(
        _("已于 %(at)s 提醒：期限已过 %(share)s%%") % {"at": formats.moment(task.warned_at), "share": task.warned_share}
    )


def clocks(
    tasks: Iterable[Task],
    *,
    on: datetime.date,
    now: datetime.datetime,
    who: Mapping[str, str] = MappingProxyType({}),
    procedure: str = "",
) -> list[Clock]:
    """The clock table of a root: windows that must have run and deadlines to keep, one line per clock and row. Where
    several must act within one clock (C45: who keeps the record and whom it is about), what is open counts first.
    `who`: subject -> whom it is about, where lines would be equal. `procedure`: by whose articles."""
    found: dict[tuple[str, str], Clock] = {}
    for task in tasks:
        if not task.clock:
            continue
        clock = law.clock(task.clock)
        line = Clock(
            title=_about(worded(clock.zh if in_chinese() else clock.en), who.get(task.subject, "")),
            due_at=task.due_at,
            citation=citation_of(task, on=on, procedure=procedure),
            actor=str(ACTORS.get(SIDES.get(Role(task.role), clock.actor) if task.role else clock.actor, "")),
            state=_state(task, clock=clock, now=now),
            met_at=task.done_at,
            is_window=clock.kind == "at_least",
            reminded=reminder(task),
        )
        before = found.get((task.clock, task.subject))
        if before is not None and before.state == line.state and before.actor not in line.actor:
            comma = "、" if in_chinese() else ", "
            line = replace(line, actor=f"{before.actor}{comma}{line.actor}")
        if before is None or ORDER[line.state] <= ORDER[before.state]:
            found[task.clock, task.subject] = line
    far = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    return sorted(found.values(), key=lambda c: (ORDER[c.state], c.due_at or far))


def _state(task: Task, *, clock: Any, now: datetime.datetime) -> str:
    if clock.fires == "lapse" and (task.done_at is not None or (task.due_at is not None and task.due_at <= now)):
        return "over"
    if task.done_at is not None:
        return "met"
    if task.due_at is None:
        return "running"
    if now < task.due_at:
        return "running"
    return "met" if clock.kind == "at_least" else "overdue"
