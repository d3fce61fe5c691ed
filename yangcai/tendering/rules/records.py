"""May the record of what was opened by itself be given out as a paper?"""

import datetime
from typing import Any

from yangcai.kernel.refusals import Refusal
from yangcai.tendering import opening_record
from yangcai.tendering.models import BidClosing


def has_a_public_record(subject: BidClosing, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Of prices from their opening on; of what is not read out from the award on."""
    if opening_record.shown(subject, inside=False) is not None:
        return None
    return Refusal("no_public_record", "没有可以公布的开启记录", "There is no record of this that may be public yet")
