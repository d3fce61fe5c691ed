"""Has everybody met on the concept, is the negotiation file out, and who has answered it in time? (财库〔2024〕13号)"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai import law
from yangcai.cases.models import Lot, Period, Stage
from yangcai.cases.rules import applicable, beyond_calendar, refuse
from yangcai.kernel import calendar
from yangcai.kernel.calendar import HorizonError
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.procedures import engine
from yangcai.tendering import method
from yangcai.tendering.models import FILE, DialogueChange, DialogueTalk, OpenedBid
from yangcai.tendering.rules.dialogue import lot_of, owes_a_new_offer, remaining


def begins_together(lot: Lot) -> str:
    """The rule by which the dialogue begins with all suppliers at once; empty where the method knows no such thing."""
    return method.step_of(lot.case, Stage.DIALOGUE).together if method.has(lot.case, Stage.DIALOGUE) else ""


@remembered
def has_met(lot: Lot) -> bool:
    """Whether the common meeting has been held: the first talk of every supplier."""
    return DialogueTalk.objects.filter(opened_bid__lot=lot).exists()


@remembered
def issued(lot: Lot) -> DialogueChange | None:
    """The negotiation file, once it is out."""
    return DialogueChange.objects.filter(lot=lot, part=FILE).first()


def response_window(lot: Lot) -> Period | None:
    """When first responses to the file are made: the second round of the dialogue."""
    if issued(lot) is None:
        return None
    rounds = [one for one in lot.case.every_period() if one.lot_id == lot.pk and one.stage == Stage.DIALOGUE]
    return next((one for one in sorted(rounds, key=lambda one: one.round) if one.round > 1), None)


def silent(lot: Lot, *, now: datetime.datetime) -> list[OpenedBid]:
    """Who did not answer the file in time, once that time is over."""
    window, file = response_window(lot), issued(lot)
    if window is None or file is None or window.closes_at is None or now < window.closes_at:
        return []
    return [bid for bid in remaining(lot) if bid.resubmitted_at is None or bid.resubmitted_at < file.told_at]


# --- the common meeting --------------------------------------------------------------------------------------------


def meets_together(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where the method knows no common meeting (财库〔2024〕13号 is the one that does)."""
    if begins_together(subject):
        return None
    return Refusal(
        "no_common_meeting",
        "本采购方式不进行创新概念交流，谈判与单一供应商分别进行",
        "This method knows no common meeting: the committee talks with one supplier at a time",
    )


def not_met_yet(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The meeting on the concept is held once."""
    if not has_met(subject):
        return None
    return refuse(
        begins_together(subject),
        code="met_already",
        zh="已经进行创新概念交流；此后由采购人发出研发谈判文件",
        en="The meeting on the concept has been held: now the negotiation file goes out",
        **applicable(subject.case, now=now),
    )


# --- the file ------------------------------------------------------------------------------------------------------


def has_met_before(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The negotiation file goes out after the meeting on the concept."""
    if not begins_together(subject) or has_met(subject):
        return meets_together(subject, by=by, now=now)
    return refuse(
        begins_together(subject),
        code="not_met_yet",
        zh="研发谈判文件根据创新概念交流的结果形成；请先由谈判小组与所有供应商共同交流",
        en="The negotiation file comes of the meeting on the concept: the group meets with all suppliers first",
        **applicable(subject.case, now=now),
    )


def not_issued_yet(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses once the negotiation file went out."""
    if issued(subject) is None:
        return None
    return Refusal(
        "file_issued",
        "研发谈判文件已经发出，此后只能提出变动",
        "The negotiation file is out: from now on it only changes",
    )


def time_for_responses(
    subject: Lot, *, now: datetime.datetime, closes_at: datetime.datetime, **_: Any
) -> Refusal | None:
    """自研发谈判文件发出之日起至首次响应截止之日止不得少于 10 个工作日."""
    return _long_enough(subject, Stage.DIALOGUE, now=now, closes_at=closes_at, code="response_too_short")


def time_for_last_offers(
    subject: Lot, *, now: datetime.datetime, closes_at: datetime.datetime, **_: Any
) -> Refusal | None:
    """最终响应时间不少于 5 个工作日, where the method sets one."""
    return _long_enough(subject, Stage.FINAL_OFFER, now=now, closes_at=closes_at, code="final_response_too_short")


def _long_enough(
    lot: Lot, stage: str, *, now: datetime.datetime, closes_at: datetime.datetime, code: str
) -> Refusal | None:
    key, on = (
        method.step_of(lot.case, stage).window if method.has(lot.case, stage) else "",
        applicable(lot.case, now=now),
    )
    if not key or not law.applies(key, **on):
        return None
    try:
        return engine.too_short(key, opens=now, closes=closes_at, code=code, field="closes_at", **on)
    except HorizonError as error:
        return beyond_calendar(error, field="closes_at")


# --- what waits for it ---------------------------------------------------------------------------------------------


def file_was_answered(subject: Any, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Talks one by one come after the file and its first responses; whoever made none takes no part in them."""
    lot = lot_of(subject)
    key, on = begins_together(lot), applicable(lot.case, now=now)
    if not key:
        return
    window = response_window(lot)
    if window is None:
        yield refuse(
            key,
            code="file_not_issued",
            zh="请先进行创新概念交流并发出研发谈判文件，再与供应商分别谈判",
            en="First comes the meeting on the concept, then the negotiation file, then talks one by one",
            **on,
        )
    elif window.closes_at is not None and now < window.closes_at:
        yield refuse(
            method.step_of(lot.case, Stage.DIALOGUE).window,
            code="responses_still_come",
            zh="首次响应文件提交至 {closes}，期满后开始谈判",
            en="First responses come in until {closes}; then the talks begin",
            closes=calendar.to_the_minute(window.closes_at),
            **on,
        )
    elif isinstance(subject, OpenedBid) and subject.pk in {bid.pk for bid in silent(lot, now=now)}:
        yield refuse(
            method.step_of(lot.case, Stage.DIALOGUE).window,
            code="no_first_response",
            zh="该供应商未在规定时间内提交首次响应文件，不再参加谈判",
            en="This supplier made no first response in time and takes no part in the talks",
            **on,
        )


def response_in_time(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The first response to the file has its time; later changes are answered while the dialogue lasts."""
    window = response_window(subject.lot)
    late = window is not None and window.closes_at is not None and window.closes_at <= now
    if not late or subject.pk not in {bid.pk for bid in silent(subject.lot, now=now)} or not owes_a_new_offer(subject):
        return None
    assert window is not None and window.closes_at is not None  # it is over
    return refuse(
        method.step_of(subject.lot.case, Stage.DIALOGUE).window,
        code="response_too_late",
        zh="首次响应文件已于 {closes} 截止提交",
        en="First responses were taken until {closes}",
        closes=calendar.to_the_minute(window.closes_at),
        **applicable(subject.lot.case, now=now),
    )
