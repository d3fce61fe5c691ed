"""What does the record of an opening say (开标记录), and under which digest does it stand for good?

One canonical JSON object (kernel/encoding.py): what was read out, who was there, who confirmed, who objected, how that
was settled and when the hall stood still; of bids that their bidders sealed also what proves it (opening_proof.py). It
is written once, with the end of the opening: a public document of the case, whose digest is in the Entry that concludes
the opening.

What is opened later or not read out (prices in covers of their own, the offers of a dialogue, last offers) has a record
for each closing, written when all of it lies open. Where it is read out that record is public at once. Where it is not
(政府采购法 art. 38(4)) there are two: one for those inside, with everything; and one that names no supplier, price or
reason, says what proves the opening, and holds the digest of the other. The log names its digest with the opening; it
is laid open with the award.
"""

import datetime
import logging
from decimal import Decimal
from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.kernel import documents
from yangcai.kernel.encoding import jcs, parse_jcs, read_timestamp, timestamp
from yangcai.kernel.models import Attachment, Document
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.tendering import method, opening_proof, policies, price_proof, reconfirming
from yangcai.tendering.models import (
    Bid,
    BidClosing,
    Correction,
    Cover,
    FinalOffer,
    OpenedBid,
    Opening,
    OpeningAttendance,
)
from yangcai.tendering.rules.bids import close_set_of, live_bids, whole_bids
from yangcai.tendering.rules.opening import enough_bids, pending_lots

logger = logging.getLogger(__name__)
VERSION = "yangcai opening-record/1"
KIND = "opening_record"
#: Kinds of the Attachments of a closing: its record; and with everything in it, for those inside, where that is kept.
OF_CLOSING, INSIDE = "closing_record", "closing_record_inside"
#: What the record says of the reason why an envelope stayed closed, where reasons are nobody else's business.
WITHHELD = "未能开启，理由不公开"
NOT_KEPT = Refusal(
    "record_not_kept",
    "平台的文件存储暂时不能保存开启记录，本次办理没有生效；存储恢复后请再次办理",
    "The platform's file store cannot keep the record of the opening just now: nothing was changed; do it again once"
    " the store is back",
)
#: Places of a yuan: 1 yuan is 100 fen.
PLACES = 2


def write(opening: Opening, *, now: datetime.datetime) -> Document:
    """Freeze the record of an opening that ends now, for everybody to read."""
    case = opening.case
    told = said(opening, now=now)
    document = _stored(told, name=f"{case.number}-opening-record")
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


def has_its_own(closing: BidClosing) -> bool:
    """Whether what a closing lets be opened is no part of the record of the hall (`write`)."""
    return closing.cover == Cover.PRICE or not is_read_out(closing)


def is_read_out(closing: BidClosing) -> bool:
    """Whether everybody hears what is in these envelopes; of last offers nobody does, whatever the method."""
    return closing.round == policies.BID and method.reads_out(closing.lot.case)


def write_own(closing: BidClosing, *, now: datetime.datetime) -> Document:
    """Freeze the record of what lies open from now on, under a line of the log: for everybody where it is read out,
    else for those inside, with the one that the award will lay open."""
    case, told = closing.lot.case, _whole(closing, now=now)
    title, name = title_of(closing), f"{case.number}-{closing.lot.number}-{closing.cover}-{closing.round}-opening"
    if is_read_out(closing):
        document = _attached(closing, told, kind=OF_CLOSING, title=title, name=name, now=now, is_public=True)
        opening_proof.tell(case, record=told, record_digest=document.digest)
        return document
    inside = _attached(closing, told, kind=INSIDE, title=f"{title}（内部）", name=f"{name}-inside", now=now)
    kept = _withheld(closing, told, inside=inside.digest)
    document = _attached(closing, kept, kind=OF_CLOSING, title=title, name=name, now=now)
    opening_proof.keep(closing, record_digest=document.digest)
    return document


