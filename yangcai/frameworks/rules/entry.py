"""How many enter, who may not, and may a request to an open framework be made or answered?"""

import datetime
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from yangcai.cases.models import Candidate, Lot, LotOutcome
from yangcai.cases.queries import candidates
from yangcai.cases.rules import applicable, refuse
from yangcai.credit.queries import may_take_part
from yangcai.frameworks import consortium
from yangcai.frameworks.models import Entrant, EntryRequest, Framework
from yangcai.frameworks.rules import quality
from yangcai.frameworks.rules.terms import is_closed
from yangcai.kernel.refusals import Refusal
from yangcai.law.figures.elimination import Elimination, elimination
from yangcai.tendering import standing
from yangcai.tendering.rules.lots import may_win


def agreement_of(lot: Lot) -> Framework | None:
    """The agreement that suppliers of this lot enter: that which it tops up, else its own; None without terms."""
    framework = Framework.objects.select_related("tops_up__lot__case").filter(lot=lot).first()
    return framework and (framework.tops_up or framework)


def eligible(lot: Lot, *, now: datetime.datetime) -> list[Candidate]:
    """Those ranked who are not debarred now, nor one of their consortium, nor entered or were removed from the same
    agreement before, alone or in a consortium (art. 19), and may enter for one lot more."""
    agreement = agreement_of(lot)
    before = _entrants([agreement], entered_at__lt=now) if agreement else ()
    out = set().union(*consortium.names_of(before).values()) | _full(lot)
    bids = {bid.supplier_id: bid for bid in standing.opened(lot.judged_with)} if out else {}
    free = (
        one
        for one in candidates(lot)
        if not out
        or not out & (standing.names_of(bids[one.supplier_id]) if one.supplier_id in bids else {one.supplier.name})
    )
    return standing.not_barred(lot, free, at=now)


def _full(lot: Lot) -> set[str]:
    """Under what names as many other lots of the call were entered as the file lets one supplier have: a consortium's
    count for each of its members, as in any tender (art. 9; 政府采购法 art. 24)."""
    most, since = may_win(lot.case), lot.case.published_at
    if most is None or since is None:
        return set()
    others = Framework.objects.filter(lot__case=lot.case).exclude(lot=lot)
    agreements = [one.tops_up_id or one.pk for one in others]
    entrants = _entrants(agreements, entered_at__gte=since)
    names = consortium.names_of(entrants)
    won: Counter[str] = Counter()
    for agreement in agreements:  # one for each lot
        for one in entrants:
            if one.framework_id == agreement:
                won.update(names[one.pk])
    return {name for name, lots in won.items() if lots >= most}


def _entrants(agreements: Iterable[Framework | int], **when: datetime.datetime) -> list[Entrant]:
    """Those of the agreements, with all that tells who stands behind them."""
    found = Entrant.objects.filter(framework__in=agreements, **when)
    return list(found.select_related("supplier", "framework__lot__case").order_by("pk"))


