"""Is a case suspended, by whom, until when, and for how long did it stand still?"""

import datetime

from yangcai.cases.models import Case, Suspension
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


def stood_still(case: Case, *, since: datetime.datetime) -> datetime.timedelta:
    """How long the case was suspended after `since`, ended suspensions only."""
    ended = [(s.suspended_at, s.resumed_at) for s in of_case(case) if s.resumed_at is not None]
    return sum((end - max(begin, since) for begin, end in ended if end > since), datetime.timedelta())
