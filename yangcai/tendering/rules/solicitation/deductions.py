"""How much is a price lowered in the evaluation, and for whom?"""

import datetime
from decimal import Decimal
from typing import Any

from yangcai import law
from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.planning.models import Category, SetAside


def band(case: Case, *, partner: bool) -> str:
    """The rule that says how much the price of a small or micro enterprise (or its partner) is lowered."""
    if case.category == Category.WORKS:
        return "price_preference.works_partner" if partner else "price_preference.works"
    return "price_preference.partner" if partner else "price_preference.small_micro"


def is_reserved(case: Case) -> bool:
    """Whether every lot is: then nothing is left from which a price could be deducted."""
    lots = list(Lot.objects.filter(case=case).select_related("case"))
    return case.set_aside == SetAside.WHOLE or bool(lots and all(lot.is_reserved for lot in lots))


def least_rate(case: Case, *, partner: bool, now: datetime.datetime) -> Decimal:
    """The smallest lawful deduction as a share; 0 in a reserved case or where the law has none."""
    key, on = band(case, partner=partner), applicable(case, now=now)
    if is_reserved(case) or not law.applies(key, **on):
        return Decimal(0)
    return law.value(key, **on)["min"]


def domestic_rate_of(case: Case, *, now: datetime.datetime) -> Decimal:
    """本国产品的价格扣除比例: fixed by the rule for goods; 0 before it was in force."""
    on = applicable(case, now=now)
    if case.category != Category.GOODS or not law.applies("price_preference.domestic", **on):
        return Decimal(0)
    return law.value("price_preference.domestic", **on)


def deductions_are_lawful(
    subject: Case,
    *,
    now: datetime.datetime,
    small_micro_rate: Decimal,
    consortium_rate: Decimal,
    accepts_consortium: bool,
    subcontracting: str,
    **_: Any,
) -> list[Refusal]:
    """A reserved case gives none; any other gives one within the band (财库〔2020〕46号 art. 9; 财库〔2022〕19号)."""
    rates = [(small_micro_rate, "small_micro_rate", False)]
    if accepts_consortium or subcontracting:
        rates.append((consortium_rate, "consortium_rate", True))
    elif consortium_rate:
        return [_no_partner(subject, now=now)]
    found = (_deduction(subject, rate, field, partner, now=now) for rate, field, partner in rates)
    return [refusal for refusal in found if refusal]


def _no_partner(case: Case, *, now: datetime.datetime) -> Refusal:
    return refuse(
        "price_preference.partner",
        code="deduction_without_partner",
        zh="既不接受联合体也不允许分包的，不设联合体或者分包的价格扣除",
        en="Without consortium or subcontracting there is no deduction for either",
        field="consortium_rate",
        **applicable(case, now=now),
    )


def _deduction(case: Case, rate: Decimal, field: str, partner: bool, *, now: datetime.datetime) -> Refusal | None:
    on, key = applicable(case, now=now), band(case, partner=partner)
    if is_reserved(case):
        if not rate:
            return None
        return refuse(
            "price_preference.not_reserved",
            code="deduction_in_reserved_case",
            zh="专门面向中小企业采购的项目不再执行价格扣除，比例应为 0",
            en="A case reserved for small and medium enterprises gives no price deduction: the rate is 0",
            field=field,
            **on,
        )
    if not law.applies(key, **on):
        return None
    allowed = law.value(key, **on)
    if allowed["min"] <= rate <= allowed["max"] or (partner and not rate and case.set_aside != SetAside.NONE):
        return None
    return refuse(
        key,
        code="deduction_outside_band",
        zh="价格扣除比例应当在{limit}之间",
        en="The price deduction must lie within {limit}",
        field=field,
        **on,
    )


def domestic_rate_is_lawful(
    subject: Case, *, now: datetime.datetime, domestic_rate: Decimal, **_: Any
) -> Refusal | None:
    """本国产品的扣除比例由国家规定，采购人不得自定 (国办发〔2025〕34号)."""
    on = applicable(subject, now=now)
    fixed = law.value("price_preference.domestic", **on) if law.applies("price_preference.domestic", **on) else None
    optional = subject.category != Category.GOODS
    if domestic_rate == (fixed or 0) or (optional and not domestic_rate):
        return None
    return refuse(
        "price_preference.domestic",
        code="domestic_rate_not_as_fixed",
        zh="本国产品的价格扣除比例由国家统一规定（{limit}），不得自定",
        en="The deduction for domestic products is fixed by the state ({limit})",
        field="domestic_rate",
        **on,
    )


def deductions_leave_a_price(
    subject: Case,
    *,
    now: datetime.datetime,
    small_micro_rate: Decimal,
    domestic_rate: Decimal,
    green_rate: Decimal,
    **_: Any,
) -> Refusal | None:
    """All deductions start from the original price and add up: together they leave something of it."""
    if small_micro_rate + domestic_rate + green_rate < 1:
        return None
    return refuse(
        "green.preference",
        code="deductions_take_everything",
        zh="各项价格扣除均按原报价计算后相加，合计不得达到 100%",
        en="Deductions are each taken from the original price and add up: together they stay below 100 %",
        field="green_rate",
        **applicable(subject, now=now),
    )
