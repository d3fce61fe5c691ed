"""Is a case suspended, by whom, until when, and for how long did it stand still?"""

import datetime

from yangcai.cases.models import Case, Suspension


def open_suspension(case: Case, *, now: datetime.datetime) -> Suspension | None:
    """The suspension in force at `now`."""
    return (
        Suspension.objects.filter(case=case, suspended_at__lte=now)
        .exclude(resumed_at__lte=now)
        .order_by("-suspended_at")
        .first()
    )


def stood_still(case: Case, *, since: datetime.datetime) -> datetime.timedelta:
    """How long the case was suspended after `since`, ended suspensions only."""
    ended = Suspension.objects.filter(case=case, resumed_at__gt=since)
    return sum((s.resumed_at - max(s.suspended_at, since) for s in ended), datetime.timedelta())
