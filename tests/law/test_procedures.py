"""Does one engine run every method, and do definitions hold no number of the law?"""

import ast
from datetime import date
from pathlib import Path

import pytest

from yangcai import procedures
from yangcai.procedures import AwardBy, Stage, definitions, engine
from yangcai.procedures.stages import TITLES

ON = date(2026, 3, 2)
OPEN_TENDER = procedures.get("open_tender")


def test_an_open_tender_goes_through_its_seven_stages_in_order() -> None:
    stage: Stage | None = OPEN_TENDER.stages[0]
    walked = []
    while stage is not None:
        walked.append(stage.value)
        stage = engine.next_stage(procedure=OPEN_TENDER, stage=stage)
    assert walked == ["preparation", "invitation", "submission", "opening", "qualification", "evaluation", "award"]


def test_no_stage_is_skipped_and_none_comes_back() -> None:
    pairs = [(a, b) for a in OPEN_TENDER.stages for b in OPEN_TENDER.stages]
    allowed = [pair for pair in pairs if engine.allowed(procedure=OPEN_TENDER, before=pair[0], after=pair[1])]
    assert allowed == list(zip(OPEN_TENDER.stages, OPEN_TENDER.stages[1:], strict=False))


def test_a_stage_that_the_method_lacks_is_a_mistake_in_the_code() -> None:
    with pytest.raises(engine.NoSuchStage):
        engine.next_stage(procedure=OPEN_TENDER, stage="dialogue")


def test_both_ways_of_award_are_open() -> None:
    assert set(OPEN_TENDER.award_by) == {AwardBy.RATED, AwardBy.LOWEST}
    assert (AwardBy.RATED.zh, AwardBy.LOWEST.zh) == ("综合评分法", "最低评标价法")


def test_every_stage_has_its_titles() -> None:
    assert set(TITLES) == set(Stage)
    assert all(stage.zh and stage.en for stage in Stage)


def test_stages_know_their_rules() -> None:
    step = engine.step(procedure=OPEN_TENDER, stage="submission")
    assert list(step.rule_keys()) == ["submission.open_tender", "correction.open_tender", "bidders.submitted"]
    keys = OPEN_TENDER.rule_keys()
    assert len(set(keys)) == len(keys)
    assert {"method.open_tender", "committee.expert_share", "evaluation.price_weight.goods"} <= set(keys)


def test_the_safe_end_of_a_window_is_later_than_the_hard_one() -> None:
    found = engine.window("submission.open_tender", start=date(2026, 1, 26), on=ON)
    assert (found.floor_on, found.strict_on) == (date(2026, 2, 24), date(2026, 2, 25))
    in_working_days = engine.window("documents.supply.open_tender", start=date(2026, 1, 26), on=ON)
    assert in_working_days.floor_on == in_working_days.strict_on == date(2026, 2, 2)


def test_of_two_rules_in_the_place_of_one_the_later_binds() -> None:
    keys = procedures.get("consultation").rule_keys()
    assert {"award.decide_consultation", "award.report_consultation"} <= set(keys)
    assert not {"award.decide_negotiation", "award.report_negotiation"} & set(keys)


#: How suppliers come: 87号令 art. 14 and 18, 74号令 art. 12, 214号文 art. 6. Others know no choice of ways.
WAYS = {
    "open_tender": "prequalification.supplied_to_all",
    "restricted_tender": "suppliers.draw",
    "negotiation": "suppliers.invite",
    "quotations": "suppliers.invite",
    "consultation": "suppliers.invite_consultation",
}


@pytest.mark.parametrize("code", list(procedures.PROCEDURES))
def test_no_method_cites_how_suppliers_come_to_another(code: str) -> None:
    assert procedures.binding(procedures.each("comes_by"), procedure=code) == tuple(filter(None, [WAYS.get(code)]))


def test_what_may_be_talked_about_is_cited_where_there_are_talks() -> None:
    cited = ("solicitation.negotiable",)
    silent = {"open_tender", "restricted_tender", "quotations", "framework"}
    assert {code for code in (*silent, *WAYS) if not procedures.binding(cited, procedure=code)} == silent


@pytest.mark.parametrize("path", sorted(Path(definitions.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_definitions_hold_no_number_but_zero_and_one(path: Path) -> None:
    numbers = {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    }
    assert numbers <= {0, 1}


def test_law_and_procedures_import_no_django() -> None:
    package = Path(procedures.__file__).parents[1]
    for folder in ("law", "procedures"):
        for path in (package / folder).rglob("*.py"):
            assert "django" not in path.read_text(encoding="utf-8"), path
