"""When did a case, or its opening hall, stand still, and when does a time of the opening end that had to wait?

Nobody loses a minute: what a suspension takes from the window for keys, or from the patience with trustees, comes after
it (政府采购法 art. 57; DESIGN §4). The database counts alike (controls/windows.sql).
"""

import datetime

from yangcai.cases.models import Case, Suspension
from yangcai.tendering.models import BidClosing, OpeningSuspension

Halt = tuple[datetime.datetime, datetime.datetime]


def halts(case: Case, *, now: datetime.datetime) -> list[Halt]:
    """Every halt from its beginning to its end, or to now where it lasts; in order, and apart from each other."""
    found = [
        *Suspension.objects.filter(case=case).values_list("suspended_at", "resumed_at"),
        *OpeningSuspension.objects.filter(opening__case=case).values_list("suspended_at", "resumed_at"),
    ]
    apart: list[Halt] = []
    for begin, end in sorted((begin, min(end or now, now)) for begin, end in found):
        if apart and begin <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end))
        elif begin < end:
            apart.append((begin, end))
    return apart


def window_ends_at(closing: BidClosing, *, now: datetime.datetime) -> datetime.datetime:
    """Until when bidders may release their keys: what was laid down, and as much later as it stood still meanwhile.
    While it stands still, this end moves along with now."""
    ends_at = closing.window_closes_at
    for begin, end in halts(closing.lot.case, now=now):
        if closing.closed_at < end and begin < ends_at:
            ends_at += end - max(begin, closing.closed_at)
    return ends_at


def waited(case: Case, *, since: datetime.datetime, now: datetime.datetime) -> datetime.timedelta:
    """How long it has been since then, without the time in which everything stood still."""
    still = datetime.timedelta()
    for begin, end in halts(case, now=now):
        still += max(end - max(begin, since), datetime.timedelta())
    return now - since - still
