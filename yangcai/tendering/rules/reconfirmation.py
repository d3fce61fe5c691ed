"""When can a bidder confirm its bid after a correction?"""

import datetime
from typing import Any

from yangcai.kernel.refusals import Refusal
from yangcai.tendering import reconfirming
from yangcai.tendering.models import Bid


def waits_for_confirmation(subject: Bid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a bid that no substantive correction followed, or that was confirmed against the latest."""
    if reconfirming.owed(subject) is not None:
        return None
    return Refusal(
        "nothing_to_reconfirm",
        "递交以后没有影响投标文件编制的更正，或者已经确认，无须再确认",
        "No correction that affects bids came after this one, or you have confirmed it: nothing to confirm",
    )
