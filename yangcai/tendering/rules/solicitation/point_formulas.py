"""May the points of these criteria be counted by these formulas (87号令 art. 55)?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.procedures.evaluation import point_formula
from yangcai.tendering import method
from yangcai.tendering.models import CriterionKind

RULE = "evaluation.intervals"


def formulas_count_the_points(
    subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """A formula stands with its figure and a table that gives each interval its own points, up to the full ones; the
    price has its own, and without a formula there is nothing to count."""
    on = applicable(subject.case, now=now)
    for number, row in enumerate(rows, start=1):
        for zh, en in _faults(row):
            yield refuse(
                RULE,
                code="formula_does_not_count",
                zh="第 {number} 行“{criterion}”：{fault}",
                en="Row {number}, {criterion}: {fault_en}",
                field="rows",
                number=number,
                criterion=Written(row["title"]),
                fault=zh,
                fault_en=en,
                **on,
            )
    technical = [row for row in rows if row["kind"] == CriterionKind.TECHNICAL]
    if method.of(subject.case).merit_weight and technical and all(row["formula"] for row in technical):
        yield refuse(
            method.of(subject.case).merit_weight,
            code="merit_is_judged",
            zh="研发方案由评委评分，不能全部按公式计算",
            en="The research plan is judged by the members: not all of it is counted by formula",
            field="rows",
            **on,
        )


def _faults(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if not row["formula"]:
        if row["points_table"] or row["figure"] or row["unit"]:
            yield "没有选择计分公式，不填计分指标和计分表", "without a formula there is no figure and no table"
        return
    if row["kind"] == CriterionKind.PRICE:
        yield "价格分按采购文件的价格分公式计算", "the price has the document's price formula"
        return
    if not row["figure"]:
        yield "写明投标人应当填写的计分指标", "say which figure a bid declares"
    table = point_formula.parse(row["points_table"])
    yield from point_formula.faults(code=row["formula"], table=table, weight=row["weight"])
