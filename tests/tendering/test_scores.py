"""Does each member score alone, in full, and once?"""

from decimal import Decimal

import pytest

from tests.tendering.judging import COMPUTED, EQUAL, SCORED, three
from yangcai.tendering.models import Score
from yangcai.tendering.queries.evaluation import score_table

pytestmark = pytest.mark.django_db


def test_scores_are_complete_in_range_and_final() -> None:
    h = three()
    rows = h.rows(EQUAL)
    assert h.refused("scores.submit", h.lot, h.chair, SCORED, rows=rows[:-1]) == {"scores_missing"}
    assert h.refused("scores.submit", h.lot, h.chair, SCORED, rows=[*rows, rows[0]]) == {"duplicate_row"}
    for value in ("50.01", "-1"):
        wrong = [{**rows[0], "value": value}, *rows[1:]]
        assert h.refused("scores.submit", h.lot, h.chair, SCORED, rows=wrong) == {"score_out_of_range"}
    assert not Score.objects.exists()
    h.do("scores.submit", h.lot, h.chair, SCORED, rows=rows)
    assert h.refused("scores.submit", h.lot, h.chair, SCORED, rows=rows) == {"scores_submitted"}


@pytest.mark.parametrize("value", ["0", "50"])
def test_nothing_and_everything_are_given_with_a_reason(value: str) -> None:
    """Where there is something to judge: an objective criterion asks for none."""
    h = three()
    rows = h.rows({**EQUAL, 1: {"technical": value, "record": "20"}})
    bare = [{**row, "reason": " "} for row in rows]
    assert h.refused("scores.submit", h.lot, h.chair, SCORED, rows=bare) == {"extreme_without_reason"}
    technical = next(row["criterion"] for row in rows if row["value"] == value)
    said = [row | ({"reason": "无技术方案"} if row["criterion"] == technical else {}) for row in bare]
    h.do("scores.submit", h.lot, h.chair, SCORED, rows=said)
    assert Score.objects.get(value=Decimal(value), criterion=technical).reason == "无技术方案"


def test_a_member_sees_no_other_scores_before_all_are_in() -> None:
    h = three()
    one, *others = [m.post for m in h.members]
    h.do("scores.submit", h.lot, one, SCORED, rows=h.rows(EQUAL))
    assert [s.member.post for s in score_table(h.lot, one, SCORED).seats] == [one]
    table = score_table(h.lot, others[0], SCORED)
    assert all(v is None for row in table.rows for by in row.points.values() for v in by.values())
    assert score_table(h.lot, h.agent, SCORED) is None
    for post in others:
        h.do("scores.submit", h.lot, post, SCORED, rows=h.rows(EQUAL))
    table = score_table(h.lot, one, SCORED)
    assert len(table.seats) == 5
    assert set(table.rows[0].points["technical"].values()) == {Decimal("40.0000")}


def test_the_result_waits_for_every_member() -> None:
    h = three()
    h.do("scores.submit", h.lot, h.chair, SCORED, rows=h.rows(EQUAL))
    assert h.refused("evaluation.compute", h.lot, h.agent, COMPUTED) == {"scores_outstanding"}
