"""How does a buyer set out from its budget: which line, by which method, why, from when on, and what comes first?

Three screens: the budget lines, what the law says to one of them with the form of the step that comes first, and the
page that says it was done. Nothing is written here: the form is that of the step's own Action.
"""

import datetime
import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai import law
from yangcai.funds.models import Appropriation
from yangcai.funds.queries import balances_of
from yangcai.kernel.actions import ACTIONS, SCOPES, Action, can
from yangcai.kernel.inputs import DateField, MoneyField
from yangcai.kernel.refusals import Citation
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning import proposal
from yangcai.planning.actions.plan import ground_or_none
from yangcai.planning.models import Category, Intention, PlanItem
from yangcai.planning.queries import unplanned_intentions
from yangcai.planning.states import state_of
from yangcai.procedures import PROCEDURES, grounds
from yangcai.procedures.choice import Answer, Proposal, Reason, Verdict
from yangcai.www import formats
from yangcai.www.access import page
from yangcai.www.forms import arrange
from yangcai.www.paging import CappedPaginator
from yangcai.www.work import places, proposals, tables
from yangcai.www.work.doing import notice_name, stamp

PER_PAGE = 25
CENT = Decimal("0.01")
#: What a line itself says nothing of.
NOTHING_SAID = {"in_catalogue": False, "urgent": False, "ground": "", "original_amount": None, "start": None}
#: Before the names of its fields: the form of the step beside it has some of the same.
FACTS = "of"
#: The first letter of a code of the catalogue of what governments buy -> category.
CLASSES = {"A": Category.GOODS, "B": Category.WORKS, "C": Category.SERVICES}


@dataclass(frozen=True)
class Budgeted:
    """A budget line to choose from: what is left of it, and what was begun with it."""

    row: Appropriation
    available: Decimal
    begun: list[tuple[str, str]]
    is_fresh: bool


