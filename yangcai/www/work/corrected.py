"""What is said of a bid whose documents were corrected, wherever it lies open or is its reader's own?"""

from django.utils.translation import gettext as _

from yangcai.cases.models import Stage
from yangcai.tendering import reconfirming
from yangcai.tendering.models import Bid, BidReconfirmation
from yangcai.www import formats


def said_of(bid: Bid) -> str:
    """Against which correction it was last confirmed; empty where no correction affected bids."""
    corrections = reconfirming.substantive(bid.lot.case) if bid.stage == Stage.SUBMISSION else []
    if not corrections:
        return ""
    last, values = corrections[-1], {"n": corrections[-1].number}
    if last.at <= bid.received_at:
        return _("第 %(n)d 次更正后递交") % values
    kept = BidReconfirmation.objects.filter(bid=bid, correction=last).first()
    if kept is not None:
        at = formats.moment(kept.reconfirmed_at)
        return _("早于第 %(n)d 次更正，已于 %(at)s 确认") % {**values, "at": at}
    return _("早于第 %(n)d 次更正，没有另行确认，仍然有效") % values
