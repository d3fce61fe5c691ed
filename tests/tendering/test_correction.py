"""Are scores corrected on the four lawful grounds alone, and only until all have signed?"""

import pytest

from tests.tendering.judging import COMPUTED, EQUAL, SCORED, SIGNED, three
from yangcai.tendering.models import EvaluationReport

pytestmark = pytest.mark.django_db


def test_objective_scores_must_agree_before_anybody_signs() -> None:
    h = three()
    odd, *others = [m.post for m in h.members]
    h.do("scores.submit", h.lot, odd, SCORED, rows=h.rows({**EQUAL, 2: {"technical": "40", "record": "20"}}))
    for post in others:
        h.do("scores.submit", h.lot, post, SCORED, rows=h.rows(EQUAL))
    h.compute()
    assert h.refused("report.sign", h.report, odd, SIGNED) == {"result_needs_correction"}
    fix = h.rows({2: {"record": "10"}})
    unconcerned = h.rows({1: {"record": "9"}})
    assert h.refused("scores.correct", h.lot, odd, SIGNED, ground="objective", rows=unconcerned) == {"ground_not_found"}
    assert h.refused("scores.correct", h.lot, odd, SIGNED, ground="sum", rows=fix) == {"ground_not_found"}
    h.do("scores.correct", h.lot, odd, SIGNED, ground="objective", rows=fix)
    assert (h.report.revision, h.report.correction_ground) == (2, "objective")
    h.sign()
    assert h.report.signed_at == SIGNED


def test_a_correction_may_change_the_ranking_and_voids_signatures() -> None:
    """A technical score of 5 among 45s: the committee finds it abnormally low, and the first two change places."""
    h = three()
    odd, *others = [m.post for m in h.members]
    best = {
        0: {"technical": "40", "record": "10"},
        1: {"technical": "45", "record": "10"},
        2: {"technical": "20", "record": "10"},
    }
    h.do("scores.submit", h.lot, odd, SCORED, rows=h.rows({**best, 1: {"technical": "5", "record": "10"}}))
    for post in others:
        h.do("scores.submit", h.lot, post, SCORED, rows=h.rows(best))
    first = h.compute()
    assert [h.result(n)["rank"] for n in range(3)] == [1, 2, 3]
    assert [f["kind"] for f in first.result["findings"]] == ["abnormal"]
    h.do("report.sign", first, others[0], SIGNED)
    h.find_abnormal(odd, 1, SIGNED)
    h.do(
        "scores.correct",
        h.lot,
        odd,
        SIGNED,
        ground="abnormal",
        rows=[{**h.rows({1: {"technical": "45"}})[0], "reason": "误读技术参数"}],
    )
    assert [h.result(n)["rank"] for n in range(3)] == [2, 1, 3]
    assert h.refused("report.sign", first, odd, SIGNED) == {"report_superseded"}
    assert EvaluationReport.objects.get(pk=first.pk).signed_at is None
    h.sign()
    assert h.lot.candidates.get(rank=1).supplier == h.bids[1].supplier


def test_nothing_is_corrected_without_a_ground_or_after_signing() -> None:
    h = three()
    h.score(EQUAL)
    rows = h.rows({0: {"record": "20"}})
    assert h.refused("scores.correct", h.lot, h.chair, COMPUTED, ground="abnormal", rows=rows) == {"not_computed"}
    h.compute()
    assert h.refused("scores.correct", h.lot, h.chair, COMPUTED, ground="abnormal", rows=rows) == {"ground_not_found"}
    assert h.refused("scores.correct", h.lot, h.chair, COMPUTED, ground="better", rows=rows) == {"invalid_input"}
    h.sign()
    assert h.refused("scores.correct", h.lot, h.chair, SIGNED, ground="abnormal", rows=rows) == {"report_signed"}
