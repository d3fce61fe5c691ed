"""Is the solicitation document lawful and complete: securities, deductions, clauses, criteria, payment terms, lots?"""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from yangcai import law, procedures
from yangcai.cases.models import Case, EvaluationMethod, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.law.figures.securities import largest_bid_security
from yangcai.planning.models import Category, SetAside
from yangcai.procedures.evaluation.model import FULL_MARKS
from yangcai.procedures.evaluation.price_score import FORMULAS
from yangcai.procedures.evaluation.terms import LOW_PRICE
from yangcai.tendering import method
from yangcai.tendering.models import (
    Clause,
    ClauseKind,
    Criterion,
    CriterionKind,
    PaymentTerm,
    PaymentTermDue,
    Solicitation,
)

WHOLE = FULL_MARKS
_MORE = "(?:不低于|不少于|不小于|大于|超过|达到|以上|≥|>)"
#: An enterprise's size as a condition or factor (87号令 art. 17): the word and a threshold in one breath.
SCALE = re.compile(rf"(注册资本|注册资金|资产总额|营业收入|从业人员|利润|纳税额)[^。；，]{{0,16}}{_MORE}")
#: A maker's authorisation, unless the goods are imported (87号令 art. 17).
AUTHORISATION = re.compile(r"(生产厂家|生产商|制造商|原厂|厂商)[^。；，]{0,8}(授权|背书)")
#: A floor price (87号令 art. 12), but not the sentence that there is none.
FLOOR = re.compile(r"(?<!不设)(?<!不设置)(?<!不设定)(?<!不得设定)(?<!无)最低限价")

#: A product that must be imported (财办库〔2008〕248号), but not the sentence that it need not.
IMPORTED = re.compile(
    r"(?<!不)(?:(?:必须|仅限|限于)(?:为|是|采用|使用|提供)?|(?:应当|须|要求)(?:为|是|采用|使用))(?:原装)?进口"
)
CORE = "solicitation.core_product"

#: A brand that is asked for (74号令 art. 10); saying that none is meant is no such thing.
BRAND = re.compile(r"(?<!不)(?:指定|限定|必须为|仅限|要求采用)[^。；，]{0,10}(?:品牌|牌)|品牌[为：:][^。；，\s]{1,20}")

#: functions(case, now) -> what else a file must say, by which later apps add to it (the terms of a framework agreement)
ALSO_COMPLETE: list[Callable[..., Iterable[Refusal]]] = []


# --- securities and terms ------------------------------------------------------------------------------------------


def security_within_cap(subject: Case, *, now: datetime.datetime, bid_security: Decimal, **_: Any) -> Refusal | None:
    """投标保证金不得超过采购项目预算金额的 2% (条例 art. 33)."""
    on = applicable(subject, now=now)
    if not law.applies("bid_security.cap", **on):
        return None
    most = largest_bid_security(budget=subject.budget, **on)
    if bid_security <= most:
        return None
    return refuse(
        "bid_security.cap",
        code="bid_security_too_large",
        zh="投标保证金不得超过预算金额的{limit}，即 {most} 元",
        en="The bid security may not exceed {limit} of the budget, that is {most} yuan",
        field="bid_security",
        most=f"{most:,.2f}",
        **on,
    )


def performance_within_cap(
    subject: Case, *, now: datetime.datetime, performance_security_rate: Decimal, **_: Any
) -> Refusal | None:
    """履约保证金不得超过合同金额的 10% (条例 art. 48)."""
    on = applicable(subject, now=now)
    if not law.applies("performance_security.cap", **on):
        return None
    if performance_security_rate <= law.value("performance_security.cap", **on):
        return None
    return refuse(
        "performance_security.cap",
        code="performance_security_too_large",
        zh="履约保证金不得超过合同金额的{limit}",
        en="The performance security may not exceed {limit} of the contract amount",
        field="performance_security_rate",
        **on,
    )


def paid_in_time(subject: Case, *, now: datetime.datetime, payment_days: int, **_: Any) -> Refusal | None:
    """满足约定支付条件的，收到发票后 30 日内支付 (财库〔2019〕38号)."""
    on = applicable(subject, now=now)
    if not law.applies("payment.invoice_limit", **on) or payment_days <= law.value("payment.invoice_limit", **on):
        return None
    return refuse(
        "payment.invoice_limit",
        code="payment_too_late",
        zh="付款期限不得超过收到发票后{limit}",
        en="Payment may not be promised later than {limit} after the invoice",
        field="payment_days",
        **on,
    )


