"""Where an attack on bids begins that their bidders sealed."""

import datetime
import uuid

from tests import factories
from tests.invariants.worlds.moments import CLOSES, NOW, Ids
from tests.tendering.covers_walk import judged
from tests.tendering.sealing_walk import SealedTender
from yangcai.tendering.models import (
    Bid,
    BidUpload,
    OpenedBid,
)


def handed_in() -> Ids:
    """Three bids sealed by their bidders, before the deadline."""
    return _sealed_by_bidders()[1]


def _sealed_by_bidders() -> tuple[SealedTender, Ids]:
    tender = SealedTender(now=NOW).announced()
    for price in ("900000.00", "910000.00", "920000.00"):
        tender.hand_in(tender.device(), price)
    bids = list(Bid.objects.filter(lot=tender.lot).select_related("sealed").order_by("pk"))
    return tender, {
        "case": tender.case.pk,
        "lot": tender.lot.pk,
        "buyer": tender.case.buyer_id,
        "bid": bids[0].pk,
        "other_bid": bids[1].pk,
        "supplier": bids[0].supplier_id,
        "envelope": bids[1].envelope_id,
        "upload": bids[0].sealed.upload_id,
        "policy": bids[0].sealed.upload.policy_id,
        "platform": tender.holders[0].row.pk,
        "human": tender.holders[1].row.pk,
        "post": tender.agent_post.pk,
    }


def due() -> Ids:
    """The microsecond of their deadline; nothing is closed yet."""
    ids = handed_in()
    factories.set_database_clock(CLOSES)
    return ids


def keys_due() -> Ids:
    """Closed: the bidders may release their keys."""
    tender, ids = _sealed_by_bidders()
    tender.begin()
    return {**ids, "closing": tender.lot.bid_closings.get().pk}


def window_over() -> Ids:
    """Nobody has released a key in time."""
    ids = keys_due()
    factories.set_database_clock(CLOSES + datetime.timedelta(minutes=30))
    return ids


def prices_sealed() -> Ids:
    """Every member has scored the technical covers; the technical evaluation is not closed, the prices lie sealed."""
    tender = judged()
    price = Bid.objects.filter(cover="PRICE").select_related("sealed__upload").order_by("pk")[0]
    return {
        "lot": tender.lot.pk,
        "price": price.pk,
        "opened": OpenedBid.objects.get(supplier=price.supplier_id).pk,
        "policy": price.sealed.upload.policy_id,
        "closing": tender.lot.bid_closings.get().pk,
        "human": tender.holders[1].row.pk,
        "post": price.submitted_by_id,
    }


def promised() -> Ids:
    """The header, digest and length of an envelope are bound, and its bytes have not come."""
    tender = SealedTender(now=NOW).announced()
    upload = tender.sealed(tender.device())
    BidUpload.objects.create(
        sid=uuid.uuid4(), lot=upload.lot, supplier=upload.supplier, post=upload.post, policy=upload.policy,
        idem="1" * 32, begun_at=NOW, header=upload.header, envelope=upload.envelope, envelope_size=1, promised_at=NOW,
    )  # fmt: skip
    return {"upload": BidUpload.objects.get(promised_at__isnull=False).pk, "envelope": upload.parts.get().document_id}
