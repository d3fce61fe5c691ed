"""Is the price that was read out the one to which the bidder had committed before the deadline? (SBP/1 §2.8)"""

import functools
from decimal import Decimal
from typing import Any

from yangcai.kernel.encoding import parse_jcs
from yangcai.sealing.header import Header, price_commitment
from yangcai.tendering import sealed_offer
from yangcai.tendering.models import Bid, Cover


def holds(bid: Bid, price: Decimal) -> bool | None:
    """Whether the offer that came out, with its salt, is the one behind the commitment in the header, and names this
    price. None where the platform sealed the bid: there was no commitment; and of a cover that names no price."""
    kept: Any = getattr(bid, "sealed", None)
    if kept is None or not kept.price or bid.cover == Cover.TECH:
        return None
    return _committed(bid.sealed_key, kept.price_salt, kept.price) == price


@functools.lru_cache(maxsize=4096)
def _committed(header: str, salt: str, offer: str) -> Decimal | None:
    """The price of the offer, if the header commits to it. None of the three ever changes, and a board asks often."""
    core, said = Header.parse(header.encode()).core, parse_jcs(offer.encode())
    if price_commitment(salt=bytes.fromhex(salt), price=said) != core.price_commit:
        return None
    return sealed_offer.yuan(said["price"]) if said.get("price") else None