def industry_is_stated(subject: Case, *, now: datetime.datetime, industry: str, **_: Any) -> Refusal | None:
    """采购文件应当明确采购标的所属行业 (财库〔2020〕46号 art. 12)."""
    on = applicable(subject, now=now)
    if industry or not law.applies("solicitation.industry", **on):
        return None
    return refuse(
        "solicitation.industry",
        code="industry_missing",
        zh="请写明采购标的所属行业（中小企业划型标准规定的行业）",
        en="State the industry of what is bought, as the size classes of enterprises name it",
        field="industry",
        **on,
    )


def imports_are_approved(subject: Case, *, now: datetime.datetime, accepts_imports: bool, **_: Any) -> Refusal | None:
    """采购进口产品应当在采购活动开始前获得核准 (财库〔2007〕119号)."""
    if not accepts_imports or subject.plan_item.import_approvals.filter(approved_at__isnull=False).exists():
        return None
    return refuse(
        "import.approval",
        code="import_not_approved",
        zh="采购计划没有获得财政部门的进口产品核准，不得接受进口产品；请先在采购计划中申请",
        en="The treasury has not approved imported products for this plan: apply for it on the plan first",
        field="accepts_imports",
        **applicable(subject, now=now),
    )


def core_product_is_named(
    subject: Case, *, now: datetime.datetime, several_products: bool, core_product: str, **_: Any
) -> Refusal | None:
    """非单一产品采购项目应当确定核心产品 (87号令 art. 31): for the whole document, or lot by lot."""
    on, lots = (
        applicable(subject, now=now),
        list(Lot.objects.filter(case=subject).values_list("core_product", flat=True)),
    )
    counts = subject.category == Category.GOODS and bool(method.of(subject).own("evaluation.same_brand"))
    if not (several_products and counts) or core_product or all(lots) or not law.applies(CORE, **on):
        return None
    return refuse(
        CORE,
        code="core_product_missing",
        zh="非单一产品采购项目，应当根据采购项目技术构成、产品价格比重等合理确定核心产品，并在采购文件中载明",
        en="Of several products the core product is named, by technical make-up and share of the price",
        field="core_product",
        **on,
    )


def asks_for_no_imports(
    subject: Case, *, now: datetime.datetime, requirement: str, contract_terms: str, **_: Any
) -> list[Refusal]:
    texts = {"requirement": requirement, "contract_terms": contract_terms}
    return [_imported(subject, field, now=now) for field, text in texts.items() if IMPORTED.search(text)]


def _imported(case: Case, field: str, *, now: datetime.datetime) -> Refusal:
    return refuse(
        "import.domestic_allowed",
        code="imports_demanded",
        zh="不得要求产品必须为进口：即使核准采购进口产品，满足需求的国内产品也可以参与竞争；请改写为技术要求",
        en="No product may be asked to be imported: domestic ones that meet the need may compete. Say what it must do",
        field=field,
        **applicable(case, now=now),
    )


def formula_is_lawful(subject: Case, *, now: datetime.datetime, price_formula: str, **_: Any) -> Refusal | None:
    """价格分应当采用低价优先法计算 (87号令 art. 55)."""
    on = applicable(subject, now=now)
    rated = subject.lots.filter(evaluation_method=EvaluationMethod.RATED).exists()
    if FORMULAS[price_formula].lawful or not rated or not law.applies("evaluation.price_score", **on):
        return None
    return refuse(
        "evaluation.price_score",
        code="formula_unlawful",
        zh="综合评分法的价格分应当采用低价优先法计算",
        en="With rated criteria the price score is the lowest price divided by the bid's price",
        field="price_formula",
        **on,
    )


# --- price deductions ----------------------------------------------------------------------------------------------


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


# --- texts: no floor price, no size of the enterprise --------------------------------------------------------------


