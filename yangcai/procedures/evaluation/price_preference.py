"""By how much is a price lowered for evaluation, and only for evaluation? (财库〔2020〕46号 9, 财库〔2022〕19号 2)"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from yangcai import law
from yangcai.kernel.money import cents
from yangcai.kernel.refusals import Refusal
from yangcai.procedures.evaluation.model import NOTHING, UNREGISTERED, Claim, Deduction, Terms

GOODS, WORKS = "goods", "works"
GOODS_BY_MAKER = "sme.goods_by_maker"
LARGE = "large"
#: How a class is called in a reason.
SIZES = {
    LARGE: ("大型企业", "large enterprise"),
    "medium": ("中型企业", "medium enterprise"),
    "small": ("小型企业", "small enterprise"),
    "micro": ("微型企业", "micro enterprise"),
    UNREGISTERED: ("", ""),
}
#: Of what class the largest maker of the goods may be for a claim to hold: who is named as one, or else the bidder.
MADE_BY = {Claim.SMALL_MICRO: ("small", "micro"), Claim.PARTNER: ("medium", "small", "micro")}
#: Category -> the rules with the range of the rates for (small and micro, partners).
BANDS = {
    GOODS: ("price_preference.small_micro", "price_preference.partner"),
    "services": ("price_preference.small_micro", "price_preference.partner"),
    WORKS: ("price_preference.works", "price_preference.works_partner"),
}


@dataclass(frozen=True)
class Preference:
    """The evaluated price with each deduction, all taken from the original price; and what was claimed in vain."""

    evaluated_price: Decimal
    deductions: tuple[Deduction, ...]
    not_granted: tuple[Refusal, ...]


def is_domestic(share: Decimal | None, *, on: datetime.date, jurisdiction: str = law.HOME) -> bool:
    """Whether an offer counts as domestic: enough of its cost is (国办发〔2025〕34号); never before that law."""
    found = law.find("price_preference.domestic_package", on=on, jurisdiction=jurisdiction)
    return found is not None and share is not None and share >= found.value


def prefer(
    *,
    price: Decimal,
    terms: Terms,
    claim: Claim = Claim.NONE,
    partner_share: Decimal | None = None,
    made_by: str = "",
    counts_as: str = "",
    domestic_share: Decimal | None = None,
    mixed_origin: bool = False,
    is_green: bool = False,
) -> Preference:
    """Deduct what the file and the law grant from a corrected bid price in yuan.

    The rates are the file's. Every deduction is computed on the original price, and then all are subtracted (they do
    not compound). `made_by` is the class of the largest maker of the goods, empty where none is named; `counts_as` that
    of the bidder with its members, empty where it is not asked; `mixed_origin` says that domestic and other products
    compete in the lot.
    """
    granted: list[tuple[str, Decimal, str]] = []
    refused: list[Refusal] = []
    small_micro, partner = BANDS[terms.category]
    if claim is not Claim.NONE and terms.reserved:
        refused.append(
            terms.refuse(
                "price_preference.not_reserved",
                code="no_preference_in_set_aside",
                zh="专门面向中小企业的采购包不再执行价格扣除",
                en="A lot that is set aside gets no price deduction",
            )
        )
    elif (larger := _too_large(claim, made_by, counts_as, terms)) is not None:
        refused.append(larger)
    elif claim is Claim.SMALL_MICRO and terms.small_micro_rate:
        granted.append(("small_micro", terms.small_micro_rate, small_micro))
    elif claim is Claim.PARTNER and terms.partner_rate:
        needed = law.value("price_preference.partner_share", on=terms.on, jurisdiction=terms.jurisdiction)
        if partner_share is not None and partner_share >= needed:
            granted.append(("partner", terms.partner_rate, partner))
        else:
            refused.append(
                terms.refuse(
                    "price_preference.partner_share",
                    code="partner_share_too_small",
                    zh="小微企业合同份额未达到{limit}，不予价格扣除",
                    en="The share of small and micro enterprises is below {limit}; no deduction",
                    share=partner_share,
                )
            )
    in_force = law.find("price_preference.domestic", on=terms.on, jurisdiction=terms.jurisdiction)
    domestic_rate = terms.domestic_rate if terms.domestic_rate is not None or in_force is None else in_force.value
    if mixed_origin and domestic_rate and in_force is not None:
        if is_domestic(domestic_share, on=terms.on, jurisdiction=terms.jurisdiction):
            granted.append(("domestic", domestic_rate, "price_preference.domestic"))
        elif domestic_share:
            refused.append(
                terms.refuse(
                    "price_preference.domestic_package",
                    code="domestic_share_too_small",
                    zh="本国产品成本占全部产品成本的比例未达到{limit}，不予价格扣除",
                    en="Domestic products make up less than {limit} of the cost of all products; no deduction",
                    share=domestic_share,
                )
            )
    if is_green and terms.green_rate:
        granted.append(("green", terms.green_rate, "green.preference"))
    deductions = tuple(Deduction(code=c, rate=r, amount=cents(price * r), rule=rule) for c, r, rule in granted)
    lowered = price - sum((deduction.amount for deduction in deductions), NOTHING)
    return Preference(evaluated_price=cents(lowered), deductions=deductions, not_granted=tuple(refused))


def _too_large(claim: Claim, made_by: str, counts_as: str, terms: Terms) -> Refusal | None:
    """含有大型企业制造货物的，不享受扶持政策 (财库〔2020〕46号 art. 4): one large maker, and neither deduction is
    given; that of small and micro enterprises not for goods of a medium one either. Who names no maker has made the
    goods itself. Works and services are small ones' where whoever takes them on is; there a large leader of a
    consortium is no obstacle to the deduction for its partners (art. 9)."""
    rate = {Claim.SMALL_MICRO: terms.small_micro_rate, Claim.PARTNER: terms.partner_rate}.get(claim)
    of_goods = terms.category == GOODS
    rule = GOODS_BY_MAKER if of_goods else BANDS[terms.category][0]
    if not rate or terms.cite(rule) is None or not (of_goods or claim is Claim.SMALL_MICRO):
        return None
    counted = (made_by or counts_as) if of_goods else counts_as
    if not counted or counted in MADE_BY[claim]:
        return None
    zh, en = SIZES[counted]
    if made_by and of_goods:
        why = "不享受扶持政策" if counted == LARGE else "不视同小微企业的货物"
        return terms.refuse(
            rule,
            code="made_by_larger",
            zh=f"货物含有{zh}制造的，{why}，不予价格扣除",
            en=f"A {en} made some of the goods; no deduction",
            made_by=counted,
        )
    itself = "没有填写货物制造商，即由投标人自己制造；" if of_goods else ""
    itself_en = "no maker is named, so the bidder made the goods itself; " if of_goods else ""
    if counted == UNREGISTERED:
        zh, en = "投标人没有登记企业规模", "the bidder has registered no size"
    else:
        zh, en = (
            f"投标人（联合体的，含成员）中有登记的{zh}",
            f"of the bidder and its members one is registered as a {en}",
        )
    return terms.refuse(
        rule,
        code="bidder_is_larger",
        zh=f"{itself}{zh}，不予价格扣除",
        en=f"No deduction: {itself_en}{en}",
        counts_as=counted,
    )