@page(by={Role.BUYER_OFFICER})
def choose(request: HttpRequest) -> HttpResponse:
    """The first screen: this year's budget lines, those of which something is left."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    year = timezone.localdate(now).year
    own = SCOPES[Appropriation](post, now).filter(fiscal_year=year, available_fund__balance__gt=0).order_by("code")
    shown = CappedPaginator(own, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": shown, "lines": budgeted(list(shown.object_list), post=post, now=now), "year": year, "now": now}
    return render(request, "work/start.html", context)


def budgeted(rows: list[Appropriation], *, post: Post, now: datetime.datetime) -> list[Budgeted]:
    """The lines with their balances, intentions and plans, each kind in one query."""
    found = balances_of(rows)
    begun: dict[int, list[tuple[str, str]]] = {}
    intentions = SCOPES[Intention](post, now).filter(appropriation__in=rows, withdrawn_at__isnull=True)
    for one in intentions.filter(plan_items__isnull=True).order_by("pk"):
        said = _("意向已于 %(day)s 公开") % {"day": formats.day(one.published_at)}
        begun.setdefault(one.appropriation_id, []).append((said, places.page_of(one)))
    for plan in SCOPES[PlanItem](post, now).filter(appropriation__in=rows, cancelled_at__isnull=True).order_by("pk"):
        said = _("采购计划：%(state)s") % {"state": state_of(plan).label}
        begun.setdefault(plan.appropriation_id, []).append((said, places.page_of(plan)))
    return [Budgeted(row, found[row.pk].available, begun.get(row.pk, []), row.pk not in begun) for row in rows]


# --- the second screen -------------------------------------------------------------------------------------------


class Facts(forms.Form):
    """What the proposal is made from; nothing of it is kept."""

    category = forms.ChoiceField(label=gettext_lazy("类别"), choices=Category.choices)
    amount = MoneyField(label=gettext_lazy("预算金额（元）"), min_value=CENT)
    in_catalogue = forms.BooleanField(label=gettext_lazy("集中采购目录以内"), required=False)
    ground = forms.ChoiceField(
        label=gettext_lazy("可以援引的情形"),
        choices=ground_or_none,
        required=False,
        help_text=gettext_lazy("公开招标不需要填写"),
    )
    original_amount = MoneyField(
        label=gettext_lazy("原合同金额"),
        min_value=CENT,
        required=False,
        help_text=gettext_lazy("从原供应商处添购的，填写原合同金额"),
    )
    start = DateField(
        label=gettext_lazy("开始日期"), required=False, help_text=gettext_lazy("不填写即从今天起算，适用当日施行的规定")
    )
    urgent = forms.BooleanField(
        label=gettext_lazy("因不可预见的原因急需，不公开意向"), required=False, help_text=gettext_lazy("理由写在计划里")
    )

    def __init__(self, *args: Any, today: datetime.date, **more: Any):
        super().__init__(*args, **more)
        self.today = today

    def clean_start(self) -> datetime.date | None:
        start: datetime.date | None = self.cleaned_data["start"]
        if start is not None and start < self.today:
            raise forms.ValidationError(_("开始日期不能早于今天"))
        return start


@dataclass(frozen=True)
class Gate:
    """One step on the way to the notice: whether it is behind, open now, or what opens it."""

    title: str
    said: str
    tone: str
    word: str
    citation: Citation | None = None


@page(by={Role.BUYER_OFFICER})
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """What the law says to a purchase from this line, and the form of what comes first."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(SCOPES[Appropriation](post, now), pk=pk)
    intention = unplanned_intentions(appropriation_id=row.pk).last()
    today = timezone.localdate(now)
    facts = Facts(request.GET or None, initial=_known(row, intention), prefix=FACTS, today=today)
    if facts.is_bound and not facts.is_valid():
        context = {"row": row, "facts": facts, "back": places.page_of(row), "now": now}
        return render(request, "work/start_line.html", context, status=422)
    given = facts.cleaned_data if facts.is_bound else {**NOTHING_SAID, **_known(row, intention)}
    on = given["start"] or today
    found = proposal.of_facts(
        row.buyer,
        now=now,
        amount=given["amount"],
        category=given["category"],
        in_catalogue=given["in_catalogue"],
        ground=given["ground"],
        original_amount=given["original_amount"],
        on=on,
        intention=intention,
        exempt="urgent" if given["urgent"] else "",
    )
    best = advised(found, ground=given["ground"])
    code = best.procedure.code if best else ""
    shown = proposals.presented(found, chosen=code, on=on, jurisdiction=row.buyer.jurisdiction)
    waits = intention is None and not given["urgent"] and not _is_spared(best)
    action = ACTIONS["intention.publish" if waits else "plan.draft"]
    context = {
        "row": row,
        "kicker": [row.fiscal_year, row.code],
        "facts": facts,
        "available": balances_of([row])[row.pk].available,
        "proposal": shown,
        "advised": shown.chosen if best else "",
        "answer": best.answer if best else None,
        "tone": proposals.TONES[best.answer] if best else "",
        "unmet": _unmet(found, given["ground"]),
        "why": [line.reasons for line in shown.lines if line.is_chosen][:1],
        "days": _days(best),
        "gates": gates(row, intention, best, waits=waits, urgent=given["urgent"], now=now),
        "back": places.page_of(row),
        "now": now,
        **_form(action, row, given, code=code, post=post, now=now),
    }
    return render(request, "work/start_line.html", context)


def _known(row: Appropriation, intention: Intention | None) -> dict[str, Any]:
    """What the line itself says: its sum, and by its code of the catalogue what kind of thing it is."""
    amount = intention.amount if intention is not None else row.available_fund.balance
    return {"amount": amount, "category": str(CLASSES.get(row.classification[:1].upper(), Category.GOODS))}


def advised(found: Proposal, *, ground: str = "") -> Verdict | None:
    """What the ground that was stated opens; else the method that needs nothing first, the main one before others;
    else the first lawful one."""
    opened = [one for one in found.lawful if ground and any(held.code == ground for held in one.grounds)]
    if opened:
        return next((one for one in opened if one.answer is Answer.OPEN), opened[0])
    return next((one for one in found.verdicts if one.answer is Answer.OPEN), next(iter(found.lawful), None))


