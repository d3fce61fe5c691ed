"""Is a case suspended, by whom, until when, and how much later does a time run out in which nobody could act?"""

import datetime

from yangcai.cases.models import Case, Suspension
from yangcai.kernel import calendar
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import remembered


@remembered
def of_case(case: Case) -> tuple[Suspension, ...]:
    """Every suspension of the case, the latest first."""
    if not may_have(case, Suspension):
        return ()
    return tuple(Suspension.objects.filter(case=case).order_by("-suspended_at"))


def open_suspension(case: Case, *, now: datetime.datetime) -> Suspension | None:
    """The suspension in force at `now`."""
    return next(
        (s for s in of_case(case) if s.suspended_at <= now and (s.resumed_at is None or s.resumed_at > now)), None
    )


def runs_out(
    case: Case, due_at: datetime.datetime, *, since: datetime.datetime, now: datetime.datetime
) -> datetime.datetime | None:
    """When a time that began `since` and would have been over at `due_at` is over: later by as long as the case stood
    still in it, None while it does. A suspension that begins after the end moves nothing. Tasks and rules both ask
    here, so that nobody is late by the one and in time by the other (政府采购法 art. 57)."""
    if open_suspension(case, now=now) is not None:
        return None
    pause = datetime.timedelta()
    for one in reversed(of_case(case)):
        if one.resumed_at is not None and one.resumed_at > since and one.suspended_at < due_at + pause:
            pause += one.resumed_at - max(one.suspended_at, since)
    return _later(due_at, pause, region=case.jurisdiction) if pause else due_at


def _later(due_at: datetime.datetime, pause: datetime.timedelta, *, region: str) -> datetime.datetime:
    """A clock of minutes moves exactly; a last day moves to a working day."""
    moved = due_at + pause
    if due_at != calendar.start_of(calendar.day_of(due_at)):
        return moved
    last = calendar.day_of(moved - datetime.timedelta(microseconds=1))
    try:
        return calendar.end_of(calendar.roll(last, region=region))
    except calendar.HorizonError:
        return calendar.end_of(last)
