"""What does the record of an opening say (开标记录), and under which digest does it stand for good?

One canonical JSON object (kernel/encoding.py): what was read out, who was there, who confirmed, who objected, how that
was settled and when the hall stood still; of bids that their bidders sealed also what proves it (opening_proof.py). It
is written once, with the end of the opening: a public document of the case, whose digest is in the Entry that concludes
the opening. Prices in covers of their own are opened later, lot by lot, and have a record each.
"""

import datetime
from decimal import Decimal
from typing import Any

from yangcai.cases.models import Case
from yangcai.kernel import documents
from yangcai.kernel.encoding import jcs, parse_jcs, read_timestamp, timestamp
from yangcai.kernel.models import Attachment, Document
from yangcai.tendering import opening_proof, price_proof
from yangcai.tendering.models import Bid, BidClosing, Cover, FinalOffer, OpenedBid, Opening, OpeningAttendance
from yangcai.tendering.rules.bids import close_set_of, whole_bids
from yangcai.tendering.rules.opening import enough_bids, pending_lots

VERSION = "yangcai opening-record/1"
KIND = "opening_record"
#: Kind of the Attachment that is the record of prices in covers of their own.
PRICES = "price_opening_record"
#: Places of a yuan: 1 yuan is 100 fen.
PLACES = 2


def write(opening: Opening, *, now: datetime.datetime) -> Document:
    """Freeze the record of an opening that ends now, for everybody to read."""
    case = opening.case
    told = said(opening, now=now)
    content = jcs(told)
    document = documents.store_bytes(data=content, name=f"{case.number}-opening-record.json")
    Attachment.objects.create(
        document=document,
        root=case.ref,
        subject=opening.ref,
        title="开标记录（数据）",
        kind=KIND,
        is_public=True,
        organisation_id=case.buyer_id,
        at=now,
    )
    opening_proof.tell(case, record=told, record_digest=document.digest)
    return document


def write_prices(closing: BidClosing, *, now: datetime.datetime) -> Document:
    """Freeze the record of the prices of a lot, which lie open from now on, for everybody to read."""
    case = closing.lot.case
    bids = close_set_of(closing.lot, cover=closing.cover, round=closing.round).order_by("received_at", "pk")
    bids = bids.select_related("supplier", "final_offer", "sealed__upload").prefetch_related("released_shares")
    lot = {
        "lot": closing.lot.number,
        "title": closing.lot.title,
        "opened": True,
        "bids": [_price_line(bid) for bid in bids],
        **opening_proof.of_closing(closing, now=now),
    }
    told = {
        "v": VERSION,
        "case": case.number,
        "title": case.title,
        "buyer": case.buyer.name,
        "host": _host(case),
        "begun_at": timestamp(closing.closed_at),
        "concluded_at": timestamp(now),
        "lots": [lot],
    }
    name = f"{case.number}-{closing.lot.number}-price-opening-record.json"
    document = documents.store_bytes(data=jcs(told), name=name)
    Attachment.objects.create(
        document=document,
        root=case.ref,
        subject=closing.lot.ref,
        title="报价信封开启记录（数据）",
        kind=PRICES,
        is_public=True,
        organisation_id=case.buyer_id,
        at=now,
    )
    opening_proof.tell(case, record=told, record_digest=document.digest)
    return document


def said(opening: Opening, *, now: datetime.datetime) -> dict[str, Any]:
    """The record as an object; money in fen, times in UTC."""
    case = opening.case
    there = dict(OpeningAttendance.objects.filter(case=case).values_list("supplier_id", "signed_in_at"))
    lots = []
    for lot in pending_lots(case):
        enough = enough_bids(lot, now=now)
        bids = whole_bids(lot).prefetch_related("released_shares").order_by("received_at", "pk")
        bids = bids.select_related("supplier", "opened", "sealed__upload")
        lots.append(
            {
                "lot": lot.number,
                "title": lot.title,
                "opened": enough,
                "bids": [_line(bid, there.get(bid.supplier_id)) for bid in bids] if enough else [],
                **(opening_proof.of_lot(lot, now=now) if enough else {}),
            }
        )
    return {
        "v": VERSION,
        "case": case.number,
        "title": case.title,
        "buyer": case.buyer.name,
        "host": _host(case),
        "begun_at": timestamp(opening.begun_at),
        "concluded_at": timestamp(now),
        "lots": lots,
        "suspensions": [
            {
                "reason": suspension.reason,
                "suspended_at": timestamp(suspension.suspended_at),
                "resumed_at": timestamp(suspension.resumed_at) if suspension.resumed_at else None,
            }
            for suspension in opening.suspensions.all()
        ],
        "answer": opening.answer,
    }


def read(document: Document) -> dict[str, Any]:
    """What a record says, for a page: money in yuan, times as datetimes. Raises documents.BadDocument, BadEncoding."""
    found: dict[str, Any] = _told(parse_jcs(documents.read(document)))
    return found


def _told(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key.removesuffix("_fen"): _told(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_told(one) for one in value]
    if name.endswith("_fen"):
        return Decimal(value).scaleb(-PLACES)
    return read_timestamp(value) if value and name.endswith("_at") else value


def _host(case: Case) -> str:
    return case.agent.name if case.agent else case.buyer.name


def _price_line(bid: Bid) -> dict[str, Any]:
    offer: FinalOffer | None = getattr(bid, "final_offer", None)
    said: dict[str, Any] = {
        "supplier": bid.supplier.name,
        "envelope": bid.envelope_id,
        "received_at": timestamp(bid.received_at),
        "damage": bid.damage,
        "cover": bid.cover,
        **opening_proof.of_bid(bid),
    }
    return said if offer is None else said | _price(bid, offer)


def _price(bid: Bid, offer: OpenedBid | FinalOffer) -> dict[str, Any]:
    return {
        "price_fen": int(offer.price.scaleb(PLACES)),
        "price_in_words": offer.price_in_words,
        "price_proven": price_proof.holds(bid, offer.price),
    }


def _line(bid: Bid, signed_in_at: datetime.datetime | None) -> dict[str, Any]:
    opened: OpenedBid | None = getattr(bid, "opened", None)
    said: dict[str, Any] = {
        "supplier": bid.supplier.name,
        "envelope": bid.envelope_id,
        "received_at": timestamp(bid.received_at),
        "signed_in_at": timestamp(signed_in_at) if signed_in_at else None,
        "damage": bid.damage,
        **opening_proof.of_bid(bid),
    }
    if opened is None:
        return said
    confirmed = opened.record_confirmed_at
    return said | {
        **({} if bid.cover == Cover.TECH else _price(bid, opened)),  # it lies in a cover of its own
        "cover": bid.cover,
        "delivery": opened.delivery,
        "confirmed_at": timestamp(confirmed) if confirmed else None,
        # 投标人未参加开标的，视同认可开标结果 (87号令 art. 42): silence accepts, an objection stands beside it.
        "deemed": confirmed is None and not opened.record_objection,
        "objection": opened.record_objection,
    }
