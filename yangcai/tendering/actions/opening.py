"""What do the envelopes hold? Opened at the deadline, read out, confirmed or objected to, concluded."""

import dataclasses
import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Case, Lot, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.kernel.models import Attachment, Document
from yangcai.parties.roles import Role
from yangcai.procedures import every
from yangcai.tendering import (
    blind,
    consumables,
    counting,
    deviations,
    finalise,
    makers,
    method,
    opened_files,
    opening_record,
    partners,
    policies,
    sealing,
    unsealing,
)
from yangcai.tendering.models import Bid, BidLine, BidPartner, FinalOffer, OpenedBid, Opening
from yangcai.tendering.rules import opening as rules
from yangcai.tendering.rules import sealed
from yangcai.tendering.rules.bids import live_bids, whole_bids
from yangcai.tendering.rules.hall import bidders_had_their_time, not_suspended
from yangcai.tendering.rules.outages import health_is_known


@action(
    "opening.begin",
    zh="开标",
    en="Open the bids",
    on=Case,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.OPENING},
    needs=(runs_the_case, rules.not_begun, health_is_known),
    sentence=("{post}主持开标", "{post} began the opening of the bids"),
    cites=(
        "opening.at_deadline",
        *every(Stage.SUBMISSION, "bidders"),
        "opening.committee_absent",
        "opening.recorded",
    ),
    hint=(
        "投标人不足三家的采购包不开标；打不开的投标文件如实记录",
        "A lot with fewer than three bids is not opened; an envelope that cannot be opened is recorded as such",
    ),
)
def begin_opening(case: Case, *, by: Any, now: datetime.datetime) -> Opening:
    """Unseal every live bid of every lot that has enough of them, in the order in which they came in. Where bidders
    sealed them: close the lot; from now on they release their keys, then the trustees theirs (`opening.unseal`)."""
    finalise.note_in(now=now, wait=True)
    opening = Opening.objects.create(case=case, begun_at=now)
    for lot in rules.pending_lots(case):
        if not rules.enough_bids(lot, now=now):
            continue
        if policies.takes_sealed(lot):
            unsealing.close(lot, now=now)
            leave_out_halves(lot)
        else:
            found = live_bids(lot=lot).select_related("lot__case", "supplier").order_by("received_at", "pk")
            for bid in blind.mixed(found, lot):
                _open(bid, now=now)
    return opening


def leave_out_halves(lot: Lot) -> None:
    """A technical cover that came without its price is no bid: it stays sealed, and the record says why."""
    whole = whole_bids(lot).values("pk")
    live_bids(lot=lot).exclude(pk__in=whole).update(damage=WITHOUT_PRICE)


WITHOUT_PRICE = "投标截止前没有递交报价信封，技术信封不予开启"


def _open(bid: Bid, *, now: datetime.datetime) -> None:
    try:
        offer = sealing.open_envelope(bid, now=now)
    except sealing.DamagedEnvelope as damage:
        bid.damage = unsealing.recorded(str(damage))
        bid.save(update_fields=["damage"])
        return
    files = offer.pop("files")
    stored = [(opened_files.keep_bytes(file.content, name=file.name), file.name) for file in files]
    write_opened(bid, offer, stored, now=now)


def write_opened(
    bid: Bid, offer: dict[str, Any], stored: list[tuple[Document, str]], *, now: datetime.datetime
) -> None:
    """The rows of an opened bid, whoever sealed it: what `bid.submit` took, and the files in the store."""
    lines = offer.pop("lines")
    priced = offer.pop("consumables", [])  # envelopes sealed before there was such a thing hold none
    declared = offer.pop("figures", [])  # likewise
    answered = offer.pop("deviations", [])  # likewise
    made = offer.pop("makers", [])  # likewise
    beside = partners.of_offer(offer)
    offer.pop("partners", None)  # what a second competition does not ask lies in no envelope of it
    share, counted = offer.get("domestic_share"), partners.as_registered(beside, at=now)
    opened = OpenedBid.objects.create(
        lot=bid.lot,
        bid=bid,
        supplier=bid.supplier,
        opened_at=now,
        small_micro_share=partners.share(bid.supplier, counted, small_only=True) if beside else None,
        **{**offer, "price": Decimal(offer["price"]), "domestic_share": share and Decimal(share)},
    )
    write_lines(opened, lines)
    consumables.write(opened, priced)
    counting.write(opened, declared)
    deviations.write(opened, answered)
    makers.write(opened, made)
    BidPartner.objects.bulk_create(BidPartner(opened_bid=opened, **dataclasses.asdict(one)) for one in beside)
    opened.files.add(*(document for document, _name in stored))
    _attach(opened, stored, now=now)