def comes_next(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Where one supplier may enter for only so many lots, they are decided in the order that the file declares."""
    if may_win(subject.case) is None:
        return None
    before = itertools.takewhile(lambda one: one.pk != subject.pk, subject.case.lots_in_award_order)
    undecided = [one.number for one in before if one.outcome == LotOutcome.PENDING]
    if not undecided:
        return None
    return refuse(
        "solicitation.lot_limit",
        code="earlier_lot_undecided",
        zh="采购文件限制每家供应商可入围的采购包数，按定标次序应当先确定采购包 {lots} 的入围供应商",
        en="The file limits for how many lots a supplier may enter: decide first on {lots}",
        lots="、".join(undecided),
        **applicable(subject.case, now=now),
    )


def share(lot: Lot, *, now: datetime.datetime) -> Elimination:
    """How many of those who respond are eliminated at the least (art. 27)."""
    by_quality = quality.is_of_equipment(lot)
    return elimination(qualified=len(eligible(lot, now=now)), by_quality=by_quality, **applicable(lot.case, now=now))


def entrants_are_open(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    agreement, since = agreement_of(subject), subject.case.published_at
    if agreement is None or since is None or not agreement.entrants.filter(entered_at__gte=since).exists():
        return None
    return Refusal("entrants_determined", "已经确定入围供应商", "The entrants have been determined already")


def somebody_is_ranked(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if eligible(subject, now=now):
        return None
    return refuse(
        "framework.bidders",
        code="nobody_to_enter",
        zh="没有可以入围的供应商；请对本包办理征集失败",
        en="Nobody is left who could enter: declare the lot unsuccessful",
        **applicable(subject.case, now=now),
    )


def enough_are_eliminated(subject: Lot, *, now: datetime.datetime, count: int | None, **_: Any) -> Refusal | None:
    """淘汰比例一般不得低于 20%，质量优先的仪器设备不得低于 40%，且至少淘汰一家 (art. 27): with its arithmetic."""
    most = share(subject, now=now)
    if count is None or count <= most.entrants:
        return None
    return refuse(
        most.rule,
        code="too_few_eliminated",
        zh="响应并合格 {qualified} 家，淘汰比例不低于{limit}且至少一家，即至少淘汰 {eliminated} 家，最多入围 {most} 家",
        en="Of the {qualified} that responded and qualified, at least {limit} and no fewer than one are eliminated,"
        " that is {eliminated}: at most {most} may enter",
        field="count",
        qualified=most.eliminated + most.entrants,
        eliminated=most.eliminated,
        most=most.entrants,
        **applicable(subject.case, now=now),
    )


# --- an open framework ---------------------------------------------------------------------------------------------


def takes_requests(subject: Framework, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """供应商可以随时申请加入, as long as the agreement runs (art. 39)."""
    case = subject.lot.case
    if not is_closed(case) and subject.is_in_force_at(now):
        return None
    return refuse(
        "framework.open_call",
        code="takes_no_requests",
        zh="封闭式框架协议只能在征集时响应，开放式框架协议只在有效期内接受申请",
        en="A closed framework is entered by its call only, an open one as long as its term runs",
        **applicable(case, now=now),
    )


def may_enter(subject: Framework, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Not debarred, not in already, not asking already, and not removed from this very agreement (art. 19)."""
    yield from may_take_part(by.organisation, at=now)
    entry = Entrant.objects.filter(framework=subject, supplier_id=by.organisation_id).first()
    if entry is not None and entry.left_at is None:
        yield Refusal("has_entered", "贵单位已经入围", "Your organisation is an entrant already")
    elif entry is not None and entry.left_by == "removal":
        yield refuse(
            "framework.removal",
            code="was_removed",
            zh="贵单位已被清退，不得重新申请加入同一框架协议",
            en="Your organisation was removed and may not come back to the same agreement",
            **applicable(subject.lot.case, now=now),
        )
    if EntryRequest.objects.filter(framework=subject, supplier_id=by.organisation_id, answered_at=None).exists():
        yield Refusal("has_asked", "贵单位的申请正在审核", "Your request is being reviewed")


def not_answered(subject: EntryRequest, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.answered_at is None:
        return None
    return Refusal("answered_already", "该申请已经答复", "This request has been answered")


def may_be_admitted(subject: EntryRequest, *, now: datetime.datetime, is_admitted: bool, **_: Any) -> Iterator[Refusal]:
    """Whoever was debarred since it asked is turned down (财库〔2016〕125号)."""
    if is_admitted:
        yield from may_take_part(subject.supplier, at=now)


def refused_with_a_reason(
    subject: EntryRequest, *, now: datetime.datetime, is_admitted: bool, answer: str, **_: Any
) -> Refusal | None:
    """审核结果书面告知 (art. 39): a refusal with its reasons."""
    if is_admitted or answer.strip():
        return None
    return refuse(
        "framework.open_review",
        code="answer_missing",
        zh="审核不通过的，应当书面告知理由",
        en="A request that is turned down is answered with reasons in writing",
        field="answer",
        **applicable(subject.framework.lot.case, now=now),
    )