def no_floor_in_requirement(
    subject: Case, *, now: datetime.datetime, requirement: str, contract_terms: str, **_: Any
) -> list[Refusal]:
    texts = {"requirement": requirement, "contract_terms": contract_terms}
    return [_floor(subject, field, now=now) for field, text in texts.items() if FLOOR.search(text)]


def names_no_brand(
    subject: Case, *, now: datetime.datetime, requirement: str, core_product: str, **_: Any
) -> list[Refusal]:
    """谈判文件、询价通知书不得标明供应商名称或者特定货物的品牌 (74号令 art. 10). Only what is evident."""
    if "solicitation.no_brand" not in method.of(subject).rule_keys():
        return []
    texts = {"requirement": requirement, "core_product": core_product}
    return [
        refuse(
            "solicitation.no_brand",
            code="brand_named",
            zh="采购文件不得要求或者标明供应商名称或者特定货物的品牌：“{word}”",
            en="The file may neither ask for nor name a supplier or a brand: “{word}”",
            field=field,
            word=hit.group(0),
            **applicable(subject, now=now),
        )
        for field, text in texts.items()
        if (hit := BRAND.search(text))
    ]


def _floor(case: Case, field: str, *, now: datetime.datetime) -> Refusal:
    return refuse(
        "solicitation.ceiling",
        code="floor_price",
        zh="不得设定最低限价",
        en="A floor price may not be set",
        field=field,
        **applicable(case, now=now),
    )


