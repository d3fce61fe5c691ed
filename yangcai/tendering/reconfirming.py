"""Which correction does a bid still wait to be confirmed against, and which one did it last know?

A correction is substantive where whoever published it said that it may affect how bids are prepared
(`Correction.affects_bids`, 87号令 art. 27). Of each the documents have one version more: the first is version 1.
No bid falls because its bidder kept silent (87号令 art. 63 does not name it): it is opened like the others.
"""

from collections.abc import Iterable, Sequence

from yangcai.cases.models import Case, Stage
from yangcai.kernel.beneath import may_have
from yangcai.tendering.models import Bid, BidReconfirmation, Correction


def substantive(case: Case) -> list[Correction]:
    """The corrections that may affect bids, in order."""
    if not may_have(case, Correction):
        return []
    return list(Correction.objects.filter(case=case, affects_bids=True).order_by("number"))


def version_of(correction: Correction) -> int:
    """Of the documents, as this correction left them."""
    return correction.number + 1


def owed(bid: Bid) -> Correction | None:
    """The newest substantive correction, where the bid came before it and was not confirmed since; else None."""
    last = next(reversed(substantive(bid.lot.case)), None)
    if last is None or bid.stage != Stage.SUBMISSION or last.at <= bid.received_at:
        return None
    return None if BidReconfirmation.objects.filter(bid=bid, correction=last).exists() else last


def versions(bid: Bid) -> list[Correction]:
    """Corrections after which the documents can be confirmed now: the owed one, and those after it, which change no
    bid: whoever read the latest version read them all. Empty where nothing is owed."""
    last = owed(bid)
    if last is None:
        return []
    return list(Correction.objects.filter(case=bid.lot.case, number__gte=last.number).order_by("number"))


def first_owed(bids: Iterable[Bid]) -> tuple[Bid, Correction] | None:
    """Of the covers of a bid the first that waits to be confirmed, with the correction; None where none does."""
    return next(((bid, last) for bid in bids if (last := owed(bid)) is not None), None)


def known_to(bid: Bid, corrections: Sequence[Correction]) -> int:
    """The number of the latest of these that the bid is younger than, or was confirmed against; 0 for none."""
    confirmed = {one.correction_id for one in bid.reconfirmations.all()}
    return max((one.number for one in corrections if one.at <= bid.received_at or one.pk in confirmed), default=0)
