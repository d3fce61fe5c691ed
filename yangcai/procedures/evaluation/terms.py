"""Is what the solicitation document says about evaluation lawful? All refusals at once, before it is published."""

from collections.abc import Iterator
from decimal import Decimal

from yangcai import law
from yangcai.kernel.money import figures
from yangcai.kernel.numbers import bare
from yangcai.kernel.refusals import Refusal
from yangcai.procedures.evaluation.model import FULL_MARKS, Criterion, Kind, Terms
from yangcai.procedures.evaluation.price_preference import BANDS
from yangcai.procedures.evaluation.price_score import FORMULAS
from yangcai.procedures.procedure import AwardBy, Procedure

IT_SYSTEM = {"goods": "evaluation.price_weight.it_goods", "services": "evaluation.price_weight.it_services"}
IT_METHOD = "evaluation.it_method"
#: Of which methods that article leaves none for an information system, by the rule that they rest on.
NOT_FOR_IT = {"method.negotiation", "method.quotations"}
LOW_PRICE = (
    ("average_rate", "abnormally_low.average"),
    ("second_rate", "abnormally_low.second"),
    ("ceiling_rate", "abnormally_low.ceiling"),
)


def check_terms(*, terms: Terms, procedure: Procedure) -> list[Refusal]:
    """Every article that these terms break; empty when they may be published; what was no law yet is not asked."""
    refusals = [*_method(terms, procedure), *_ceiling(terms), *_preferences(terms), *_low_price(terms)]
    if terms.award_by is AwardBy.RATED:
        refusals += [*_criteria(terms), *_price_weight(terms, procedure), *_price_formula(terms)]
    return refusals


def _method(terms: Terms, procedure: Procedure) -> Iterator[Refusal]:
    if terms.category not in procedure.categories or terms.award_by not in procedure.award_by:
        yield terms.refuse(
            procedure.grounds,
            code="method_does_not_fit",
            zh=f"{procedure.zh}不适用于该采购对象或者评审办法",
            en=f"{procedure.en} does not fit this category or way of award",
        )
    if not terms.it_system or terms.category not in IT_SYSTEM or terms.cite(IT_METHOD) is None:
        return
    # Rated criteria are asked for where the method leaves a choice; a single source, or a direct purchase in an
    # emergency, agrees a price whatever is bought.
    if AwardBy.RATED in procedure.award_by and terms.award_by is not AwardBy.RATED:
        yield terms.refuse(
            IT_METHOD,
            code="it_system_not_rated",
            zh="政务信息系统采用综合评分法",
            en="Government information systems are evaluated by rated criteria",
        )
    elif procedure.grounds in NOT_FOR_IT:
        yield terms.refuse(
            IT_METHOD,
            code="it_system_method",
            zh=f"政务信息系统不采用{procedure.zh}：不招标的，采用竞争性磋商或者单一来源采购方式",
            en=f"Government information systems are not bought by {procedure.en.lower()}: without a tender it is"
            " consultation or a single source",
        )


def _ceiling(terms: Terms) -> Iterator[Refusal]:
    if terms.ceiling is not None and terms.ceiling > terms.budget:
        yield terms.refuse(
            "solicitation.ceiling",
            code="ceiling_above_budget",
            zh="最高限价 {ceiling} 超过采购预算 {budget}",
            en="The ceiling price {ceiling} is above the budget {budget}",
            ceiling=figures(terms.ceiling),
            budget=figures(terms.budget),
        )


def _criteria(terms: Terms) -> Iterator[Refusal]:
    total = sum((criterion.weight for criterion in terms.criteria), Decimal(0))
    if total != FULL_MARKS:
        yield terms.refuse(
            "evaluation.total",
            code="weights_do_not_add_up",
            zh="评审因素分值合计应为 100 分，现为 {total} 分",
            en="The criteria add up to {total} points instead of 100",
            total=total,
        )
    if any(criterion.weight < 0 for criterion in terms.criteria) or _twice(terms.criteria):
        yield terms.refuse(
            "evaluation.factors",
            code="criterion_unclear",
            zh="评审因素不得重复，分值不得为负",
            en="A criterion stands twice or has negative points",
        )


def _twice(criteria: tuple[Criterion, ...]) -> bool:
    codes = [criterion.code for criterion in criteria]
    prices = [criterion for criterion in criteria if criterion.kind is Kind.PRICE]
    return len(set(codes)) != len(codes) or len(prices) > 1


