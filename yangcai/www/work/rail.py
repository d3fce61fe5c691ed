"""Where does a purchase stand between the intention and the last payment, and what does the law allow at each node?"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai import law, procedures
from yangcai.cases.models import Case, CaseEnd, Lot, LotOutcome, Stage
from yangcai.cases.queries import runs_or_oversees
from yangcai.contracts.models import Contract
from yangcai.frameworks.models import Entrant
from yangcai.kernel.beneath import may_have
from yangcai.kernel.refusals import Citation, in_chinese
from yangcai.kernel.wording import in_words, worded
from yangcai.parties.models import Post
from yangcai.planning.models import Intention, PlanItem
from yangcai.tendering.rules.award import sign_by
from yangcai.tendering.rules.opening import opening_of
from yangcai.www import formats
from yangcai.www import wording as words


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
    post: Post | None = None,
) -> list[Step]:
    """The nodes of a purchase, from whatever of it exists; between plan and contract those of its method, in whose
    words they are said. To whom the contract is no business of a post's own (`post`), its signing is told by its
    notice."""
    with in_words(words.of(case or plan_item)):
        return _steps(plan_item, case, now=now, intention=intention, post=post)


def _steps(
    plan_item: PlanItem | None,
    case: Case | None,
    *,
    now: datetime.datetime,
    intention: Intention | None,
    post: Post | None,
) -> list[Step]:
    intention = intention or (plan_item.intention if plan_item else None)
    on = (case.law_as_of if case else None) or timezone.localdate(now)
    chosen = case or plan_item
    code = chosen.procedure if chosen else next(iter(procedures.PROCEDURES))
    spends = procedures.get(code).spends
    after = _contract(case, post=post, now=now) if spends else _agreement(case, now=now)
    nodes = [*_planning(intention, plan_item), *_tender(case, code=code, now=now), *after]
    stopped = case is not None and case.end_kind in {CaseEnd.UNSUCCESSFUL, CaseEnd.TERMINATED}
    # While it is suspended no date is known: the stage goes on with what was left of it (政府采购法 art. 57).
    halted = case is not None and case.ended_at is None and not case.stage_at(now) and case.is_suspended_at(now)
    found, current = [], False
    for node in nodes:
        state = "skipped" if node.skipped else "done" if node.done_at else "todo"
        if state == "todo" and not current:
            current, state = True, "stopped" if stopped else "current"
        limit, citation = _limit(node, on=on)
        note = node.note
        if state == "stopped" and case is not None:
            note = str(CaseEnd(case.end_kind).label)
        if state == "current" and halted:
            note = str(_("已暂停"))
        expected = None if halted else node.expected_at
        found.append(Step(node.name, state, node.done_at or expected, note, limit, citation))
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


def _tender(case: Case | None, *, code: str, now: datetime.datetime) -> list[Node]:
    """The nodes of the tender, in the order of its method's steps."""
    periods: list[Any] = list(case.periods.all()) if case else []
    opened = [p for p in periods if p.stage == Stage.OPENING]
    submissions = [p for p in periods if p.stage == Stage.SUBMISSION and p.closes_at]
    closes_at = max((p.closes_at for p in submissions), default=None)
    opening = opening_of(case) if case else None
    begun = opening.begun_at if opening else None
    announced = _announced(case) if case else None
    method = procedures.get(code)
    nodes = []
    for step in method.steps:
        named = worded(step.titles[0 if in_chinese() else 1])
        match step.stage:
            case Stage.INVITATION:
                published = case.published_at if case else None
                # Who publishes no notice sends a letter: an invitation to one supplier, or to those it chose.
                name = _("采购公告") if step.notice else method.notice[0 if in_chinese() else 1]
                nodes.append(Node(formats.titled(name), published, rule=step.notice, phrase=_("公告 {limit}")))
            case Stage.SUBMISSION:
                nodes.append(
                    Node(
                        named,
                        closes_at if begun else None,
                        expected_at=closes_at,
                        rule=step.window,
                        phrase=_("不少于 {limit}"),
                    )
                )
            case Stage.OPENING:
                nodes.append(
                    Node(
                        named,
                        begun,
                        expected_at=opened[-1].opens_at if opened else closes_at,
                        rule=next(iter(step.rules), ""),
                        phrase=_("截止同一时间") if step.reads_out else _("报价不公开"),
                    )
                )
            case Stage.DIALOGUE | Stage.FINAL_OFFER:
                talks = step.stage == Stage.DIALOGUE
                rule = next(iter(step.rules), "") if talks else step.bidders
                over = _over(case, step.stage, periods)
                past = over is not None and over <= now
                phrase = _("机会均等") if talks else _("不少于 {limit}")
                nodes.append(Node(named, over if past else None, None if past else over, rule=rule, phrase=phrase))
            case Stage.AWARD:
                name = named if step.zh else _("评审定标")
                nodes.append(Node(name, announced, rule=step.decide, phrase=_("{limit}内定标")))
    return nodes


