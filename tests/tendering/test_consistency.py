"""Whose scores stand apart, by what arithmetic, who is shown it, and where must reasons be written?"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.apart import shared
from tests.tendering.judging import COMPUTED, EQUAL, SCORED, SIGNED, Hall, hall, three
from yangcai.procedures.evaluation.corrections import far_from_the_others
from yangcai.tendering import arithmetic
from yangcai.tendering.models import Score
from yangcai.tendering.queries.consistency import alike, outliers
from yangcai.tendering.queries.evaluation import score_table

pytestmark = pytest.mark.django_db


def score(*, odd: str = "48") -> Hall:
    """Five members; the last gives the second bid `odd` of 50, the others 30, 32, 31 and 33."""
    h = three()
    for member, technical in zip(h.members, ("30", "32", "31", "33", odd), strict=True):
        points = {**EQUAL, 1: {"technical": technical, "record": "10"}}
        h.do("scores.submit", h.lot, member.post, SCORED, rows=h.rows(points))
    return h


scored = shared(score)


@pytest.mark.parametrize(
    ("points", "far"),
    [
        ("30 32 31 33 48", ["4"]),  # 48 − 31.5 = 16.5, 33 % of 50
        ("30 32 31 33 46.5", []),  # exactly 30 %: not further than the line
        ("30 32 31 33 46.51", ["4"]),
        ("0 50 50 50 50", ["0"]),
        ("0 50", []),  # of two nobody is the majority
    ],
)
def test_the_line_is_thirty_percent_of_the_full_points(points: str, far: list[str]) -> None:
    scores = {str(n): Decimal(value) for n, value in enumerate(points.split())}
    assert far_from_the_others(scores, weight=Decimal(50)) == far


def test_the_chair_sees_who_stands_apart_with_the_arithmetic(scored: Any) -> None:
    h = scored()
    table = score_table(h.lot, h.chair, SCORED)
    assert table is not None
    (one,) = outliers(h.lot, table)
    assert (one.bid, one.criterion.code, one.seat.number) == (h.bids[1], "technical", 5)
    assert (one.score, sorted(one.others)) == (Decimal(48), [Decimal(n) for n in (30, 31, 32, 33)])
    assert (one.mean, one.gap, one.share) == (Fraction(63, 2), Fraction(33, 2), Fraction(33, 100))
    # A hint and no more: the result is computed and signed with the score as it is.
    h.compute()
    h.sign()
    assert h.report.signed_at == SIGNED and h.result(1)["means"]["technical"] == "34.80"


def test_nobody_is_shown_anything_before_all_have_scored_and_bidders_never() -> None:
    h = three()
    *most, last = h.members
    for member in most:
        h.do("scores.submit", h.lot, member.post, SCORED, rows=h.rows({**EQUAL, 1: {"technical": "0", "record": "10"}}))
    table = score_table(h.lot, h.chair, SCORED)
    assert table is not None and outliers(h.lot, table) == [] == alike(table)
    h.do("scores.submit", h.lot, last.post, SCORED, rows=h.rows(EQUAL))
    table = score_table(h.lot, h.chair, SCORED)
    assert table is not None and len(outliers(h.lot, table)) == 1
    assert score_table(h.lot, h.agent, SCORED) is None and score_table(h.lot, h.bidders[0], SCORED) is None
    h.compute()
    seen = score_table(h.lot, h.agent, COMPUTED)
    assert seen is not None and len(outliers(h.lot, seen)) == 1


@pytest.mark.long
def test_members_who_scored_exactly_alike_are_named() -> None:
    """87号令 art. 62 forbids agreeing on scores; that two tables are the same is a hint, not a proof."""
    h = hall(*(str(n) for n in range(950000, 956000, 1000))).ready()
    numbers = range(6)
    for place, member in enumerate(h.members):
        own = 0 if place < 2 else place  # the first two agree on every bid
        points = {n: {"technical": str(30 + n + own), "record": "10"} for n in numbers}
        h.do("scores.submit", h.lot, member.post, SCORED, rows=h.rows(points))
    table = score_table(h.lot, h.chair, SCORED)
    assert table is not None
    (group,) = alike(table)
    assert [seat.number for seat in group.seats] == [1, 2] and group.scores == 6


@pytest.mark.long
def test_a_member_gives_its_reasons_and_they_are_signed_with_the_rest(scored: Any) -> None:
    h = scored()
    odd = h.members[4].post
    rows = [{**h.rows({1: {"technical": "1"}})[0], "reason": "样品实测指标最高"}]
    rows = [{name: row[name] for name in ("bid", "criterion", "reason")} for row in rows]
    h.do("scores.explain", h.lot, odd, SCORED, rows=rows)
    table = score_table(h.lot, h.chair, SCORED)
    assert table is not None and outliers(h.lot, table)[0].reason == "样品实测指标最高"
    assert Score.objects.get(member__post=odd, opened_bid=h.bids[1], criterion__code="technical").value == 48
    first = h.compute()
    told = first.result["reasons"][str(h.bids[1].pk)]["technical"]
    assert list(told.values()) == ["样品实测指标最高"] and first.digest == arithmetic.digest(first.result)
    # After the result they make a new revision, and who signed the old one signs again.
    h.do("report.sign", first, h.members[0].post, SIGNED)
    h.do("scores.explain", h.lot, odd, SIGNED, rows=[{**rows[0], "reason": "样品实测指标最高，见检测记录"}])
    assert h.report.revision == 2 and not h.report.signatures.exists()
    assert h.refused("report.sign", first, odd, SIGNED) == {"report_superseded"}
    h.sign()
    assert h.refused("scores.explain", h.lot, odd, SIGNED, rows=rows) == {"report_signed"}


def test_bad_reasons_are_refused() -> None:
    h = three()
    one, *others = [member.post for member in h.members]
    rows = [{**h.rows({1: {"technical": "1"}})[0], "reason": "理由"}]
    rows = [{name: row[name] for name in ("bid", "criterion", "reason")} for row in rows]
    h.do("scores.submit", h.lot, one, SCORED, rows=h.rows(EQUAL))
    assert h.refused("scores.explain", h.lot, one, SCORED, rows=rows) == {"scores_outstanding"}
    for post in others:
        h.do("scores.submit", h.lot, post, SCORED, rows=h.rows(EQUAL))
    assert h.refused("scores.explain", h.lot, one, SCORED, rows=[*rows, *rows]) == {"duplicate_row"}
    objective = {**rows[0], "criterion": h.rows({1: {"record": "1"}})[0]["criterion"]}
    for wrong in ([], [{**rows[0], "reason": " "}], [{**rows[0], "bid": 0}], [objective], [{**rows[0], "value": "50"}]):
        assert h.refused("scores.explain", h.lot, one, SCORED, rows=wrong) == {"invalid_input"}
    assert h.refused("scores.explain", h.lot, h.agent, SCORED, rows=rows) == {"role_may_not"}


def test_a_score_changed_as_abnormal_needs_its_reason(scored: Any) -> None:
    h = scored()
    h.compute()
    odd = h.members[4].post
    row = h.rows({1: {"technical": "33"}})[0]
    h.find_abnormal(odd, 1, COMPUTED, side="high")
    assert h.refused("scores.correct", h.lot, odd, COMPUTED, ground="abnormal", rows=[row]) == {"reason_missing"}
    h.do("scores.correct", h.lot, odd, COMPUTED, ground="abnormal", rows=[{**row, "reason": "误读检测报告"}])
    assert h.result(1)["means"]["technical"] == "31.80"
    table = score_table(h.lot, h.chair, COMPUTED)
    assert table is not None and outliers(h.lot, table) == []
