"""To which weight of price outside its range did the treasury consent for a lot? (财库〔2014〕214号 art. 24)"""

import datetime

from yangcai import law
from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.numbers import bare
from yangcai.tendering import method
from yangcai.tendering.models import CriterionKind, PriceWeightApproval


def consented(lot: Lot) -> PriceWeightApproval | None:
    """The last consent for this lot; None without any, and where the method knows of none."""
    if not method.of(lot.case).weight_consent:
        return None
    given = PriceWeightApproval.objects.filter(lot=lot, approved_at__isnull=False)
    return given.order_by("-approved_at", "-pk").first()


def way_out(lot: Lot, *, consent: PriceWeightApproval | None, now: datetime.datetime) -> tuple[str, str]:
    """What the refusal of a weight says of the treasury's consent, in Chinese and English: which one there is, or how
    it is asked for; nothing where the method knows of none."""
    key = method.of(lot.case).weight_consent
    if not key or not law.applies(key, **applicable(lot.case, now=now)):
        return "", ""
    if consent is not None:
        points = bare(consent.weight)
        return (
            f"；本级财政部门同意的是 {points} 分（{consent.number}）",
            f"; the treasury consented to {points} points ({consent.number})",
        )
    apply = ACTIONS["price_weight_approval.apply"]
    return (
        f"；有特殊情况的，先办理“{apply.zh}”，报本级财政部门审核同意",
        f"; in special circumstances the treasury may consent to it first (“{apply.en}”)",
    )


def announced(case: Case) -> str:
    """What notice and document say of the weights that rest on a consent, lot by lot; empty where none does."""
    if not method.of(case).weight_consent:
        return ""
    told, lots = {}, list(case.lots.order_by("number"))
    for lot in lots:
        consent = consented(lot)
        if consent and lot.criteria.filter(kind=CriterionKind.PRICE, weight=consent.weight).exists():
            points = bare(consent.weight)
            told[lot.number] = f"价格分值 {points} 分，经本级财政部门审核同意（{consent.number}）"
    if told and len(lots) == 1:
        return told[lots[0].number]
    return "；".join(f"采购包 {number}：{text}" for number, text in told.items())
