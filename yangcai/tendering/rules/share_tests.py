"""May this post try shares of sealed bids now, and does what it found speak of bids of this lot?"""

import datetime

from yangcai.cases.models import Lot
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post
from yangcai.tendering import share_tests


def may_test(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Only whom it tells nothing new, and only as long as a bidder can still seal again."""
    if share_tests.seat_of(subject, by=by, now=now) is not None:
        return None
    return Refusal(
        "not_testing",
        "只有平台、财政监督和公证的值守受托人在截止前可以试解（后两者自截止前两小时起）",
        "Only the platform's trustee and, in the last two hours before the deadline, those of supervisor and notary on"
        " duty try their shares",
    )
