"""Do seventeen timelines of real, lawful notices pass the window rules without a false alarm?"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yangcai.procedures import engine

FILE = Path(__file__).parents[3] / "shared" / "data" / "timelines" / "ggzy_2026-03_timelines.json"
#: Method as printed -> (shortest submission, shortest supply of the file where the law sets one).
RULES = {
    "公开招标": ("submission.open_tender", "documents.supply.open_tender"),
    "竞争性磋商": ("submission.consultation", "documents.supply.consultation"),
    "竞争性谈判": ("submission.negotiation", ""),
    "询价": ("submission.quotations", ""),
}
ABSENT = "../shared/data/timelines is not beside the project"


def load() -> list[dict[str, Any]]:
    return json.loads(FILE.read_text(encoding="utf-8"))["cases"] if FILE.exists() else []


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


@pytest.mark.skipif(not FILE.exists(), reason=ABSENT)
def test_there_are_seventeen() -> None:
    assert len(load()) == 17
    assert {case["method_guess"] for case in load()} <= set(RULES)


@pytest.mark.skipif(not FILE.exists(), reason=ABSENT)
@pytest.mark.parametrize("case", load(), ids=lambda case: case["notice_no"])
def test_a_lawful_timeline_raises_no_alarm(case: dict[str, Any]) -> None:
    published = day(case["published_at"])
    submission, supply = RULES[case["method_guess"]]
    opens, closes = day(case["doc_start"]), day(case["bid_deadline"])
    assert engine.too_short(submission, opens=opens, closes=closes, code="short", on=published) is None
    if supply:
        ends = day(case["doc_end"])
        assert engine.too_short(supply, opens=published, closes=ends, code="short", on=published) is None


@pytest.mark.skipif(not FILE.exists(), reason=ABSENT)
@pytest.mark.parametrize("case", load(), ids=lambda case: case["notice_no"])
def test_the_same_timeline_closed_on_its_first_day_does(case: dict[str, Any]) -> None:
    published = day(case["published_at"])
    opens = day(case["doc_start"])
    submission, _ = RULES[case["method_guess"]]
    assert engine.too_short(submission, opens=opens, closes=opens, code="short", on=published) is not None