def _price_weight(terms: Terms, procedure: Procedure) -> Iterator[Refusal]:
    share = terms.price_weight / FULL_MARKS
    if terms.it_system and terms.category in IT_SYSTEM:
        key = IT_SYSTEM[terms.category]
        fixed = law.find(key, on=terms.on, jurisdiction=terms.jurisdiction)
        if fixed is not None and share != fixed.value:
            yield terms.refuse(
                key,
                code="price_weight_not_as_fixed",
                zh="政务信息系统价格分值应为{limit}",
                en="The weight of price for government information systems is {limit}",
                field="criteria",
            )
        return
    key = dict(procedure.price_weights).get(terms.category, "")
    found = law.find(key, on=terms.on, jurisdiction=terms.jurisdiction) if key else None
    if found is None:
        return
    low, high = (found.value["min"], found.value["max"]) if found.unit == "ratio_band" else (found.value, Decimal(1))
    if procedure.weight_consent and terms.consented_weight == terms.price_weight:
        return
    if not low <= share <= high:
        band = found.unit == "ratio_band"
        known = procedure.weight_consent and terms.cite(procedure.weight_consent) is not None
        way = "；在范围外设定的，应当经本级财政部门审核同意，并与同意的分值一致" if known else ""
        way_en = "; outside it the treasury must have consented, and to just this weight" if known else ""
        yield terms.refuse(
            key,
            code="price_weight_outside_law",
            zh=f"价格分值占总分值的比重应为{{limit}}{'' if band else '以上'}，现为{{share}}%{way}",
            en=f"The weight of price must be {{limit}}{'' if band else ' or more'}, it is {{share}}%{way_en}",
            field="criteria",
            share=bare(share * 100),
        )


def _price_formula(terms: Terms) -> Iterator[Refusal]:
    """Wherever a price is scored. What was no law yet may stand, once the file states the numbers that it takes."""
    formula = FORMULAS.get(terms.price_formula)
    if not terms.price_weight or (formula is not None and formula.lawful):
        return
    if formula is None or terms.cite("evaluation.price_score") is not None:
        yield terms.refuse(
            "evaluation.price_score",
            code="price_formula_unlawful",
            zh="价格分应当采用低价优先法计算",
            en="The price score must be computed by lowest price first",
            field="price_formula",
        )
    elif set(formula.options) - set(terms.formula_options):
        yield Refusal(
            "price_formula_incomplete",
            f"{formula.zh}须写明其参数，本平台的采购文件没有这些参数，请改用低价优先法",
            f"{formula.en} takes numbers that a file on this platform does not state: use lowest price first",
            field="price_formula",
        )


def _preferences(terms: Terms) -> Iterator[Refusal]:
    small_micro, partner = BANDS[terms.category]
    rates = (
        (small_micro, terms.small_micro_rate, "small_micro_rate"),
        (partner, terms.partner_rate, "partner_rate"),
    )
    for key, rate, field in rates:
        if terms.reserved and rate:
            yield terms.refuse(
                "price_preference.not_reserved",
                code="no_preference_in_set_aside",
                zh="专门面向中小企业的采购包不再执行价格扣除",
                en="A lot that is set aside gets no price deduction",
                field=field,
            )
        elif rate or (key == small_micro and not terms.reserved):
            band = law.find(key, on=terms.on, jurisdiction=terms.jurisdiction)
            if band is not None and not band.value["min"] <= rate <= band.value["max"]:
                yield terms.refuse(
                    key,
                    code="preference_rate_outside_law",
                    zh="价格扣除比例应为{limit}，现为{rate}%",
                    en="The deduction must be {limit}, it is {rate}%",
                    field=field,
                    rate=bare(rate * 100),
                )


def _low_price(terms: Terms) -> Iterator[Refusal]:
    for field, key in LOW_PRICE:
        rate = getattr(terms, field)
        if rate is None or not law.applies(key, on=terms.on, jurisdiction=terms.jurisdiction):
            continue
        least = law.value(key, on=terms.on, jurisdiction=terms.jurisdiction)
        most = law.value("abnormally_low.cap", on=terms.on, jurisdiction=terms.jurisdiction)
        if not least <= rate <= most:
            yield terms.refuse(
                "abnormally_low.cap",
                code="low_price_rate_outside_law",
                zh="异常低价审查比例不得低于规定比例，最高可提高至{limit}，现为{rate}%",
                en="The rate of a low-price test may be raised to {limit} at most and never lowered; it is {rate}%",
                field=field,
                rate=bare(rate * 100),
            )
