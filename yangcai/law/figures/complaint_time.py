"""Until when must a complaint be decided, when tests and corrections do not count? (财政部令第94号 26, 27)"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from yangcai import law
from yangcai.kernel import calendar


@dataclass(frozen=True)
class DecisionTime:
    """The last day without and with what is excluded, and the working days excluded."""

    base_on: datetime.date
    excluded: int
    due_on: datetime.date


def decision_time(
    *,
    received: datetime.date,
    excluded: Sequence[tuple[datetime.date, datetime.date]],
    on: datetime.date,
    jurisdiction: str = law.HOME,
) -> DecisionTime:
    """`excluded` are periods from sending to receiving back, both days included, in which nothing counts."""
    days = law.value("complaint.decide", on=on, jurisdiction=jurisdiction)
    base_on = calendar.add_working_days(calendar.day_of(received), days)
    paused = sum(calendar.working_days_within(first, last) for first, last in excluded)
    return DecisionTime(
        base_on=base_on,
        excluded=paused,
        due_on=calendar.add_working_days(base_on, paused) if paused else base_on,
    )
