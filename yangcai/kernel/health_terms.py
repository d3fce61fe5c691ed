"""By what rule does an outage postpone a deadline? Terms laid down beforehand, and pure reckoning: no Django, no clock.

The terms stand in the public log before any line of the journal, so that whoever checks an extension from outside
reckons by the same numbers as the platform did.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from yangcai.kernel import calendar
from yangcai.kernel.encoding import BadEncoding

KIND = "health_terms"
SECOND = datetime.timedelta(seconds=1)
MINUTE = datetime.timedelta(minutes=1)
_FIELDS = ("interval_s", "shortest_s", "protected_s", "relief_s", "from_hour", "to_hour")


@dataclass(frozen=True)
class Outage:
    """From the last good line before it to the first good line after it, by their numbers and times."""

    before: int
    after: int
    begins_at: datetime.datetime
    ends_at: datetime.datetime
    #: What failed, as far as lines between the two say; empty where nothing could be written at all.
    bad: tuple[str, ...] = ()

    @property
    def lasted(self) -> datetime.timedelta:
        return self.ends_at - self.begins_at


@dataclass(frozen=True)
class Terms:
    """`interval`: at the latest so long after a line comes the next. `shortest`: so long without a good line is an
    outage. `protected`: so long before a deadline an outage counts. `relief`: so long bidders have afterwards. Between
    these hours of a working day bids are opened; outside them a deadline moves to the announced hour of a later one."""

    interval: datetime.timedelta
    shortest: datetime.timedelta
    protected: datetime.timedelta
    relief: datetime.timedelta
    from_hour: int
    to_hour: int

    def affects(
        self, outage: Outage, *, closes_at: datetime.datetime, length: datetime.timedelta | None = None
    ) -> bool:
        """Whether the outage lies in the protected time before the deadline, or over it. `length` is that of a round
        of minutes, which is protected as a whole and no further back."""
        if outage.lasted < self.shortest:
            return False
        return outage.begins_at < closes_at and outage.ends_at > closes_at - self._of(self.protected, length)

    def extended(
        self,
        closes_at: datetime.datetime,
        *,
        at: datetime.datetime,
        region: str,
        length: datetime.timedelta | None = None,
    ) -> datetime.datetime:
        """The deadline after an extension that is told at `at`: never earlier than it was. A round is not put off to
        another day: those who bid in it are there."""
        least = whole_minute(at + self._of(self.relief, length))
        if least <= closes_at:
            return closes_at
        if length is not None or self._is_an_hour_for_openings(least, region=region):
            return least
        return calendar.same_hour(closes_at, not_before=least, region=region)

    def _is_an_hour_for_openings(self, moment: datetime.datetime, *, region: str) -> bool:
        day = calendar.day_of(moment)
        try:
            if not calendar.is_working_day(day, region=region):
                return False
        except calendar.HorizonError:
            return False  # the announced hour, on the first day that it can be
        since = moment - calendar.start_of(day)
        hour = datetime.timedelta(hours=1)
        return self.from_hour * hour <= since <= self.to_hour * hour

    def _of(self, time: datetime.timedelta, length: datetime.timedelta | None) -> datetime.timedelta:
        return time if length is None else min(time, length)

    def as_dict(self, *, at: str) -> dict[str, Any]:
        """What stands in the log."""
        times = (self.interval, self.shortest, self.protected, self.relief)
        numbers = (*(time // SECOND for time in times), self.from_hour, self.to_hour)
        return {"t": KIND, "at": at, **dict(zip(_FIELDS, numbers, strict=True))}


def whole_minute(moment: datetime.datetime) -> datetime.datetime:
    """The moment, or the next whole minute after it: a deadline is announced to the minute."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + MINUTE


def read(body: dict[str, Any]) -> Terms:
    """The terms that a line of the log lays down. Raises BadEncoding."""
    numbers = [body.get(name) for name in _FIELDS]
    if not all(isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in numbers):
        raise BadEncoding("terms without their numbers")
    interval, shortest, protected, relief, from_hour, to_hour = (int(number or 0) for number in numbers)
    return Terms(interval * SECOND, shortest * SECOND, protected * SECOND, relief * SECOND, from_hour, to_hour)