def lay_open(lot: Lot) -> list[Document]:
    """With the award: the records that were kept of this lot's openings, for everybody and in the log. No file is read:
    one that is damaged is missed by whoever reads it, and holds no award up."""
    found = []
    for closing in BidClosing.objects.filter(lot=lot, unsealed_at__isnull=False).select_related("policy", "lot__case"):
        kept = _record_of(closing, OF_CLOSING)
        if kept is not None and not kept.is_public:
            Attachment.objects.filter(pk=kept.pk).update(is_public=True)
            opening_proof.tell_kept(closing, record_digest=kept.document_id)
            found.append(kept.document)
    return found


def shown(closing: BidClosing, *, inside: bool) -> Attachment | None:
    """The record of a closing as this reader may have it: with everything for whoever runs or oversees the case."""
    if inside and (found := _record_of(closing, INSIDE)) is not None:
        return found
    found = _record_of(closing, OF_CLOSING)
    return found if found is not None and (found.is_public or inside) else None


def title_of(closing: BidClosing) -> str:
    """What was opened, in the words of the method."""
    if closing.round == policies.LAST:
        return "最后报价开启记录"
    return "报价信封开启记录" if closing.cover == Cover.PRICE else "响应文件开启记录"


def _record_of(closing: BidClosing, kind: str) -> Attachment | None:
    found = Attachment.objects.filter(root=closing.root.ref, subject=closing.ref, kind=kind)
    return found.select_related("document").first()


def _stored(told: dict[str, Any], *, name: str) -> Document:
    """Raises Refused where the store takes nothing now: the opening ends once its record can be kept."""
    try:
        return documents.store_bytes(data=jcs(told), name=f"{name}.json")
    except (OSError, documents.NoRoom) as error:
        logger.exception("the record %s cannot be kept", name)
        raise Refused([NOT_KEPT]) from error


def _attached(
    closing: BidClosing,
    told: dict[str, Any],
    *,
    kind: str,
    title: str,
    name: str,
    now: datetime.datetime,
    is_public: bool = False,
) -> Document:
    document = _stored(told, name=name)
    case = closing.lot.case
    Attachment.objects.create(
        document=document,
        root=case.ref,
        subject=closing.ref,
        title=f"{title}（数据）",
        kind=kind,
        is_public=is_public,
        organisation_id=case.buyer_id,
        at=now,
    )
    return document


def _whole(closing: BidClosing, *, now: datetime.datetime) -> dict[str, Any]:
    """Everything of one closing, as an object."""
    case = closing.lot.case
    bids = close_set_of(closing.lot, cover=closing.cover, round=closing.round).order_by("received_at", "pk")
    corrections = reconfirming.substantive(case) if closing.round == policies.BID else []
    bids = bids.select_related("supplier", "opened", "final_offer", "sealed__upload").prefetch_related(
        "released_shares", *_CONFIRMED[: len(corrections)]
    )
    return {
        "v": VERSION,
        "case": case.number,
        "title": case.title,
        "buyer": case.buyer.name,
        "host": _host(case),
        "begun_at": timestamp(closing.closed_at),
        "concluded_at": timestamp(now),
        **_corrected(corrections),
        "lots": [
            {
                "lot": closing.lot.number,
                "title": closing.lot.title,
                "opened": True,
                "bids": [_offer_line(bid) | _known(bid, corrections) for bid in bids],
                **opening_proof.of_closing(closing, now=now),
            }
        ],
    }


def _withheld(closing: BidClosing, told: dict[str, Any], *, inside: str) -> dict[str, Any]:
    """What proves the opening, and nothing of whose or what the offers were: each is named by the digest of its header,
    which its own supplier knows, in an order that says nothing."""
    (lot,) = told["lots"]
    bids = [
        {
            "header_sha256": bid["header_sha256"],
            "how": bid["how"],
            "damage": WITHHELD if bid["damage"] else "",
            "shares": bid["shares"],
        }
        for bid in lot["bids"]
    ]
    return {
        **told,
        "inside_sha256": inside,
        "lots": [
            {
                **lot,
                "bids": sorted(bids, key=_header),
                "came": sorted(opening_proof.came(closing), key=_header),
                "sealed": {**lot["sealed"], "extension_reason": ""},  # it may say whose computer failed
            }
        ],
    }