def _unmet(found: Proposal, ground: str) -> list[Reason]:
    """Why the ground that was stated opens nothing; none where it opens something, or none was stated."""
    if not ground or any(held.code == ground for one in found.lawful for held in one.grounds):
        return []
    asked = [found.of(code) for code in grounds.get(ground).methods if code in PROCEDURES]
    return list({reason.text: reason for one in asked for reason in one.reasons}.values())


def _is_spared(best: Verdict | None) -> bool:
    """Whether the law asks for no intention here: the proposal's own days then begin without one."""
    return best is not None and best.timeline is not None and best.timeline.of("intention") is None


def _days(best: Verdict | None) -> list[Any]:
    """The dates that are asked for first: notice, closing, contract."""
    if best is None or best.timeline is None:
        return []
    found = (best.timeline.of(code) for code in proposals.DAYS)
    return [one for one in found if one is not None]


def gates(
    row: Appropriation,
    intention: Intention | None,
    best: Verdict | None,
    *,
    waits: bool,
    urgent: bool,
    now: datetime.datetime,
) -> list[Gate]:
    """The steps up to the notice, each with its article; what cannot be done here says who does it and from when."""
    on, place = timezone.localdate(now), row.buyer.jurisdiction

    def cite(key: str) -> Citation | None:
        value = law.find(key, on=on, jurisdiction=place)
        return value.citation if value else None

    opens = best.timeline.of("invitation") if best is not None and best.timeline is not None else None
    here, later, done = _("本页办理"), _("之后办理"), _("已完成")
    if intention is not None:
        first = Gate(_("公开采购意向"), formats.moment(intention.published_at), "done", done, cite("intention.lead"))
    elif waits:
        first = Gate(_("公开采购意向"), _("填写下表即公开"), "info", here, cite("intention.lead"))
    else:
        said = _("不公开的理由写在计划里") if urgent else _("依法不需要公开")
        first = Gate(_("公开采购意向"), said, "mute", _("不适用"), cite("intention.lead"))
    drafted = _("意向公开后即可编制，公开期间可以送审、审核") if waits else _("填写下表；送审前可以反复修改")
    return [
        Gate(
            _("有预算"),
            _("可用余额 %(sum)s") % {"sum": formats.yuan(row.available_fund.balance)},
            "done",
            done,
            cite("control.no_budget_no_procurement"),
        ),
        first,
        Gate(
            _("编制采购计划"),
            drafted,
            "mute" if waits else "info",
            later if waits else here,
            cite("requirement.content"),
        ),
        Gate(
            _("审核计划、公平竞争审查"),
            _("送审后由本单位审核岗办理，编制人员不得参与；通过即预留资金"),
            "mute",
            later,
            cite("requirement.review"),
        ),
        Gate(_("计划备案"), _("审核通过后由经办人办理"), "mute", later, cite("plan.filed")),
        Gate(
            _("发布采购公告"),
            _("最早 %(day)s") % {"day": formats.day(opens.earliest_on)} if opens else _("以采购方式的规定为准"),
            "mute",
            later,
            cite("intention.lead") if waits or intention is not None else None,
        ),
    ]


def _form(
    action: Action, row: Appropriation, given: dict[str, Any], *, code: str, post: Post, now: datetime.datetime
) -> dict[str, Any]:
    """The form of the step that comes first, begun with what is known; or why it is not open."""
    refusals = can(action, row, by=post, now=now)
    if refusals:
        return {"action": action, "blocked": refusals, "form": None}
    form = action.input(subject=row, by=post, now=now)
    begun = {name: given[name] for name in ("category", "in_catalogue", "amount", "ground", "original_amount")}
    form.initial.update({name: value for name, value in begun.items() if name in form.fields})
    if "procedure" in form.fields and code in dict(form.fields["procedure"].choices):  # type: ignore[attr-defined]
        form.initial["procedure"] = code
    arrange(form)
    return {
        "action": action,
        "form": form,
        "title": action.title,
        "url": places.form_of(action, row),
        "hidden": {"key": secrets.token_urlsafe(18), "version": stamp(row, post)},
        "publishes": notice_name(action.notice, row) if action.notice else "",
        "method": tables.procedure(code) if code else "",
    }
