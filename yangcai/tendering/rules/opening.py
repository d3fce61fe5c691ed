"""May the bids be opened, which lots have too few, and is the record of the opening settled?"""

import datetime
from typing import Any

from yangcai.cases.models import Case, Lot, LotOutcome, Stage
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import method
from yangcai.tendering.models import OpenedBid, Opening
from yangcai.tendering.rules.bids import whole_bids


@remembered
def opening_of(case: Case) -> Opening | None:
    """The opening of a case, None before it began."""
    return Opening.objects.filter(case=case).first() if may_have(case, Opening) else None


def pending_lots(case: Case) -> list[Lot]:
    """Those for which offers are made: a lot that follows another one has none of its own."""
    return [lot for lot in case.every_lot() if lot.outcome == LotOutcome.PENDING and lot.follows_id is None]


def enough_bids(lot: Lot, *, now: datetime.datetime) -> bool:
    """投标人不足 3 家的，不得开标 (87号令 art. 41): counted per lot, by what came in whole."""
    return whole_bids(lot).count() >= method.fewest(lot.case, Stage.SUBMISSION, now=now)


def not_begun(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The bids of a case are opened once."""
    if opening_of(subject) is None:
        return None
    return Refusal("opening_begun", "已经开标", "The bids have been opened already")


def under_way(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses before the opening began and after it was concluded."""
    opening = opening_of(subject)
    if opening is not None and opening.concluded_at is None:
        return None
    return refuse(
        "opening.at_deadline",
        code="opening_not_under_way",
        zh="开标尚未开始或者已经结束",
        en="The opening has not begun, or is over",
        **applicable(subject, now=now),
    )


def record_is_open(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """对开标过程和记录有疑义的应当场提出 (87号令 art. 42)."""
    return under_way(subject.lot.case, by=by, now=now)


def not_confirmed_yet(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A bidder confirms the record of the opening once."""
    if subject.record_confirmed_at is None:
        return None
    return Refusal("record_confirmed", "您已确认开标记录", "You have confirmed the record already")


def has_a_record(subject: Opening, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The paper repeats the record, and there is one where prices were read out and the opening is over."""
    if subject.record_id is not None and subject.concluded_at is not None:
        return None
    return Refusal("no_record", "开标尚未结束，或者不公开唱标，没有开标记录", "There is no record of this opening yet")


def objections_are_answered(subject: Case, *, now: datetime.datetime, answer: str, **_: Any) -> Refusal | None:
    """采购人、采购代理机构对投标人代表提出的询问或者回避申请应当及时处理 (87号令 art. 42)."""
    raised = OpenedBid.objects.filter(lot__case=subject).exclude(record_objection="").count()
    if not raised or answer:
        return None
    return refuse(
        "opening.objection",
        code="objection_unanswered",
        zh="有 {raised} 家投标人对开标提出异议，请写明处理结果",
        en="{raised} bidders object to the opening: write down how this was settled",
        field="answer",
        raised=raised,
        **applicable(subject, now=now),
    )