def clauses_are_lawful(subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """不得将规模条件、厂家授权作为资格要求 (87号令 art. 17): only what is evident; the rest is for people to review."""
    imports = Solicitation.objects.filter(case=subject, accepts_imports=True).exists()
    found = []
    for number, row in enumerate(rows, start=1):
        text = row["text"]
        hit = SCALE.search(text) or (None if imports else AUTHORISATION.search(text))
        if row["kind"] == ClauseKind.QUALIFICATION and hit:
            found.append(_banned(subject, number, hit.group(1), now=now))
        if FLOOR.search(text):
            found.append(_floor(subject, "rows", now=now))
        if IMPORTED.search(text):
            found.append(_imported(subject, "rows", now=now))
    return found


def _banned(case: Case, number: int, word: str, *, now: datetime.datetime) -> Refusal:
    return refuse(
        "qualification.banned_conditions",
        code="banned_condition",
        zh="第 {number} 行：不得以“{word}”设定门槛或者评分",
        en="Row {number}: “{word}” may be neither a condition nor a factor",
        field="rows",
        number=number,
        word=word,
        **applicable(case, now=now),
    )


# --- criteria ------------------------------------------------------------------------------------------------------


def lot_is_rated(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """最低评标价法 looks at the price alone (87号令 art. 54)."""
    if subject.evaluation_method == EvaluationMethod.RATED:
        return None
    return refuse(
        "evaluation.rank_lowest",
        code="lot_is_not_rated",
        zh="该包采用最低评标价法，不设评审因素",
        en="This lot is awarded by lowest evaluated price and has no criteria",
        **applicable(subject.case, now=now),
    )


def lot_is_judged_itself(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A lot that follows another one is decided by that one's scores."""
    if subject.follows_id is None:
        return None
    return refuse(
        method.of(subject.case).winners,
        code="lot_follows_another",
        zh="该包随采购包 {lot} 一并评审，不另设评审因素",
        en="This lot is decided by the scores of lot {lot} and has no criteria of its own",
        lot=subject.judged_with.number,
        **applicable(subject.case, now=now),
    )


def merit_weighs_enough(
    subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Refusal | None:
    """研发方案分值占总分值的最低比重 (财库〔2024〕13号): the technical criteria, where the method says so."""
    key, on = method.of(subject.case).merit_weight, applicable(subject.case, now=now)
    if not key or not law.applies(key, **on):
        return None
    weight = sum((row["weight"] for row in rows if row["kind"] == CriterionKind.TECHNICAL), Decimal(0))
    if weight / WHOLE >= law.value(key, **on):
        return None
    return refuse(
        key,
        code="merit_weight",
        zh="研发方案（技术因素）的分值不得低于总分的{limit}，现为 {weight} 分",
        en="The research plan (technical criteria) must weigh at least {limit}; it weighs {weight} points",
        field="rows",
        weight=weight,
        **on,
    )


def weights_add_up(subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> Refusal | None:
    """评审因素的权重之和为 100 分 (87号令 art. 55)."""
    total = sum((row["weight"] for row in rows), Decimal(0))
    if total == WHOLE:
        return None
    return refuse(
        "evaluation.total",
        code="weights_not_100",
        zh="各评审因素的分值之和应为 100 分，现为 {total} 分",
        en="The weights must add up to 100 points; they add up to {total}",
        field="rows",
        total=total,
        **applicable(subject.case, now=now),
    )


def price_weighs_enough(
    subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], is_information_system: bool, **_: Any
) -> Refusal | None:
    """价格分值占总分值的比重: goods and services have a minimum, information systems an exact share."""
    case, on = subject.case, applicable(subject.case, now=now)
    minimum = dict(procedures.get(case.procedure).price_weights).get(case.category, "")
    band = bool(minimum) and law.applies(minimum, **on) and law.cited(minimum, **on).unit == "ratio_band"
    exact = f"evaluation.price_weight.it_{case.category}"
    if is_information_system and case.category != Category.WORKS and law.applies(exact, **on):
        key, fits = exact, lambda share, limit: share == limit
        zh, en = "政务信息系统的价格分值应为总分的{limit}", "In an information system price weighs exactly {limit}"
    elif band:
        key, fits = minimum, lambda share, limit: limit["min"] <= share <= limit["max"]
        zh, en = "价格分值占总分值的比重应在{limit}之间", "Price must weigh within {limit}"
    elif minimum and law.applies(minimum, **on):
        key, fits = minimum, lambda share, limit: share >= limit
        zh, en = "价格分值不得低于总分的{limit}", "Price must weigh at least {limit}"
    else:
        return None
    weight = sum((row["weight"] for row in rows if row["kind"] == CriterionKind.PRICE), Decimal(0))
    if fits(weight / WHOLE, law.value(key, **on)):
        return None
    return refuse(
        key,
        code="price_weight",
        zh=zh + "，现为 {weight} 分",
        en=en + "; it weighs {weight} points",
        field="rows",
        weight=weight,
        **on,
    )


def one_price_criterion(subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    codes = [row["code"] for row in rows]
    found = [
        Refusal(
            "duplicate_code",
            f"第 {number} 行：编号“{code}”重复",
            f"Row {number}: the code “{code}” is used twice",
            field="rows",
        )
        for number, code in enumerate(codes, start=1)
        if code in codes[: number - 1]
    ]
    if sum(row["kind"] == CriterionKind.PRICE for row in rows) > 1:
        found.append(
            refuse(
                "evaluation.price_score",
                code="several_price_criteria",
                zh="价格因素只能有一个",
                en="There can be only one price criterion",
                field="rows",
                **applicable(subject.case, now=now),
            )
        )
    return found


def quality_is_scored_alone(
    subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """Where a method scores quality alone, each factor is quantified and graded, and the price is none of them
    (质量优先法, 110号令 art. 25)."""
    key, on = method.of(subject.case).rates_quality, applicable(subject.case, now=now)
    for number, row in enumerate(rows if key else (), start=1):
        if row["kind"] == CriterionKind.PRICE:
            yield refuse(
                key,
                code="price_is_not_scored",
                zh="第 {number} 行：质量优先法只对质量评分，价格不作为评分项（报价不得超过最高限制单价）",
                en="Row {number}: quality first scores quality alone; the price only has to keep to the ceiling",
                field="rows",
                number=number,
                **on,
            )
        elif not row["is_objective"] or not row["standard"].strip():
            yield refuse(
                key,
                code="factor_is_not_graded",
                zh="第 {number} 行：“{title}”应当是客观分，并写明划分等次的评分标准；不能量化的，作为实质性要求",
                en="Row {number}: “{title}” must be objective and have a standard with its grades; what cannot be"
                " quantified is a substantive requirement instead",
                field="rows",
                number=number,
                title=row["title"],
                **on,
            )


def criteria_are_no_conditions(
    subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> list[Refusal]:
    """资格条件不得作为评审因素 (87号令 art. 55); size of the enterprise and a floor price neither."""
    case = subject.case
    conditions = {_bare(c.text): c.text for c in Clause.objects.filter(case=case, kind=ClauseKind.QUALIFICATION)}
    found = []
    for number, row in enumerate(rows, start=1):
        text = f"{row['title']}：{row['standard']}"
        if hit := SCALE.search(text):
            found.append(_banned(case, number, hit.group(1), now=now))
        if FLOOR.search(text):
            found.append(_floor(case, "rows", now=now))
        if IMPORTED.search(text):
            found.append(_imported(case, "rows", now=now))
        same = conditions.get(_bare(row["title"])) or conditions.get(_bare(row["standard"]))
        if same:
            found.append(
                refuse(
                    "evaluation.factors",
                    code="condition_as_criterion",
                    zh="第 {number} 行：资格条件“{condition}”不得作为评审因素",
                    en="Row {number}: the qualification condition “{condition}” cannot be a criterion",
                    field="rows",
                    number=number,
                    condition=same,
                    **applicable(case, now=now),
                )
            )
    return found


def _bare(text: str) -> str:
    return re.sub(r"[\s，。；：、,.;:（）()]", "", text)


# --- payment terms ----------------------------------------------------------------------------------------


def percentages_add_up(subject: Case, *, rows: list[dict[str, Any]], **_: Any) -> Refusal | None:
    total = sum((row["percent"] for row in rows), Decimal(0))
    if total == WHOLE:
        return None
    return Refusal(
        "percentages_not_100",
        f"各期付款比例之和应为 100%，现为 {total}%",
        f"The payments must add up to 100%; they add up to {total}%",
        field="rows",
    )


def advance_is_large_enough(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Refusal | None:
    """首购预付款的最低比例 (财库〔2024〕13号): what is due on signature, where the method says so."""
    key, on = method.of(subject).advance, applicable(subject, now=now)
    if not key or not law.applies(key, **on):
        return None
    advance = sum((row["percent"] for row in rows if row["due_on"] == PaymentTermDue.SIGNATURE), Decimal(0))
    if advance / WHOLE >= law.value(key, **on):
        return None
    return refuse(
        key,
        code="advance_too_small",
        zh="预付款（付款条件为“合同签订”）不得低于{limit}，现为 {advance}%",
        en="The advance (due on signature) must be at least {limit}; it is {advance}%",
        field="rows",
        advance=advance,
        **on,
    )


# --- contracts whose term, cost and sequel the law asks for --------------------------------------------------------

MONTHS = 12


def term_is_usual(
    subject: Case, *, now: datetime.datetime, contract_months: int | None, long_term_reason: str, **_: Any
) -> Refusal | None:
    """一般不得超过: a longer term needs its reason, and stays within the longest (财库〔2024〕13号)."""
    keys, on = method.of(subject).terms, applicable(subject, now=now)
    if contract_months is None or not keys or not law.applies(keys[0], **on):
        return None
    usual, longest = (law.value(key, **on) * MONTHS for key in keys)
    if contract_months <= usual or (long_term_reason and contract_months <= longest):
        return None
    return refuse(
        keys[1] if long_term_reason else keys[0],
        code="term_too_long",
        zh="合同期限一般不得超过{limit}；超过的须写明理由（重大项目），并且不得超过最长期限"
        if not long_term_reason
        else "合同期限最长不得超过{limit}",
        en="The contract usually lasts {limit} at most; a longer one needs its reason and has its own limit"
        if not long_term_reason
        else "The contract may last {limit} at most",
        field="contract_months",
        **on,
    )


def contracts_are_described(case: Case, *, now: datetime.datetime) -> list[Refusal]:
    """Where another purchase follows (首购) the file says how long research lasts, which share of its cost is paid and
    what is spent afterwards; lots and first purchase together stay within the most that it may cost."""
    found, on = method.of(case), applicable(case, now=now)
    file = Solicitation.objects.filter(case=case).first()
    if not found.leads_to or file is None:
        return []
    missing = [
        (
            found.terms[0] if found.terms else found.leads_to,
            file.contract_months,
            "合同期限",
            "the term of the contract",
        ),
        (found.compensates, file.compensation_rate, "成本补偿比例", "the share of the cost that is paid"),
        (found.leads_to, file.follow_up_amount, "首购费用", "the amount for the first purchase"),
    ]
    refusals = [
        refuse(
            key,
            code="contract_not_described",
            zh="采购文件应当写明{what}",
            en="The file must state {what_en}",
            what=zh,
            what_en=en,
            **on,
        )
        for key, value, zh, en in missing
        if not value
    ]
    spent = sum((lot.budget for lot in Lot.objects.filter(case=case)), Decimal(0)) + (file.follow_up_amount or 0)
    if spent > case.budget:
        refusals.append(
            refuse(
                "cooperative_innovation.plan",
                code="above_the_most_cost",
                zh="各采购包限额与首购费用合计 {spent} 元，超过最高研发费用 {most} 元",
                en="The lots and the first purchase come to {spent} yuan, more than the most that research may cost,"
                " {most}",
                spent=f"{spent:,.2f}",
                most=f"{case.budget:,.2f}",
                **on,
            )
        )
    return refusals


# --- is everything there? ------------------------------------------------------------------------------------------


def is_complete(subject: Case, *, by: Any, now: datetime.datetime) -> list[Refusal]:
    """采购文件应当包括的内容 (87号令 art. 20): every missing part at once."""
    on = applicable(subject, now=now)
    missing: list[Refusal] = []

    def need(condition: bool, key: str, code: str, zh: str, en: str, **facts: Any) -> None:
        if not condition:
            missing.append(refuse(key, code=code, zh=zh, en=en, **facts, **on))

    need(
        Solicitation.objects.filter(case=subject).exists(),
        "solicitation.content",
        "no_solicitation",
        "采购文件尚未编制",
        "The solicitation document has not been drafted",
    )
    need(
        PaymentTerm.objects.filter(case=subject).exists(),
        "solicitation.contract_terms",
        "no_payment_terms",
        "尚未设定付款安排",
        "The payment terms have not been set",
    )
    for lot in _lots(subject):
        need(
            lot.evaluation_method != EvaluationMethod.RATED
            or lot.follows_id is not None
            or Criterion.objects.filter(lot=lot).exists(),
            "evaluation.factors",
            "no_criteria",
            "采购包 {lot} 尚未设定评审因素",
            "Lot {lot} has no criteria",
            lot=lot.number,
        )
    missing += contracts_are_described(subject, now=now)
    return missing + [refusal for also in ALSO_COMPLETE for refusal in also(subject, now=now)]


def _lots(case: Case) -> Iterable[Lot]:
    return Lot.objects.filter(case=case).order_by("number")


def is_confirmed(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购文件须经采购人确认; every later change takes the confirmation back."""
    if Solicitation.objects.filter(case=subject, confirmed_at__isnull=False).exists():
        return None
    return refuse(
        "agent.agreement",
        code="not_confirmed",
        zh="采购文件尚未经采购人审核岗确认",
        en="The buyer's reviewer has not confirmed the solicitation document",
        **applicable(subject, now=now),
    )


def not_confirmed_yet(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not Solicitation.objects.filter(case=subject, confirmed_at__isnull=False).exists():
        return None
    return Refusal("confirmed_already", "采购文件已经确认", "The solicitation document is confirmed already")


# --- the committee's own confirmation ------------------------------------------------------------------------------


def is_for_the_committee(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if method.file_confirmed_by_committee(subject):
        return None
    return Refusal(
        "no_committee_confirms",
        "该采购方式的采购文件不由小组确认",
        "In this method no committee confirms the file",
    )


def is_confirmed_by_committee(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """确认或者制定谈判文件 (74号令 art. 8); every later change takes this confirmation back too."""
    key = method.file_confirmed_by_committee(subject)
    if not key or Solicitation.objects.filter(case=subject, committee_confirmed_at__isnull=False).exists():
        return None
    return refuse(
        key,
        code="not_confirmed_by_committee",
        zh="采购文件尚未经谈判小组确认；请先抽取小组成员，签到后由组长办理“小组确认采购文件”",
        en="The committee has not confirmed the file: form it first, and once all are signed in its chair confirms",
        **applicable(subject, now=now),
    )


def not_confirmed_by_committee(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not Solicitation.objects.filter(case=subject, committee_confirmed_at__isnull=False).exists():
        return None
    return Refusal("confirmed_already", "小组已经确认采购文件", "The committee has confirmed the file already")
