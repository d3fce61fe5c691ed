"""Is every published notice chain either a case that we ship, or left out for a reason that somebody wrote down?"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "cases"
LEFT_OUT = CASES / "left-out" / "notice_chains.yaml"
SOURCE = ROOT.parent / "shared" / "data" / "timelines" / "notice_chains.json"
RECORD = re.compile(r"\b[0-9a-f]{12}\b")
METHODS = re.compile("公开招标|邀请招标|竞争性磋商|竞争性谈判|询价|单一来源")

Chain = list[dict[str, Any]]


def left_out() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(LEFT_OUT.read_text(encoding="utf-8"))
    return found


def cited() -> set[str]:
    """The records that a case names as its source."""
    files = [*CASES.glob("*.yaml"), *(CASES / "refused").glob("*.yaml")]
    sources = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return {record for line in sources if line.startswith("source:") for record in RECORD.findall(line)}


def values(chain: Chain, key: str) -> set[Any]:
    return {notice[key] for notice in chain if key in notice}


def winners(chain: Chain) -> set[str]:
    return {winner for notice in chain for winner in notice.get("winners", ())}


def titles(chain: Chain) -> str:
    return " ".join(notice["title"] + notice.get("subtype", "") for notice in chain)


def contradicts_itself(chain: Chain) -> bool:
    """Two budgets, two amounts for one winner, an amount above the budget, or a deadline after the result."""
    budgets, amounts = values(chain, "budget"), values(chain, "bidAmount")
    late = any(notice.get("bidEndTime", "") > notice["publishTime"] for notice in chain if notice.get("winners"))
    many = len(amounts) > 1 and len(winners(chain)) < len(amounts)
    return len(budgets) > 1 or many or late or bool(budgets and amounts and max(amounts) > max(budgets))


def is_part_of_more(chain: Chain) -> bool:
    """Several winners, or an amount below half of the budget."""
    budgets, amounts = values(chain, "budget"), values(chain, "bidAmount")
    return len(winners(chain)) > 1 or bool(budgets and amounts and 2 * max(amounts) < max(budgets))


#: What can be seen of a reason in the notices themselves.
SEEN: dict[str, Callable[[Chain], bool]] = {
    "several_lots": is_part_of_more,
    "method_not_printed": lambda chain: METHODS.search(titles(chain)) is None,
    "works": lambda chain: "工程" in titles(chain),
    "not_statutory": lambda chain: re.search("比选|竞价|邀请|邀标", titles(chain)) is not None,
    "no_tender": lambda chain: not winners(chain) and not values(chain, "bidEndTime"),
    "contradictory": contradicts_itself,
    "no_winner": lambda chain: not winners(chain) and not values(chain, "bidEndTime"),
}


def test_each_reason_is_said_in_both_languages_and_used() -> None:
    found = left_out()
    assert all(reason["zh"].strip() and reason["en"].strip() for reason in found["reasons"].values())
    assert {chain["reason"] for chain in found["chains"]} == set(found["reasons"])


def test_nothing_is_both_shipped_and_left_out() -> None:
    records = [record for chain in left_out()["chains"] for record in chain["records"]]
    assert len(records) == len(set(records))
    assert not set(records) & cited()


@pytest.mark.skipif(not SOURCE.exists(), reason=f"the published notices are not here: {SOURCE.name}")
def test_no_chain_is_missing_in_silence() -> None:
    chains = [chain["stages"] for chain in json.loads(SOURCE.read_text(encoding="utf-8"))["chains"]]
    reasons = {tuple(chain["records"]): chain["reason"] for chain in left_out()["chains"]}
    shipped = cited()
    for chain in chains:
        records = tuple(notice["record_id"] for notice in chain)
        assert (records in reasons) != bool(set(records) & shipped), records
        if records in reasons and reasons[records] in SEEN:
            assert SEEN[reasons[records]](chain), (reasons[records], titles(chain))
    assert set(reasons) <= {tuple(notice["record_id"] for notice in chain) for chain in chains}
