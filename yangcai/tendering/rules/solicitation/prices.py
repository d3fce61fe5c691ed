"""Are prices scored and tested for being too low as the law says?"""

import datetime
from typing import Any

from yangcai import law
from yangcai.cases.models import Case, EvaluationMethod
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.procedures.evaluation.price_score import FORMULAS
from yangcai.procedures.evaluation.terms import LOW_PRICE


def formula_is_lawful(subject: Case, *, now: datetime.datetime, price_formula: str, **_: Any) -> Refusal | None:
    """价格分应当采用低价优先法计算 (87号令 art. 55; 214号文 art. 24). What was no law yet is asked once the lots and
    their criteria are known: before the invitation goes out."""
    on, key = applicable(subject, now=now), own(subject, "evaluation.price_score")
    rated = subject.lots.filter(evaluation_method=EvaluationMethod.RATED).exists()
    if FORMULAS[price_formula].lawful or not rated or not key or not law.applies(key, **on):
        return None
    return refuse(
        key,
        code="formula_unlawful",
        zh="综合评分法的价格分应当采用低价优先法计算",
        en="With rated criteria the price score is the lowest price divided by the bid's price",
        field="price_formula",
        **on,
    )


def low_price_rates_are_lawful(subject: Case, *, now: datetime.datetime, **terms: Any) -> list[Refusal]:
    """The file may raise the rates of the low-price tests up to the cap, and never lower them (财库〔2026〕2号)."""
    on, found = applicable(subject, now=now), []
    for field, key in LOW_PRICE:
        rate, least = terms[field], law.find(key, **on)
        if rate is None or least is None or least.value <= rate <= law.value("abnormally_low.cap", **on):
            continue
        found.append(
            refuse(
                "abnormally_low.cap",
                code="low_price_rate_outside_law",
                zh="异常低价审查比例不得低于规定的 {least}，最高可提高至{limit}",
                en="The rate of this low-price test is at least {least} and may be raised to {limit} at most",
                field=field,
                least=least.text[0],
                **on,
            )
        )
    return found