def _header(said: dict[str, Any]) -> str:
    return str(said["header_sha256"])


def said(opening: Opening, *, now: datetime.datetime) -> dict[str, Any]:
    """The record as an object; money in fen, times in UTC."""
    case = opening.case
    corrections = reconfirming.substantive(case)
    there = dict(OpeningAttendance.objects.filter(case=case).values_list("supplier_id", "signed_in_at"))
    lots = []
    for lot in pending_lots(case):
        enough = enough_bids(lot, now=now)
        bids = whole_bids(lot).prefetch_related("released_shares", *_CONFIRMED[: len(corrections)])
        bids = bids.order_by("received_at", "pk")
        bids = bids.select_related("supplier", "opened", "sealed__upload")
        lots.append(
            {
                "lot": lot.number,
                "title": lot.title,
                "opened": enough,
                "bids": [_line(bid, there.get(bid.supplier_id)) | _known(bid, corrections) for bid in bids]
                if enough
                else [],
                "halves": [_half(bid) for bid in _halves(lot)] if enough else [],
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
        **_corrected(corrections),
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


#: What is read with the bids where the documents were corrected.
_CONFIRMED = ("reconfirmations",)


def _corrected(corrections: list[Correction]) -> dict[str, int]:
    """The number of the last correction that may affect bids; nothing where there was none."""
    return {"correction": corrections[-1].number} if corrections else {}


def _known(bid: Bid, corrections: list[Correction]) -> dict[str, int]:
    """The last such correction that the bid is younger than, or was confirmed against; 0 for none."""
    return {"correction": reconfirming.known_to(bid, corrections)} if corrections else {}


def _offer_line(bid: Bid) -> dict[str, Any]:
    offer: OpenedBid | FinalOffer | None = getattr(bid, "opened", None) or getattr(bid, "final_offer", None)
    said = {**_envelope(bid), **opening_proof.of_bid(bid)}
    return said if offer is None else said | _price(bid, offer)


def _envelope(bid: Bid) -> dict[str, Any]:
    return {
        "supplier": bid.supplier.name,
        "envelope": bid.envelope_id,
        "received_at": timestamp(bid.received_at),
        "damage": bid.damage,
        "cover": bid.cover,
    }


def _halves(lot: Lot) -> list[Bid]:
    """The technical covers that came without their prices: no bids, closed and opened with none (decision 28)."""
    found = live_bids(lot=lot, cover=Cover.TECH).exclude(pk__in=whole_bids(lot).values("pk"))
    return list(found.select_related("supplier", "sealed__upload").order_by("received_at", "pk"))


def _half(bid: Bid) -> dict[str, Any]:
    return {
        **_envelope(bid),
        "submission": str(bid.sealed.upload.sid),
        "header_sha256": bid.sealed.header_digest,
    }


def _price(bid: Bid, offer: OpenedBid | FinalOffer) -> dict[str, Any]:
    return {
        "price_fen": int(offer.price.scaleb(PLACES)),
        "price_in_words": offer.price_in_words,
        "price_proven": price_proof.holds(bid, offer.price),
    }


def _line(bid: Bid, signed_in_at: datetime.datetime | None) -> dict[str, Any]:
    opened: OpenedBid | None = getattr(bid, "opened", None)
    said: dict[str, Any] = {
        **_envelope(bid),
        "signed_in_at": timestamp(signed_in_at) if signed_in_at else None,
        **opening_proof.of_bid(bid),
    }
    if opened is None:
        return said
    confirmed = opened.record_confirmed_at
    return said | {
        **({} if bid.cover == Cover.TECH else _price(bid, opened)),  # it lies in a cover of its own
        "delivery": opened.delivery,
        "confirmed_at": timestamp(confirmed) if confirmed else None,
        # 投标人未参加开标的，视同认可开标结果 (87号令 art. 42): silence accepts, an objection stands beside it.
        "deemed": confirmed is None and not opened.record_objection,
        "objection": opened.record_objection,
    }
