"""Who did what, to which row, on which day? The search of the audit trail, for whoever operates the platform or audits.

The list is the Entries themselves, refused ones too, without what was written into the forms. Before the opening nobody
learns who obtained documents or handed in a bid, nor how many did (87号令 art. 28), as on the timeline of a case: what
suppliers and experts do in it, and what is done for one supplier each, is shown from the opening on, or at any time
where the method has none; of a prequalification, once it is concluded. An expert is not found by the employer.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai.cases.models import Case
from yangcai.kernel import calendar
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Entry
from yangcai.kernel.wording import in_words
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import Prequalification
from yangcai.tendering.queries.bids import NEVER_OPENED
from yangcai.www import wording
from yangcai.www.access import page
from yangcai.www.paging import MOST_HITS, CappedPaginator
from yangcai.www.work import handled, places, timeline

PER_PAGE = 50
DONE, REFUSED = "done", "refused"
OUTCOMES = (("", gettext_lazy("全部")), (DONE, gettext_lazy("已办理")), (REFUSED, gettext_lazy("不予办理")))
ROLES = (("", gettext_lazy("全部")), *Role.choices)
#: Whose steps are nobody's business before the opening.
HIDDEN = (Role.SUPPLIER, Role.EXPERT)
#: The years of which is asked: an Entry is of none before, and no day after can be counted to its end.
FIRST_ON, LAST_ON = datetime.date(2000, 1, 1), datetime.date(2199, 12, 31)


def _day_field(label: Any) -> forms.DateField:
    bounds = [MinValueValidator(FIRST_ON), MaxValueValidator(LAST_ON)]
    return forms.DateField(label=label, required=False, validators=bounds, widget=forms.DateInput({"type": "date"}))


class Asked(forms.Form):
    """What is looked for; everything may stay empty."""

    action = forms.CharField(label=gettext_lazy("事项"), required=False, max_length=100)
    subject = forms.CharField(label=gettext_lazy("项目编号或者名称"), required=False, max_length=100)
    organisation = forms.CharField(label=gettext_lazy("单位"), required=False, max_length=100)
    role = forms.ChoiceField(label=gettext_lazy("岗位"), required=False, choices=ROLES)
    outcome = forms.ChoiceField(label=gettext_lazy("结果"), required=False, choices=OUTCOMES)
    from_on = _day_field(gettext_lazy("从"))
    to_on = _day_field(gettext_lazy("到"))

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError where the days stand the wrong way round."""
        given = super().clean() or {}
        first, last = given.get("from_on"), given.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", _("止日不能早于起日"))
        return given


@dataclass(frozen=True)
class Trace:
    """One line: when, what, by whom, about which row, whether it was done, and the digest of its Entry."""

    at: datetime.datetime
    title: str
    code: str
    actor: str
    about: str
    about_url: str
    ref: str
    is_refused: bool
    reasons: str
    hash: str


@page(by={Role.PLATFORM, Role.AUDITOR})
def trail(request: HttpRequest) -> HttpResponse:
    """The Entries that are asked for, newest first."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    form = Asked(request.GET or None)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    paginator = CappedPaginator(entries(given), PER_PAGE, most=MOST_HITS)
    shown = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "asked": {name: value for name, value in given.items() if value},
        "page": shown,
        "traces": traces(shown.object_list, post=post, now=now),
        "now": now,
    }
    return render(request, "work/trail.html", context)


def entries(given: dict[str, Any]) -> QuerySet[Entry]:
    """What was asked for, of what may be known by now."""
    opened = Case.objects.filter(Q(procedure__in=NEVER_OPENED) | Q(opening__isnull=False))
    concluded = Prequalification.objects.filter(concluded_at__isnull=False)
    is_hidden = Q(role__in=HIDDEN) | Q(action__in=timeline.untold())
    found = Entry.objects.filter(~is_hidden | (_known(opened) & _known(concluded)))
    if text := given.get("action"):
        found = found.filter(action__in=codes(text))
    if text := given.get("subject"):
        found = found.filter(Q(root__in=cases_of(text)) | Q(root=text) | Q(subject=text))
    if text := given.get("organisation"):
        # As it may be told of no expert by whom one is employed, it may not be found by that either.
        found = found.filter(organisation__icontains=text).exclude(role=Role.EXPERT)
    for name in ("role", "outcome"):
        if given.get(name):
            found = found.filter(**{name: given[name]})
    if given.get("from_on"):
        found = found.filter(at__gte=calendar.start_of(given["from_on"]))
    if given.get("to_on"):
        found = found.filter(at__lt=calendar.end_of(given["to_on"]))
    return found.order_by("-seq")


def _known(rows: QuerySet[Any]) -> Q:
    """Under these rows of their kind, or under no row of it."""
    kind = f"{rows.model._meta.model_name}:"
    ref = Concat(Value(kind), Cast("pk", TextField()), output_field=TextField())
    return ~Q(root__startswith=kind) | Q(root__in=rows.annotate(named=ref).values("named"))


def codes(text: str) -> list[str]:
    """The Actions that are called so in either language, or whose code that is."""
    wanted = text.casefold()
    return [
        one.code for one in ACTIONS.values() if any(wanted in said.casefold() for said in (one.code, one.zh, one.en))
    ]


def cases_of(text: str) -> list[str]:
    """How Entries name the cases of that number or title, and the plan items from which they came."""
    found = Case.objects.filter(Q(number__icontains=text) | Q(title__icontains=text)).order_by("-pk")[:MOST_HITS]
    return [
        ref for case, plan in found.values_list("pk", "plan_item_id") for ref in (f"case:{case}", f"planitem:{plan}")
    ]


def traces(shown: Iterable[Entry], *, post: Post, now: datetime.datetime) -> list[Trace]:
    """The lines; the rows they are about, of each kind in one query, as far as this post may see them."""
    found = list(shown)
    rows = handled.rows({entry.root for entry in found}, post=post, now=now)
    unseen = wording.of_roots(entry.root for entry in found if entry.root not in rows)
    acted = timeline.lent(found, post=post)
    return [
        _trace(entry, rows.get(entry.root), unseen, timeline.actor_of(entry, post=post, lent=acted)) for entry in found
    ]


def _trace(entry: Entry, row: Any, unseen: dict[str, Any], actor: str) -> Trace:
    action = ACTIONS.get(entry.action)
    with in_words(unseen.get(entry.root) if row is None else wording.of(row)):
        title = action.title if action is not None else entry.action
        is_refused = entry.outcome == REFUSED
        reasons = timeline.reasons(entry) if is_refused else ""
    about, url = ("", "") if row is None else (str(row), places.page_of(row))
    return Trace(entry.at, title, entry.action, actor, about, url, entry.root, is_refused, reasons, entry.hash)