def write_price(bid: Bid, offer: dict[str, Any], stored: list[tuple[Document, str]], *, now: datetime.datetime) -> None:
    """The price of a bid that lies open: out of its own cover, or the last one after a dialogue."""
    opened = OpenedBid.objects.select_related("lot__case").get(lot=bid.lot_id, supplier=bid.supplier_id)
    final = FinalOffer.objects.create(
        opened_bid=opened,
        bid=bid,
        price=Decimal(offer["price"]),
        price_in_words=offer["price_in_words"],
        delivery=offer.get("delivery", ""),
        opened_at=now,
    )
    write_lines(opened, offer["lines"], final_offer=final)
    consumables.write(opened, offer.get("consumables", []))
    _attach(opened, stored, now=now)


def _attach(opened: OpenedBid, stored: list[tuple[Document, str]], *, now: datetime.datetime) -> None:
    Attachment.objects.bulk_create(
        Attachment(
            document=document,
            root=opened.lot.case.ref,
            subject=opened.ref,
            title=name,
            kind="bid",
            organisation_id=opened.supplier_id,
            at=now,
        )
        for document, name in stored
    )


def write_lines(opened: OpenedBid, lines: list[dict[str, Any]], *, final_offer: FinalOffer | None = None) -> None:
    """The price form of an offer, of the first one or of the last."""
    BidLine.objects.bulk_create(
        BidLine(
            opened_bid=opened,
            final_offer=final_offer,
            number=number,
            item=line["item"],
            brand=line.get("brand", ""),  # what was sealed before the form asked for it has none
            specification=line["specification"],
            quantity=Decimal(line["quantity"]),
            unit_price=Decimal(line["unit_price"]),
            amount=Decimal(line["amount"]),
        )
        for number, line in enumerate(lines, start=1)
    )


@action(
    "opening.confirm",
    zh="确认开标记录",
    en="Confirm the opening record",
    on=OpenedBid,
    by={Role.SUPPLIER},
    at={Stage.OPENING},
    needs=(rules.record_is_open, rules.not_confirmed_yet),
    sentence=("{post}确认了开标记录", "{post} confirmed the opening record"),
    cites=("opening.absence_accepts",),
    hint=("未参加开标的，视同认可开标结果", "A bidder who is absent accepts the result of the opening"),
)
def confirm_opening(opened: OpenedBid, *, by: Any, now: datetime.datetime) -> None:
    """The bidder stands by what was read out."""
    opened.record_confirmed_at = now
    opened.save(update_fields=["record_confirmed_at"])


class ObjectToOpening(Input):
    objection = TextField(label=_("异议内容"), lines=4)


@action(
    "opening.object",
    zh="提出开标异议",
    en="Object to the opening",
    on=OpenedBid,
    by={Role.SUPPLIER},
    at={Stage.OPENING},
    needs=(rules.record_is_open, rules.not_confirmed_yet),
    input=ObjectToOpening,
    sentence=("{post}对开标提出异议", "{post} objected to the opening"),
    cites=("opening.objection",),
    hint=(
        "对开标过程和记录的疑义，或者回避申请，应当场提出",
        "Doubts about the opening, or a request for recusal, are raised on the spot",
    ),
)
def object_to_opening(opened: OpenedBid, *, by: Any, now: datetime.datetime, objection: str) -> None:
    """Kept in the record; the opening cannot be concluded without an answer."""
    opened.record_objection = "\n".join(filter(None, [opened.record_objection, objection]))
    opened.save(update_fields=["record_objection"])


class ConcludeOpening(Input):
    answer = TextField(label=_("对异议的处理结果"), lines=4, required=False)


@action(
    "opening.conclude",
    zh="结束开标",
    en="Conclude the opening",
    on=Case,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.OPENING},
    needs=(runs_the_case, rules.under_way, not_suspended, bidders_had_their_time, sealed.every_lot_is_unsealed),
    checks=(rules.objections_are_answered,),
    input=ConcludeOpening,
    sentence=("{post}结束开标", "{post} concluded the opening"),
    cites=("opening.objection", "opening.absence_accepts", *every(Stage.SUBMISSION, "bidders")),
    hint=(
        "开标记录即告固定，唱标的同时公布；已开标的采购包进入资格审查",
        "The record is final, and public where prices were read out; the opened lots go on to qualification",
    ),
)
def conclude_opening(case: Case, *, by: Any, now: datetime.datetime, answer: str) -> Opening:
    """Each opened lot goes its own way from here; a lot with too few bids stays until it is declared unsuccessful."""
    opening = Opening.objects.select_related("case__buyer", "case__agent").get(case=case)
    opening.concluded_at, opening.answer = now, answer
    if method.reads_out(case):
        opening.record = opening_record.write(opening, now=now)
    opening.save(update_fields=["concluded_at", "answer", "record"])
    if method.reads_out(case):
        unsealing.disclose(case, now=now)
    periods.close_period(case, at=now)
    for lot in rules.pending_lots(case):
        stage = method.follows(case, Stage.OPENING) if rules.enough_bids(lot, now=now) else Stage.OPENING
        periods.open_period(case, stage=stage, opens_at=now, lot=lot)
    return opening
