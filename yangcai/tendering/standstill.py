"""When did a case, or its opening hall, stand still, and when does a time of the opening end that had to wait?

No bidder loses a minute: what a suspension, or an outage of the platform, takes from the window for keys comes after it
(政府采购法 art. 57; DESIGN §4; decisions 29, 32). The database counts alike (controls/halts.sql). Of the patience with
trustees a suspension takes nothing either; an outage is no reason to wait longer.
"""

import datetime

from yangcai.cases.models import Case, Suspension
from yangcai.kernel import health
from yangcai.tendering.models import BidClosing, OpeningSuspension

Halt = tuple[datetime.datetime, datetime.datetime]


def halts(case: Case, *, since: datetime.datetime, now: datetime.datetime, with_outages: bool = True) -> list[Halt]:
    """Every halt after `since`, from its beginning to its end, or to now where it lasts; in order, and apart from each
    other. The one place that knows what makes time stand still."""
    found = [
        *Suspension.objects.filter(case=case).values_list("suspended_at", "resumed_at"),
        *OpeningSuspension.objects.filter(opening__case=case).values_list("suspended_at", "resumed_at"),
        *(health.outages(since=since, now=now) if with_outages else ()),
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
    return _moved(closing, halts(closing.lot.case, since=closing.closed_at, now=now))


def _moved(closing: BidClosing, halted: list[Halt]) -> datetime.datetime:
    ends_at = closing.window_closes_at
    for begin, end in halted:
        if begin < ends_at:
            ends_at += end - begin
    return ends_at


def window_is_over(closing: BidClosing, *, now: datetime.datetime) -> bool:
    """Whether that end has passed for good: the journal says by now that no outage moved it. Before that nothing that
    a bidder has not done is held against it."""
    ends_at = window_ends_at(closing, now=now)
    return now >= ends_at and health.has_spoken(of=ends_at)


def waited(closing: BidClosing, *, now: datetime.datetime) -> datetime.timedelta:
    """How long trustees and bytes have been waited for: since the end of the window as it was laid down, without the
    time in which the case or its hall was suspended. Outages of the platform are no part of that count: whoever waits
    for a store that never comes back would wait for ever, and two persons may end it (decision 28)."""
    case = closing.lot.case
    since = _moved(closing, halts(case, since=closing.closed_at, now=now, with_outages=False))
    still = (end - begin for begin, end in halts(case, since=since, now=now, with_outages=False))
    return now - since - sum(still, datetime.timedelta())


def bidders_have_time(closing: BidClosing, *, now: datetime.datetime) -> bool:
    """Whether the window runs, and the platform with it: then nobody ends the waiting, however late it became."""
    return now < window_ends_at(closing, now=now) and health.out_since(now=now) is None
