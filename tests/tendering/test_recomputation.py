"""Does the second witness of the scores agree with every report, and does it see one that was changed?"""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from tests.tendering.judging import Hall, Offer, hall
from yangcai import cli
from yangcai.tendering.models import EvaluationReport
from yangcai.tendering.queries.recomputation import check_evaluations

pytestmark = pytest.mark.django_db

SMALL = {"preference": "small_micro"}
UNEQUAL = {
    0: {"technical": "30.5", "record": "10"},
    1: {"technical": "41.25", "record": "12"},
    2: {"technical": "35", "record": "8"},
}
ALIKE = {n: {"technical": "40", "record": "10"} for n in range(3)}


def judged(*offers: Offer | str, points: dict[int, dict[str, str]] | None = None, **kwargs: Any) -> Hall:
    told = hall(*offers, **kwargs).ready()
    if points:
        told.score(points)
    told.compute()
    return told


def reports() -> int:
    """Rated: with deductions, a draw, one brand twice, one decimal; lowest price: without and with a draw."""
    judged(
        "1000000",
        Offer("1080000", size="small", rest=SMALL),
        "1050000",
        points=UNEQUAL,
        small_micro_rate=Decimal("0.15"),
    )
    judged("1000000", "1000000", "1000000", points=ALIKE)
    judged(
        Offer("1000000", rest={"brand": "甲"}),
        Offer("990000", rest={"brand": "甲"}),
        "1010000",
        "1020000",
        points={**UNEQUAL, 3: UNEQUAL[0]},
    )
    judged("1000001", "1030000", "1070000", points=UNEQUAL, rounding=1)
    judged(
        "950000",
        Offer("1000000", size="small", rest=SMALL),
        "1100000",
        method="lowest",
        small_micro_rate=Decimal("0.10"),
    )
    judged("950000", "950000", "1100000", method="lowest")
    return EvaluationReport.objects.count()  # fmt: skip


@pytest.mark.long
def test_every_report_comes_out_again(capsys: pytest.CaptureFixture[str]) -> None:
    count = reports()
    told = check_evaluations(chunk=2)
    assert (told.checked, told.other_formula, told.differences) == (count, 0, [])
    assert cli.main(["check-evaluations", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["reports"] == count


def test_a_report_by_a_formula_of_its_own_is_counted_and_its_digest_checked() -> None:
    told = judged("1000000", "1050000", "1100000", points=UNEQUAL, score_formula="trimmed_mean")
    assert any("去掉一个最高分" in note["zh"] for step in told.report.result["steps"] for note in step["notes"])
    found = check_evaluations()
    assert (found.checked, found.other_formula, found.differences) == (1, 1, [])


@pytest.mark.long
@pytest.mark.parametrize(
    ("field", "value"), [("total", "99.99"), ("price_score", "12.00"), ("evaluated_price", "1.00"), ("rank", 7)]
)
def test_a_changed_report_is_seen(field: str, value: Any, capsys: pytest.CaptureFixture[str]) -> None:
    told = judged("1000000", "1050000", "1100000", points=UNEQUAL)
    result = told.report.result
    bid = str(told.bids[1].pk)
    result["bids"][bid][field] = value
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tendering_evaluationreport DISABLE TRIGGER USER")
    EvaluationReport.objects.filter(pk=told.report.pk).update(result=result)
    found = {(d.bid, d.what) for d in check_evaluations().differences}
    assert found == {(0, "digest"), (int(bid), field)}
    assert cli.main(["check-evaluations"]) == 4
    assert bid in capsys.readouterr().err