def _over(case: Case | None, stage: str, periods: list[Any]) -> datetime.datetime | None:
    """When the last lot left a stage that every lot goes through by itself; None while one is in it or before it. A lot
    that follows another goes through none: it is decided by that one's offers."""
    if case is None:
        return None
    going = {LotOutcome.PENDING, LotOutcome.AWARDED}
    running: list[Lot] = [lot for lot in case.lots.all() if lot.outcome in going and lot.follows_id is None]
    ends = {p.lot_id: p.closes_at for p in periods if p.stage == stage}
    closed = [ends.get(lot.pk) for lot in running]
    later = {p.lot_id for p in periods if p.stage in (Stage.EVALUATION, Stage.AWARD)}
    if not closed or None in closed or any(lot.pk not in later for lot in running if stage == Stage.FINAL_OFFER):
        return None
    return max(end for end in closed if end)


def _announced(case: Case) -> datetime.datetime | None:
    """When the last lot that was awarded was announced; None while a lot is still open or none was awarded."""
    if any(lot.outcome == "" for lot in case.every_lot()):
        return None
    if not procedures.get(case.procedure).spends:  # entrants, announced as they are determined
        return max((lot.outcome_at for lot in case.every_lot() if lot.outcome == LotOutcome.AWARDED), default=None)
    standing = [award.announced_at for award in case.every_award() if award.refused_at is None]
    return max((at for at in standing if at is not None), default=None)


def _may_be_told(contract: Contract, case: Case, post: Post | None, *, now: datetime.datetime) -> bool:
    """That it was signed: to both sides and those who oversee at once, to everybody else with its notice."""
    if contract.published_at is not None and contract.published_at <= now:
        return True
    return runs_or_oversees(case, post) or (post is not None and post.organisation_id == contract.supplier_id)


def _agreement(case: Case | None, *, now: datetime.datetime) -> list[Node]:
    """What follows a first stage: everybody signs, and when the term is over, what was called off is summed up."""
    entrants = Entrant.objects.filter(framework__lot__case=case, left_at__isnull=True) if case else ()
    signed = [one.signed_at for one in entrants]
    known = [at for at in signed if at is not None]
    closed = case.ended_at if case is not None and case.end_kind == CaseEnd.CLOSED else None
    return [
        Node(
            _("签订框架协议"),
            max(known) if known and len(known) == len(signed) else None,
            rule="framework.sign",
            phrase=_("{limit}内签订"),
        ),
        Node(_("成交汇总"), closed, rule="framework.summary", phrase=_("期满后 {limit}内公告")),
    ]


def _contract(case: Case | None, *, post: Post | None, now: datetime.datetime) -> list[Node]:
    """Signed in the time that the law gives for it, which stands still with the case; then accepted and paid."""
    signed = closed = expected = None
    if case is not None:
        contracts = list(Contract.objects.filter(case=case)) if may_have(case, Contract) else []
        if contracts and all(c.signed_at and _may_be_told(c, case, post, now=now) for c in contracts):
            signed = max(c.signed_at for c in contracts if c.signed_at)
        if case.end_kind == CaseEnd.CLOSED:
            closed = case.ended_at
        waiting = [one for one in case.every_award() if one.announced_at is not None and one.refused_at is None]
        if waiting and signed is None:
            lots = {lot.pk: lot for lot in case.every_lot()}
            for award in waiting:
                award.lot = lots[award.lot_id]
            expected = min((at for award in waiting if (at := sign_by(award, now=now)) is not None), default=None)
    return [
        Node(_("合同"), signed, expected_at=expected, rule="contract.sign", phrase=_("{limit}内签订")),
        Node(_("验收支付"), closed, rule="payment.invoice", phrase=_("{limit}内付款")),
    ]
