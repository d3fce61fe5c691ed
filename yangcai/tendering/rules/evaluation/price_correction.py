"""Is a price that contradicts itself corrected, and has its bidder confirmed that?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.roles import Role
from yangcai.tendering import arithmetic, blind
from yangcai.tendering.models import OpenedBid
from yangcai.tendering.rules.evaluation.responsiveness import lot_of, responsiveness_found


def has_correction(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a bid whose opening schedule, words and parts agree (87号令 art. 59)."""
    if responsiveness_found(subject, by=by, now=now):
        return None
    if arithmetic.outcome(subject.lot, now=now).of(subject).corrections:
        return None
    return refuse(
        own(subject.lot.case, "evaluation.arithmetic"),
        code="nothing_to_correct",
        zh="该投标的开标一览表、大写金额与分项报价没有矛盾，无需修正",
        en="The opening list, the words and the lines of this bid do not contradict each other",
        **applicable(subject.lot.case, now=now),
    )


def correction_not_proposed(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A bidder is asked once to confirm its corrected price."""
    if subject.corrected_price is None:
        return None
    return Refusal(
        "already_proposed", "已经要求投标人确认修正后的报价", "The bidder has been asked to confirm the corrected price"
    )


def answer_time_ahead(subject: OpenedBid, *, now: datetime.datetime, answer_by: datetime.datetime, **_: Any) -> Any:
    """The time to answer ends later than `now`."""
    if answer_by > now:
        return None
    return Refusal("answer_time_past", "答复期限应当在现在之后", "The time to answer must lie ahead", field="answer_by")


def correction_unanswered(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """The bidder answers in time; after that the chair may only record that it did not."""
    until = calendar.to_the_minute(subject.correction_answer_by_at) if subject.correction_answer_by_at else ""
    if subject.corrected_price is None:
        yield Refusal(
            "no_correction_proposed", "评标委员会没有提出报价修正", "The committee has not proposed a correction"
        )
    elif subject.correction_confirmed is not None:
        yield Refusal("already_answered", "报价修正已经答复", "The correction has been answered already")
    elif by.role == Role.EXPERT and now < subject.correction_answer_by_at:
        yield Refusal(
            "bidder_may_still_answer",
            f"投标人的答复期限为 {until}，期满后才能记录未确认",
            f"The bidder may answer until {until}; only then can silence be recorded",
        )
    elif by.role == Role.SUPPLIER and now >= subject.correction_answer_by_at:
        yield Refusal(
            "answer_too_late",
            f"答复期限 {until} 已过",
            f"The time to answer ended at {until}",
        )


def silence_confirms_nothing(subject: OpenedBid, *, by: Any, now: datetime.datetime, confirms: bool) -> Any:
    """Only the bidder itself confirms; the committee records that it did not (87号令 art. 59)."""
    if by.role != Role.EXPERT or not confirms:
        return None
    return refuse(
        own(subject.lot.case, "evaluation.confirm_correction"),
        code="only_bidder_confirms",
        zh="只有投标人自己可以确认修正后的报价",
        en="Only the bidder itself can confirm the corrected price",
        field="confirms",
        **applicable(subject.lot.case, now=now),
    )


def corrections_settled(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The later steps rest on corrected prices, so every contradiction is settled first (law.md §2.11)."""
    lot = lot_of(subject)
    if responsiveness_found(subject, by=by, now=now):
        return None
    waiting = arithmetic.outcome(lot, now=now).pending("confirm_correction")
    if not waiting:
        return None
    return refuse(
        own(lot.case, "evaluation.confirm_correction"),
        code="correction_open",
        zh="报价前后不一致、尚未修正并经投标人确认：{bidders}",
        en="Contradictory prices not yet corrected and confirmed: {bidders}",
        bidders=Written("、".join(blind.name_for(bid, by) for bid in waiting)),
        **applicable(lot.case, now=now),
    )
