"""By what is a bid scored: do the weights add up, does the price weigh enough, is no condition scored?"""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from yangcai import law, procedures
from yangcai.cases.models import EvaluationMethod, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.numbers import bare
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.planning.models import Category
from yangcai.procedures.evaluation.model import FULL_MARKS
from yangcai.tendering import method, weights
from yangcai.tendering.models import Clause, ClauseKind, CriterionKind
from yangcai.tendering.rules.solicitation.wording import banned_anywhere, banned_conditions


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
    least = law.value(key, **on)
    if weight / FULL_MARKS >= least:
        return None
    return refuse(
        key,
        code="merit_weight",
        zh="研发方案（技术因素）的分值不得低于总分的{limit}，现为 {weight} 分；请增加到 {least} 分以上",
        en="The research plan (technical criteria) must weigh at least {limit}; it weighs {weight} points: give it"
        " {least} or more",
        field="rows",
        weight=bare(weight),
        least=bare(least * FULL_MARKS),
        **on,
    )


def weights_add_up(subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> Refusal | None:
    """评审因素的权重之和为 100 分 (87号令 art. 55)."""
    total = sum((row["weight"] for row in rows), Decimal(0))
    if total == FULL_MARKS:
        return None
    short = total < FULL_MARKS
    return refuse(
        "evaluation.total",
        code="weights_not_100",
        zh="各评审因素的分值之和应为 100 分，现为 {total} 分；请" + ("补足" if short else "减去") + " {difference} 分",
        en="The weights must add up to 100 points; they add up to {total}: "
        + ("add {difference}" if short else "take {difference} away"),
        field="rows",
        total=bare(total),
        difference=bare(abs(FULL_MARKS - total)),
        **applicable(subject.case, now=now),
    )


#: The most points that a standard gives; what it gives a bid for one thing.
_FULL = re.compile(r"满分[为是：:]?\s*(\d+(?:\.\d+)?)\s*分")
_MOST = re.compile(r"(?:最[高多](?:可?得|加|不超过)?|上限[为是：:]?|得)\s*(\d+(?:\.\d+)?)\s*分")


def standards_fit_the_weights(
    subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """评审标准中的分值设置应当与评审因素的量化指标相对应 (87号令 art. 55): no standard gives more points than its
    criterion has, and what it calls full marks are those."""
    for number, row in enumerate(rows, start=1):
        full = [Decimal(points) for points in _FULL.findall(row["standard"])]
        most = [Decimal(points) for points in _MOST.findall(row["standard"])]
        wrong = next((one for one in full if one != row["weight"]), None)
        wrong = wrong if wrong is not None else next((one for one in most if one > row["weight"]), None)
        if wrong is not None:
            yield refuse(
                "evaluation.intervals",
                code="standard_contradicts_weight",
                zh="第 {number} 行：评分标准写明 {points} 分，与该因素的分值 {weight} 分矛盾；请改为一致",
                en="Row {number}: the standard says {points} points, the criterion weighs {weight}: make them agree",
                field="rows",
                number=number,
                points=bare(wrong),
                weight=bare(row["weight"]),
                **applicable(subject.case, now=now),
            )


def price_weighs_enough(
    subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], is_information_system: bool, **_: Any
) -> Refusal | None:
    """价格分值占总分值的比重: goods and services have a minimum, information systems an exact share. Where the method
    knows the treasury's consent, a range may be left for just the weight consented to (财库〔2014〕214号 art. 24)."""
    case, on = subject.case, applicable(subject.case, now=now)
    minimum = dict(procedures.get(case.procedure).price_weights).get(case.category, "")
    band = bool(minimum) and law.applies(minimum, **on) and law.cited(minimum, **on).unit == "ratio_band"
    exact = f"evaluation.price_weight.it_{case.category}"
    if is_information_system and case.category != Category.WORKS and law.applies(exact, **on):
        key, fits = exact, lambda share, limit: share == limit
        zh, en = "政务信息系统的价格分值应为总分的{limit}", "In an information system price weighs exactly {limit}"
        mend, mend_en = "请改为 {least} 分", "make it {least}"
    elif band:
        key, fits = minimum, lambda share, limit: limit["min"] <= share <= limit["max"]
        zh, en = "价格分值占总分值的比重应在{limit}之间", "Price must weigh within {limit}"
        mend, mend_en = "请改为 {least} 至 {most} 分", "make it {least} to {most}"
    elif minimum and law.applies(minimum, **on):
        key, fits = minimum, lambda share, limit: share >= limit
        zh, en = "价格分值不得低于总分的{limit}", "Price must weigh at least {limit}"
        mend, mend_en = "请增加到 {least} 分以上", "give it {least} or more"
    else:
        return None
    weight = sum((row["weight"] for row in rows if row["kind"] == CriterionKind.PRICE), Decimal(0))
    limit = law.value(key, **on)
    if fits(weight / FULL_MARKS, limit):
        return None
    least, most = (limit["min"], limit["max"]) if band and key == minimum else (limit, limit)
    consent = weights.consented(subject) if key == minimum else None
    if consent is not None and consent.weight == weight:
        return None
    way, way_en = weights.way_out(subject, consent=consent, now=now) if key == minimum else ("", "")
    return refuse(
        key,
        code="price_weight",
        zh=f"{zh}，现为 {{weight}} 分；{mend}{way}",
        en=f"{en}; it weighs {{weight}} points: {mend_en}{way_en}",
        field="rows",
        weight=bare(weight),
        least=bare(least * FULL_MARKS),
        most=bare(most * FULL_MARKS),
        **on,
    )


def one_price_criterion(subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """A code stands once, and one criterion at most is the price; refuses row by row, counted from 1."""
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
                title=Written(row["title"]),
                **on,
            )


def criteria_are_no_conditions(
    subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> list[Refusal]:
    """资格条件不得作为评审因素 (87号令 art. 55); what is banned in a text neither."""
    case = subject.case
    conditions = {_bare(c.text): c.text for c in Clause.objects.filter(case=case, kind=ClauseKind.QUALIFICATION)}
    found: list[Refusal] = []
    for number, row in enumerate(rows, start=1):
        text = f"{row['title']}：{row['standard']}"
        found += banned_conditions(case, text, number=number, now=now)
        found += banned_anywhere(case, text, number=number, now=now)
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
