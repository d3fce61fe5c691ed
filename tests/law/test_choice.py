"""Does the platform propose every method that it knows, with reasons, marks and the earliest lawful days?

Which purchase may go by which method stands in cases/choice.yaml, the days in timelines.yaml.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import translation

from tests.law.methods import METHODS
from yangcai import law
from yangcai.law.model import LATER
from yangcai.procedures import PROCEDURES, choice, grounds
from yangcai.procedures.choice import Answer

ON = date(2026, 3, 2)
TIMELINES = yaml.safe_load((Path(__file__).parent / "timelines.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", TIMELINES, ids=lambda row: row["purchase"])
def test_the_days_come_out(row: dict[str, Any]) -> None:
    facts = {key: Decimal(str(value)) if key.endswith("amount") else value for key, value in row["facts"].items()}
    code = facts.pop("method")
    found = choice.propose(on=row["start"], methods=[METHODS[code]], **facts).of(code).timeline
    assert found is not None
    got: dict[str, Any] = {}
    for name, expected in row["days"].items():
        one = found.of(name)
        pair = isinstance(expected, list)
        got[name] = None if one is None else [one.earliest_on, one.latest_on] if pair else one.earliest_on
    assert got == row["days"]
    assert {name: found.of(name).safe_on for name in row.get("safe", {})} == row.get("safe", {})  # type: ignore[union-attr]
    assert found.ends_at_year == row.get("ends_at_year")


def test_every_method_of_the_registry_appears_by_itself() -> None:
    """Whatever the platform knows is judged, and what is lawful has a timeline that ends with the contract."""
    every = list(grounds.GROUNDS)
    for category in ("goods", "services", "works"):
        proposal = choice.propose(
            amount=Decimal(900_000), category=category, on=ON, grounds=every, original_amount=Decimal(90_000_000)
        )
        assert [verdict.procedure for verdict in proposal.verdicts] == list(PROCEDURES.values())
        for verdict in proposal.verdicts:
            assert verdict.reasons and all(r.citation and r.zh and r.en for r in verdict.reasons)
            if verdict.is_lawful:
                assert verdict.timeline is not None and verdict.timeline.of("contract") is not None
            else:
                assert verdict.timeline is None


def test_what_could_open_a_method_is_named_with_its_article() -> None:
    verdict = choice.propose(amount=Decimal(900_000), category="goods", on=ON, methods=[METHODS["negotiation"]]).of(
        "negotiation"
    )
    assert verdict.answer is Answer.UNLAWFUL
    assert [ground.code for ground in verdict.possible] == [
        "negotiation.failed_tender", "negotiation.two_bidders", "negotiation.complex", "negotiation.urgent",
        "negotiation.not_calculable",
    ]  # fmt: skip
    assert "技术复杂或者性质特殊" in verdict.reasons[0].zh and "Complex or special" in verdict.reasons[0].en


@pytest.mark.parametrize(
    ("ground", "category", "in_catalogue", "refusal"),
    [
        ("framework.catalogue", "goods", True, ""),
        ("framework.catalogue", "goods", False, "ground_off_catalogue"),
        ("framework.administration", "services", False, ""),
        ("framework.administration", "services", True, "ground_of_catalogue"),
        ("framework.third_party", "services", True, "ground_of_catalogue"),
    ],
)
def test_a_ground_goes_with_the_catalogue(ground: str, category: str, in_catalogue: bool, refusal: str) -> None:
    """110号令 art. 3: (1) is for catalogue items, (2) and (3) for what lies off the catalogue."""
    asked = choice.propose(
        amount=Decimal(900_000), category=category, on=ON, grounds=[ground], in_catalogue=in_catalogue,
        methods=[PROCEDURES["framework"]],
    )  # fmt: skip
    (verdict,) = asked.verdicts
    assert [reason.code for reason in verdict.reasons if reason.field == "in_catalogue"] == [refusal][: bool(refusal)]
    assert verdict.is_lawful is not bool(refusal)
    if refusal:
        (reason,) = verdict.reasons
        assert reason.citation is not None and reason.citation.article.startswith("第三条")


def test_unconfirmed_thresholds_say_so() -> None:
    at_home = choice.propose(amount=Decimal(900_000), category="goods", on=ON)
    assert at_home.quota is not None and at_home.open_tender is not None
    assert (at_home.quota.value, at_home.open_tender.value) == (500_000, 4_000_000)
    assert {at_home.quota.confidence, at_home.open_tender.confidence} == {"unconfirmed"}
    elsewhere = choice.propose(amount=Decimal(900_000), category="goods", on=ON, jurisdiction="cn")
    assert elsewhere.open_tender is not None
    assert (elsewhere.open_tender.value, elsewhere.open_tender.confidence) == (2_000_000, "memory")
    works = choice.propose(amount=Decimal(900_000), category="works", on=ON)
    assert works.open_tender is None and works.quota is not None and works.quota.value == 600_000


def test_the_purchase_as_a_whole_is_spoken_of() -> None:
    small = choice.propose(amount=Decimal(100_000), category="goods", on=ON)
    assert [note.code for note in small.notes] == ["outside_law"] and "500,000.00元" in small.notes[0].zh
    listed = choice.propose(amount=Decimal(100_000), category="goods", on=ON, in_catalogue=True)
    assert [note.code for note in listed.notes] == ["central_agent"]
    assert choice.propose(amount=Decimal(500_000), category="goods", on=ON).notes == ()


def test_reasons_are_told_in_the_readers_language() -> None:
    (verdict,) = choice.propose(amount=Decimal(9), category="works", on=ON, methods=[METHODS["open_tender"]]).verdicts
    assert verdict.reasons[0].text == "“公开招标”不适用于工程项目" and verdict.answer.text == "不得采用"
    with translation.override("en"):
        assert verdict.reasons[0].text == "open_tender is not for works" and verdict.answer.text == "Not lawful"


def test_the_vocabulary_is_closed_and_cited() -> None:
    keys = {rule.key for rule in law.all_rules() if rule.key.startswith("ground.")}
    assert keys == {ground.key for ground in grounds.GROUNDS.values()}
    for ground in grounds.GROUNDS.values():
        assert ground.zh and ground.en and law.history(ground.key)[0].citation.article
        assert set(ground.methods) <= {*PROCEDURES, *LATER}
        for key in (ground.share, ground.publicity, ground.papers, ground.waives_approval, ground.waives_intention):
            assert not key or law.rule(key)
    with pytest.raises(KeyError):
        choice.propose(amount=Decimal(1), category="goods", on=ON, grounds=["because_i_like_it"])


def test_the_days_of_a_method_are_told_in_its_words_and_by_its_articles() -> None:
    """公告成交结果: 74号令 art. 18 for quotations, 214号文 art. 29 for a consultation, 87号令 art. 69 for a tender."""
    asked = (
        ("open_tender", "", "开标", "opening", ("财政部令第87号", "第六十九条")),
        ("quotations", "quotations.uniform", "开启响应文件", "opening", ("财政部令第74号", "第十八条")),
        ("consultation", "consultation.complex", "开启响应文件", "opening", ("财库〔2014〕214号", "第二十九条")),
    )
    for code, ground, word, stage, source in asked:
        (verdict,) = choice.propose(
            amount=Decimal(900_000),
            category="goods",
            on=ON,
            grounds=[ground] * bool(ground),
            methods=[PROCEDURES[code]],
        ).verdicts
        assert verdict.timeline is not None
        opening, told = verdict.timeline.of(stage), verdict.timeline.of("award_notice")
        assert opening is not None and opening.zh == word
        assert told is not None and told.citation is not None and told.limit[0] == "2个工作日"
        assert (told.citation.instrument, told.citation.article) == source
    (entry,) = choice.propose(
        amount=Decimal(900_000), category="goods", on=ON, grounds=["framework.other"], methods=[PROCEDURES["framework"]]
    ).verdicts
    assert entry.timeline is not None
    last = entry.timeline.milestones[-1]
    assert last.zh == "签订框架协议" and last.citation is not None and last.citation.article == "第二十九条"
    talks = choice.propose(
        amount=Decimal(900_000), category="goods", on=ON, grounds=["negotiation.complex"],
        methods=[PROCEDURES["negotiation"]],
    ).of("negotiation").timeline  # fmt: skip
    assert talks is not None and [one.zh for one in talks.milestones if one.code == "dialogue"] == ["谈判"]
