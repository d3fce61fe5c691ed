"""What has a member noted so far of the bids that it scores? For itself alone: nobody else reads it, no Entry tells it.

A draft is what stands on somebody's desk before it is handed in: nothing is decided by it, no rule asks for it, and
with the scores it goes.
"""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from yangcai.cases.models import Lot
from yangcai.tendering.models import CommitteeMember, ScoreDraft

#: (bid, criterion), by their keys.
Pair = tuple[int, int]


def of_member(lot: Lot, member: CommitteeMember) -> dict[Pair, ScoreDraft]:
    """The member's own drafts of a lot."""
    found = ScoreDraft.objects.filter(member=member, opened_bid__lot=lot)
    return {(one.opened_bid_id, one.criterion_id): one for one in found}


def keep(
    member: CommitteeMember,
    *,
    lot: Lot,
    rows: Iterable[tuple[Pair, Decimal | None, str]],
    now: datetime.datetime,
) -> None:
    """Note points and reasons; what is emptied is forgotten."""
    for (bid, criterion), value, reason in rows:
        own: dict[str, Any] = {"member": member, "opened_bid_id": bid, "criterion_id": criterion}
        if value is None and not reason:
            ScoreDraft.objects.filter(**own).delete()
        else:
            ScoreDraft.objects.update_or_create(defaults={"value": value, "reason": reason, "at": now}, **own)


def forget(lot: Lot, member: CommitteeMember | None) -> None:
    """The scores are handed in: what was noted for them goes."""
    ScoreDraft.objects.filter(member=member, opened_bid__lot=lot).delete()
