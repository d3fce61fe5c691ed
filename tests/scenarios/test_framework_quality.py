"""How does quality come first in a closed framework, told by role: where the law lets it, with more eliminated?"""

from copy import copy

import pytest

from tests.portal.test_notices import check
from tests.scenarios import agreements
from tests.scenarios.agreements import FirstStage
from tests.scenarios.story import FIFTH, FIRST, FOURTH, SECOND, THIRD
from yangcai.cases.models import Candidate, Lot
from yangcai.frameworks.models import Entrant, Framework
from yangcai.kernel.actions import ACTIONS, can
from yangcai.portal.models import Notice
from yangcai.tendering.models import AwardLetter, EvaluationReport

pytestmark = pytest.mark.django_db
LABORATORY = {
    **agreements.TERMS, "quality_ground": "laboratory", "quality_reason": "检测精度直接影响检验结论",
}  # fmt: skip
GRADES = [{"code": "T", "kind": "technical", "title": "检出限", "standard": "每低一档加 10 分", "weight": "100",
           "is_objective": True}]  # fmt: skip


@pytest.fixture(scope="module")
def beginning(world: None) -> FirstStage:
    """Five offers of laboratory equipment lie open."""
    return agreements.begin(agreements.quality_file(), until="opening", terms=LABORATORY)


@pytest.fixture
def opened(beginning: FirstStage) -> FirstStage:
    return copy(beginning)


@pytest.mark.long
def test_quality_ranks_and_two_fifths_go(opened: FirstStage) -> None:
    """110号令 art. 25, 27: by points, whatever the price; of five pieces of equipment two go at the least."""
    tale = opened
    tale.run_on("qualification", "evaluation")
    lot, at = tale.lot, tale.moment(60)
    assert lot.evaluated_by == "质量优先法"
    ranked = Candidate.objects.filter(lot=lot).order_by("rank").values_list("supplier__name", flat=True)
    assert list(ranked) == [FIFTH[0], FIRST[0], THIRD[0], SECOND[0], FOURTH[0]]
    steps = {step["code"]: step for step in EvaluationReport.objects.get(lot=lot).result["steps"]}
    assert steps["ranking"]["rule"] == "evaluation.rank_rated"
    assert steps["ranking"]["citation"]["article"] == "第二十五条"
    refused = tale.refused("entrants.determine", lot, tale.convener, at, count=4)
    assert refused["too_few_eliminated"].citation is not None
    assert "40%" in refused["too_few_eliminated"].zh and "至少淘汰 2 家" in refused["too_few_eliminated"].zh
    tale.do("entrants.determine", lot, tale.convener, at)
    entered = Entrant.objects.filter(framework=tale.agreement).order_by("rank").values_list("supplier__name", flat=True)
    assert list(entered) == [FIFTH[0], FIRST[0], THIRD[0]]
    # Each loser learns its own points (入围通知书 and its counterpart).
    letter = AwardLetter.objects.get(lot=lot, supplier__name=SECOND[0])
    assert (letter.is_winner, letter.score, letter.rank) == (False, 70, 4)
    notice = Notice.objects.get(root=tale.case.ref, kind="entrants")
    check(notice)
    assert notice.facts["lowest_score"] == "80.0000"
    assert notice.facts["elimination"] == "响应并合格 5 家，入围 3 家，淘汰 2 家"


@pytest.mark.long
def test_the_call_says_why_quality_comes_first(opened: FirstStage) -> None:
    (row,) = Notice.objects.get(root=opened.case.ref, kind="invitation").facts["agreements"]
    assert row["evaluation"] == "质量优先法（对质量有特别要求的检测、实验等仪器设备）"


def test_only_where_the_law_lets_it(opened: FirstStage) -> None:
    """Before the call: a lot by points without a ground, a ground without its reason, a ground for a lot by price."""
    again = agreements.begin(agreements.quality_file("另一质量示例"), until="plan")
    officer, at = again.people.officer, again.at("invitation")
    lot = again.do("case.open", again.plan_item, officer, at, evaluation_method="rated", ceiling="5000.00").lots.get()
    plain = again.refused("framework.define", lot, officer, at, **agreements.TERMS)
    assert plain["quality_first_not_permitted"].citation is not None
    assert plain["quality_first_not_permitted"].citation.article == "第二十五条"
    silent = again.refused("framework.define", lot, officer, at, **{**LABORATORY, "quality_reason": ""})
    assert set(silent) == {"quality_reason_missing"}
    again.do("framework.define", lot, officer, at, **LABORATORY)
    # Turned to price first afterwards, the ground no longer fits: the file cannot be confirmed.
    Lot.objects.filter(pk=lot.pk).update(evaluation_method="lowest")
    refused = {r.code for r in can(ACTIONS["solicitation.confirm"], lot.case, by=again.people.reviewer, now=at)}
    assert "price_comes_first" in refused
    stated = again.refused("framework.define", Lot.objects.get(pk=lot.pk), officer, at, **LABORATORY)
    assert set(stated) == {"price_comes_first"}
    assert Framework.objects.get(lot=lot).quality_ground == "laboratory"


def test_what_is_scored_is_quality_in_grades(opened: FirstStage) -> None:
    """可量化指标划分等次，其他不得作为评分项; the price is no factor at all (art. 25)."""
    again = agreements.begin(agreements.quality_file("第三质量示例"), until="plan")
    officer, at = again.people.officer, again.at("invitation")
    lot = again.do("case.open", again.plan_item, officer, at, evaluation_method="rated", ceiling="5000.00").lots.get()
    price = {
        "code": "P",
        "kind": "price",
        "title": "报价",
        "weight": "30",
        "is_objective": True,
        "standard": "低价优先",
    }
    taste = {"code": "D", "kind": "technical", "title": "整体方案", "weight": "20", "standard": "优良中差"}
    bare = {"code": "Q", "kind": "technical", "title": "精度", "weight": "50", "is_objective": True}
    refused = again.refused("criteria.define", lot, officer, at, rows=[price, taste, bare])
    assert set(refused) == {"price_is_not_scored", "factor_is_not_graded"}
    assert refused["price_is_not_scored"].citation is not None
    assert refused["price_is_not_scored"].citation.article == "第二十五条"
    again.do("criteria.define", lot, officer, at, rows=GRADES)
