"""What does the replay put where set-asides, partners and products of a case are not published, and what do they take
off a price? Published values stay; each convention is listed by a sentence when it is used."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import Any

from yangcai import law
from yangcai.parties.models import Organisation
from yangcai.planning.models import BY_SHARE, PARTNERED, RESERVED
from yangcai.procedures.evaluation.price_preference import is_domestic
from yangcai.replay.assumptions import Assumptions
from yangcai.replay.published import Bid, CaseFile, Evaluation, Lot, Partner
from yangcai.tendering import partners as stand_behind

FOURTH_PLACE = Decimal("0.0001")
WHOLE = Decimal(1)
NOTHING = Decimal(0)
#: A mandatory product without a certificate makes a bid invalid: one that was evaluated had one.
UNPUBLISHED_CERTIFICATE = "证书编号未公布"

Say = Callable[[str, str], None]


# --- set-asides ------------------------------------------------------------------------------------------------------


def way(case: CaseFile, lot: Lot) -> str:
    """How a lot is set aside: with the whole purchase, in its own way, or not at all."""
    return case.set_aside if case.set_aside == "whole" else lot.set_aside or "none"


def set_asides(*, case: CaseFile, on: dt.date, assumed: Assumptions) -> CaseFile:
    """Every lot of a purchase that is set aside in parts gets its way, its share, and for whom. Needs the budgets."""
    if case.set_aside not in BY_SHARE:
        return case
    lots = list(case.lots)
    if not any(lot.set_aside for lot in lots):
        lots = [replace(lot, set_aside=case.set_aside) for lot in lots]
        zh = "预留到哪些采购包未公布，推定每包均按项目的预留方式"
        assumed.add(zh, "which lots are set aside is not published: each in the way of the case")
    return replace(case, lots=tuple(_sized(case, lot, on, assumed) for lot in lots))


def _sized(case: CaseFile, lot: Lot, on: dt.date, assumed: Assumptions) -> Lot:
    if way(case, lot) == "none":
        return lot
    if lot.set_aside in PARTNERED and lot.set_aside_share is None:
        key = "set_aside.works_share" if case.category == "works" else "set_aside.share"
        found = law.find(key, on=on, jurisdiction=case.jurisdiction) or law.history(key)[0]
        share = case.set_aside_share or Decimal(found.value)
        zh = f"联合体或者分包中中小企业的合同份额未公布，取{share:%}"
        assumed.add(zh, f"the share of the partners is not published: {share:%}")
        lot = replace(lot, set_aside_share=share)
    if lot.small_micro is None:
        sizes = {bid.supplier.size for bid in lot.bids if bid.valid}
        zh = "预留是否限于小微企业未公布：公布的投标人没有中型企业的，推定限于小微企业"
        assumed.add(zh, "not published whether for small and micro enterprises alone: yes, unless a medium one bid")
        lot = replace(lot, small_micro="medium" not in sizes)
    return lot


def planned(case: CaseFile) -> dict[str, Any]:
    """What the plan says of a purchase that is set aside in parts: as published, else what its lots come to."""
    if case.set_aside not in BY_SHARE:
        return {}
    aside = [(lot, lot.budget * _share(lot)) for lot in case.lots if lot.budget is not None]
    made = sum((amount for _lot, amount in aside), NOTHING)
    small = sum((amount for lot, amount in aside if lot.small_micro), NOTHING)
    share = case.set_aside_share or _down(made / (case.budget or made))
    return {"set_aside_share": share, "set_aside_small_micro": _down(small / made) if made else NOTHING}


def _share(lot: Lot) -> Decimal:
    return WHOLE if lot.set_aside == "package" else lot.set_aside_share or NOTHING


def _down(ratio: Decimal) -> Decimal:
    """To the four places that a share has: never more than the lots make."""
    return ratio.quantize(FOURTH_PLACE, rounding=ROUND_DOWN)


# --- bids ------------------------------------------------------------------------------------------------------------


def completed(bid: Bid, *, case: CaseFile, lot: Lot, on: dt.date, say: Say) -> Bid:
    """A bid whose partners have sizes and shares, and whose products have what the document demands of them."""
    favoured = bool(bid.prefer) or way(case, lot) != "none"
    bid = replace(bid, partners=_partners(bid, favoured, on, case.jurisdiction, say))
    if lot.core_product and not bid.brand:
        say("核心产品品牌未公布，推定各不相同", "the brands of the core product are not published: all different")
        bid = replace(bid, brand=f"{bid.supplier.name}所投品牌")
    mandatory = any(one.kind == "mandatory" and one.lot in ("", lot.lot) for one in case.green)
    if mandatory and bid.valid and not bid.green_certificates:
        zh = "强制采购节能产品的证书编号未公布，推定进入评审的投标均有证书"
        say(zh, "certificates of mandatory products are not published: every bid that was evaluated had one")
        bid = replace(bid, green_certificates=UNPUBLISHED_CERTIFICATE)
    return bid


def _partners(bid: Bid, favoured: bool, on: dt.date, jurisdiction: str, say: Say) -> tuple[Partner, ...]:
    if not bid.partners and bid.prefer == "consortium":
        say(
            "联合体成员未公布，推定为一家小型企业，份额取法定最低",
            "an unnamed small member with the least lawful share",
        )
        least = law.value("price_preference.partner_share", on=on, jurisdiction=jurisdiction)
        return (Partner("member", f"{bid.supplier.name}的联合体成员（未公布）", size="small", share=least),)
    without = [one for one in bid.partners if one.share is None]
    if without:
        zh = "联合体成员、分包供应商的合同份额未公布，与投标人平分"
        say(zh, "shares of members and subcontractors are not published: equal ones, the bidder's included")
    left = WHOLE - sum((one.share for one in bid.partners if one.share is not None), NOTHING)
    each = _down(left / (len(without) + 1))
    if any(not one.size for one in bid.partners):
        zh = "联合体成员、分包供应商的规模未公布，享受政策的按小型，其余按中型"
        say(zh, "sizes of members and subcontractors are not published: small where a policy needs it, else medium")
    size = "small" if favoured else "medium"
    return tuple(
        replace(one, share=each if one.share is None else one.share, size=one.size or size) for one in bid.partners
    )


def of_bid(bid: Bid) -> dict[str, Any]:
    """What stands in the form of a bid beyond its price."""
    rows = [
        {"kind": one.kind, "name": one.name, "uscc": one.uscc, "size": one.size, "share": one.share, "work": one.work}
        for one in bid.partners
    ]
    told = {
        "partners": rows,
        "has_imports": bid.imports,
        "is_domestic": bid.domestic,
        "domestic_share": bid.domestic_share,
        "brand": bid.brand,
        "green_certificates": bid.green_certificates,
    }
    return {name: value for name, value in told.items() if value not in (None, "", False, [])}


def deductions(
    *, case: CaseFile, lot: Lot, bids: Iterable[Bid], evaluation: Evaluation, on: dt.date
) -> dict[str, Decimal]:
    """Bidder → the share of its price that is taken off for the evaluation; all are counted on the original price."""
    valid = [bid for bid in bids if bid.valid]
    rates, place = evaluation.price_preference, case.jurisdiction
    domestic = {bid.supplier.name: is_domestic(_domestic(bid), on=on, jurisdiction=place) for bid in valid}
    fixed = law.find("price_preference.domestic", on=on, jurisdiction=place)
    domestic_rate = fixed.value if fixed and case.category == "goods" else rates.get("domestic", NOTHING)
    preferred = any(one.kind != "mandatory" and one.lot in ("", lot.lot) for one in case.green)
    found = {}
    for bid in valid:
        rate = rates.get(bid.prefer, NOTHING) if _granted(case, lot, bid, on) else NOTHING
        if domestic[bid.supplier.name] and len(set(domestic.values())) > 1:
            rate += domestic_rate
        if preferred and bid.green_certificates:
            rate += rates.get("green", NOTHING)
        found[bid.supplier.name] = rate
    return found


def _domestic(bid: Bid) -> Decimal:
    if not bid.domestic:
        return NOTHING
    return WHOLE if bid.domestic_share is None else bid.domestic_share


def _granted(case: CaseFile, lot: Lot, bid: Bid, on: dt.date) -> bool:
    """A reserved lot grants nothing, and partners grant it from the lawful share on (财库〔2020〕46号 art. 9)."""
    if way(case, lot) in RESERVED:
        return False
    if bid.prefer != "consortium" or not bid.partners or any(one.share is None for one in bid.partners):
        return True
    beside = [stand_behind.Partner(p.kind, p.name, p.uscc, p.size, p.share or NOTHING) for p in bid.partners]
    share = stand_behind.share(Organisation(size=bid.supplier.size), beside, small_only=True)
    return bool(share >= law.value("price_preference.partner_share", on=on, jurisdiction=case.jurisdiction))
