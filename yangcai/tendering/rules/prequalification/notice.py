"""Do the times of a prequalification notice, and of its corrections, keep what the law says?"""

import datetime
from typing import Any

from django.utils import timezone

from yangcai import law
from yangcai.cases.rules import applicable, beyond_calendar
from yangcai.kernel import calendar
from yangcai.kernel.calendar import HorizonError
from yangcai.kernel.refusals import Refusal
from yangcai.procedures import engine
from yangcai.tendering.models import Prequalification
from yangcai.tendering.rules.invitation import on_a_working_day, too_short
from yangcai.tendering.rules.prequalification.its_case import refuse_on

CLOSING = ("资格预审申请截止", "applications close")


def lasts_long_enough(
    subject: Prequalification,
    *,
    now: datetime.datetime,
    supply_closes_at: datetime.datetime,
    closes_at: datetime.datetime,
    **_: Any,
) -> list[Refusal]:
    """申请文件提交期限 (条例 art. 21) and 资格预审文件提供期限 (87号令 art. 18), each at least 5 working days."""
    on = applicable(subject.case, now=now)
    window = too_short(
        "prequalification.window", opens=now, closes=closes_at, code="window_too_short", field="closes_at", **on
    )
    supply = too_short(
        "prequalification.supply",
        opens=now,
        closes=supply_closes_at,
        code="supply_too_short",
        field="supply_closes_at",
        **on,
    )
    return [refusal for refusal in (window, supply) if refusal]


def times_are_in_order(
    subject: Prequalification,
    *,
    now: datetime.datetime,
    supply_closes_at: datetime.datetime,
    closes_at: datetime.datetime,
    examined_on: datetime.date,
    **_: Any,
) -> list[Refusal]:
    """Applications close on a working day, not before the supply of the file ends, and are examined no earlier."""
    found = [on_a_working_day(subject.case, closes_at, "closes_at", now=now, what=CLOSING)]
    if supply_closes_at > closes_at:
        found.append(
            Refusal(
                "supply_after_deadline",
                "资格预审文件的提供截止时间不得晚于申请截止时间",
                "The file is not supplied after the deadline of applications",
                field="supply_closes_at",
            )
        )
    if examined_on < timezone.localdate(closes_at):
        found.append(
            Refusal(
                "examined_before_deadline",
                "资格预审日期不得早于申请截止日",
                "Applications are not examined before their deadline",
                field="examined_on",
            )
        )
    return [refusal for refusal in found if refusal]


def changes_no_condition(
    subject: Prequalification, *, now: datetime.datetime, changes_subject_or_conditions: bool, **_: Any
) -> Refusal | None:
    """不得改变采购标的和资格条件 (87号令 art. 27)."""
    if not changes_subject_or_conditions:
        return None
    return refuse_on(
        subject.case,
        "correction.subject",
        now=now,
        code="subject_changed",
        zh="澄清或者修改不得改变采购标的和资格条件；确需改变的，应当终止后重新采购",
        en="A change may not alter what is bought or who qualifies: terminate and procure again",
        field="changes_subject_or_conditions",
    )


def is_extended_enough(
    subject: Prequalification,
    *,
    now: datetime.datetime,
    affects_applications: bool,
    new_closes_at: datetime.datetime | None,
    **_: Any,
) -> Refusal | None:
    """不足 3 日的，应当顺延 (87号令 art. 27). Where no new time is given the deadline moves by itself."""
    if not affects_applications:
        return None
    try:
        earliest = postponed_to(subject, new_closes_at or subject.closes_at, now=now)
        if new_closes_at is None and earliest is not None:
            calendar.roll(earliest, region=subject.case.jurisdiction)
    except HorizonError as error:
        return beyond_calendar(error, field="new_closes_at")
    if earliest is None or new_closes_at is None:
        return None
    return refuse_on(
        subject.case,
        "correction.prequalification",
        now=now,
        code="deadline_not_extended",
        zh="距申请截止不足{limit}，应当顺延；申请截止最早为 {earliest}",
        en="Less than {limit} remain until the deadline: it must be extended, to {earliest} at the earliest",
        field="new_closes_at",
        earliest=earliest,
    )


def postponed_to(
    subject: Prequalification, closes_at: datetime.datetime | None, *, now: datetime.datetime
) -> datetime.date | None:
    """The first day on which applications may close after a change now; None where that deadline is late enough."""
    key, on = "correction.prequalification", applicable(subject.case, now=now)
    if closes_at is None or not law.applies(key, **on):
        return None
    extension = engine.extension(key, corrected=now, closes=closes_at, **on)
    return extension.floor_on if extension.must_extend else None


def extended_to(subject: Prequalification, *, now: datetime.datetime) -> datetime.datetime | None:
    """Where a change moves the announced deadline by itself: the earliest lawful working day, at its hour."""
    closes_at = subject.closes_at
    earliest = postponed_to(subject, closes_at, now=now)
    if closes_at is None or earliest is None:
        return None
    day = calendar.roll(earliest, region=subject.case.jurisdiction)
    return timezone.localtime(closes_at).replace(year=day.year, month=day.month, day=day.day)


def moves_only_later(
    subject: Prequalification, *, now: datetime.datetime, new_closes_at: datetime.datetime | None, **_: Any
) -> list[Refusal]:
    """A deadline that applicants rely on is only ever postponed, to a working day."""
    if new_closes_at is None or subject.closes_at is None:
        return []
    found = [on_a_working_day(subject.case, new_closes_at, "new_closes_at", now=now, what=CLOSING)]
    if new_closes_at < subject.closes_at:
        found.append(
            refuse_on(
                subject.case,
                "correction.prequalification",
                now=now,
                code="deadline_brought_forward",
                zh="已公告的时间 {announced} 只能推迟，不得提前",
                en="The announced time {announced} can be postponed, never brought forward",
                field="new_closes_at",
                announced=calendar.to_the_minute(subject.closes_at),
            )
        )
    return [refusal for refusal in found if refusal]
