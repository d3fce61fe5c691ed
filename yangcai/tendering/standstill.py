"""When did a case, or its opening hall, stand still, and when does a time of the opening end that had to wait?

Nobody loses a minute: what a suspension, or an outage of the platform, takes from the window for keys or from the
patience with trustees comes after it (政府采购法 art. 57; DESIGN §4; decisions 29, 32). The database counts alike
(controls/halts.sql).
"""

import datetime

from yangcai.cases.models import Case, Suspension
from yangcai.kernel import health
from yangcai.tendering.models import BidClosing, OpeningSuspension

Halt = tuple[datetime.datetime, datetime.datetime]


def halts(case: Case, *, since: datetime.datetime, now: datetime.datetime) -> list[Halt]:
    """Every halt after `since`, from its beginning to its end, or to now where it lasts; in order, and apart from each
    other. The one place that knows what makes time stand still."""
    found = [
        *Suspension.objects.filter(case=case).values_list("suspended_at", "resumed_at"),
        *OpeningSuspension.objects.filter(opening__case=case).values_list("suspended_at", "resumed_at"),
        *health.outages(since=since, now=now),
    ]
    apart: list[Halt] = []
    for begin, end in sorted((max(begin, since), min(end or now, now)) for begin, end in found):
        if apart and begin <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end))
        elif begin < end:
            apart.append((begin, end))
    return apart


def window_ends_at(closing: BidClosing, *, now: datetime.datetime) -> datetime.datetime:
    """Until when bidders may release their keys: what was laid down, and as much later as it stood still meanwhile.
    While it stands still, this end moves along with now."""
    ends_at = closing.window_closes_at
    for begin, end in halts(closing.lot.case, since=closing.closed_at, now=now):
        if begin < ends_at:
            ends_at += end - begin
    return ends_at


def window_is_over(closing: BidClosing, *, now: datetime.datetime) -> bool:
    """Whether that end has passed for good: the journal says by now that no outage moved it. Before that nothing that
    a bidder has not done is held against it."""
    ends_at = window_ends_at(closing, now=now)
    return now >= ends_at and health.has_spoken(of=ends_at)


def waited(case: Case, *, since: datetime.datetime, now: datetime.datetime) -> datetime.timedelta:
    """How long it has been since then, without the time in which everything stood still."""
    still = sum((end - begin for begin, end in halts(case, since=since, now=now)), datetime.timedelta())
    return now - since - still
