"""What is there before the fault? A sealed tender, and finalises that were prepared for many suppliers of it."""

from typing import Any

from benchmarks import bidders
from tests.factories import NOW
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import set_database_clock
from yangcai.tendering import policies, receipts
from yangcai.tendering.finalise import Request


def announced() -> SealedTender:
    """Bids are awaited; the database's clock stands before the deadline."""
    set_database_clock(NOW)  # before the first Entry: afterwards nobody may begin to move it
    return SealedTender().announced()


def requests(tender: SealedTender, number: int) -> list[Request]:
    """As many suppliers whose envelopes were verified: only the one step that races the deadline is left."""
    receipts.signer()  # the key is made before anybody waits for it
    found: list[Any] = bidders.requests(tender.lot, policies.in_force(tender.lot), number, now=tender.now)
    return found
