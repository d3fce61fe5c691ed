"""How does a trustee's client know that a bid is made up, and that its share may be given out at any time?

Not because the platform says so: under that pretext it could collect the shares of real bids. By the bidder in the
header, a code that no organisation can have, as its check digit is wrong. Every wrap is bound to its header, so whoever
wrote this code into the header of a real bid would get no share of it.
"""

from yangcai.sealing.faults import HEADER_MISMATCH, Faulty
from yangcai.sealing.header import Header

NOBODY = "00000000000000000X"


def check_made_up(header: Header) -> None:
    """Raises Faulty (header_mismatch) where the bid may be somebody's."""
    if header.core.supplier != NOBODY:
        raise Faulty(HEADER_MISMATCH, "no bid of a drill")
