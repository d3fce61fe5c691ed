"""Where does a purchase stand between the intention and the last payment, and what does the law allow at each node?"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai import law, procedures
from yangcai.cases.models import Award, Case, CaseEnd, Stage
from yangcai.contracts.models import Contract
from yangcai.kernel.refusals import Citation, in_chinese
from yangcai.planning.models import Intention, PlanItem


@dataclass(frozen=True)
class Step:
    """One node: done at `at`, or expected then; `limit` is what the law says, `citation` where."""

    name: str
    state: str
    at: datetime.datetime | None = None
    note: str = ""
    limit: str = ""
    citation: Citation | None = None
    url: str = ""


@dataclass(frozen=True)
class Node:
    """A node before it is known which one is current."""

    name: str
    done_at: datetime.datetime | None
    expected_at: datetime.datetime | None = None
    note: str = ""
    rule: str = ""
    phrase: str = "{limit}"
    skipped: bool = False


def steps(
    plan_item: PlanItem | None,
    case: Case | None,
    *,
    now: datetime.datetime,
    intention: Intention | None = None,
) -> list[Step]:
    """The eight nodes of a purchase, from whatever of it exists."""
    intention = intention or (plan_item.intention if plan_item else None)
    on = (case.law_as_of if case else None) or timezone.localdate(now)
    nodes = [*_planning(intention, plan_item), *_tender(case), *_contract(case, on=on)]
    stopped = case is not None and case.end_kind in {CaseEnd.UNSUCCESSFUL, CaseEnd.TERMINATED}
    found, current = [], False
    for node in nodes:
        state = "skipped" if node.skipped else "done" if node.done_at else "todo"
        if state == "todo" and not current:
            current, state = True, "stopped" if stopped else "current"
        limit, citation = _limit(node, on=on)
        note = node.note
        if state == "stopped" and case is not None:
            note = str(CaseEnd(case.end_kind).label)
        found.append(Step(node.name, state, node.done_at or node.expected_at, note, limit, citation))
    return found


def _limit(node: Node, *, on: datetime.date) -> tuple[str, Citation | None]:
    found = law.find(node.rule, on=on) if node.rule else None
    if found is None:
        return "", None
    return node.phrase.format(limit=found.text[0 if in_chinese() else 1]), found.citation


def _planning(intention: Intention | None, plan_item: PlanItem | None) -> list[Node]:
    exempt = bool(plan_item and plan_item.intention_exemption and not intention)
    return [
        Node(
            _("采购意向"),
            intention.published_at if intention else None,
            note=_("不公开，理由见计划") if exempt else "",
            rule="intention.lead",
            phrase=_("提前 {limit}公开"),
            skipped=exempt,
        ),
        Node(
            _("采购计划"),
            plan_item.filed_at if plan_item else None,
            rule="plan.before_activity",
            phrase=_("开始前备案"),
        ),
    ]


def _tender(case: Case | None) -> list[Node]:
    periods: list[Any] = list(case.periods.all()) if case else []
    opened = [p for p in periods if p.stage == Stage.OPENING]
    submissions = [p for p in periods if p.stage == Stage.SUBMISSION and p.closes_at]
    closes_at = max((p.closes_at for p in submissions), default=None)
    opening = getattr(case, "opening", None) if case else None
    begun = opening.begun_at if opening else None
    announced = _announced(case) if case else None
    bound = {str(step.stage): step for step in procedures.get(case.procedure if case else "open_tender").steps}
    invitation, submission = bound[Stage.INVITATION], bound[Stage.SUBMISSION]
    return [
        Node(
            _("采购公告"),
            case.published_at if case else None,
            rule=invitation.notice,
            phrase=_("公告 {limit}"),
        ),
        Node(
            _("投标"),
            closes_at if begun else None,
            expected_at=closes_at,
            rule=submission.window,
            phrase=_("不少于 {limit}"),
        ),
        Node(
            _("开标"),
            begun,
            expected_at=opened[-1].opens_at if opened else closes_at,
            rule=next(iter(bound[Stage.OPENING].rules), ""),
            phrase=_("截止同一时间"),
        ),
        Node(_("评审定标"), announced, rule=bound[Stage.AWARD].decide, phrase=_("{limit}内定标")),
    ]


def _announced(case: Case) -> datetime.datetime | None:
    """When the last lot that was awarded was announced; None while a lot is still open or none was awarded."""
    if any(lot.outcome == "" for lot in case.lots.all()):
        return None
    return Award.objects.filter(lot__case=case, announced_at__isnull=False, refused_at__isnull=True).aggregate(
        at=Max("announced_at")
    )["at"]


def _contract(case: Case | None, *, on: datetime.date) -> list[Node]:
    signed = closed = expected = None
    if case is not None:
        contracts = list(Contract.objects.filter(case=case))
        if contracts and all(c.signed_at for c in contracts):
            signed = max(c.signed_at for c in contracts if c.signed_at)
        if case.end_kind == CaseEnd.CLOSED:
            closed = case.ended_at
        announced = Award.objects.filter(lot__case=case, announced_at__isnull=False).aggregate(at=Min("announced_at"))
        if announced["at"] and signed is None:
            expected = law.due_at("C20", since=announced["at"], on=on, jurisdiction=case.jurisdiction)
    return [
        Node(_("合同"), signed, expected_at=expected, rule="contract.sign", phrase=_("{limit}内签订")),
        Node(_("验收支付"), closed, rule="payment.invoice", phrase=_("{limit}内付款")),
    ]
