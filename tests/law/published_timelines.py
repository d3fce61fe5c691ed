"""What do the published timelines and notice chains say, and which shortest periods does their file itself name?"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from yangcai.procedures import PROCEDURES, Procedure, Stage, engine

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "timelines"
TIMELINES, CHAINS = FOLDER / "ggzy_2026-03_timelines.json", FOLDER / "notice_chains.json"
IS_HERE = TIMELINES.exists() and CHAINS.exists()
ABSENT = "../shared/data/timelines is not beside the project"
#: Kinds of notices in a chain: what invites offers, what tells the result, what publishes the contract.
INVITES, RESULTS, CONTRACT = {"招标", "竞谈", "询价", "邀标"}, {"成交", "中标"}, "合同"
#: How the file writes the units in which the law counts.
UNITS = {"日": "days", "工作日": "working_days"}


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


@cache
def _file(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def timelines() -> list[dict[str, Any]]:
    return list(_file(TIMELINES)["cases"]) if IS_HERE else []


def jurisdiction(case: dict[str, Any]) -> str:
    """The division whose platform published a timeline, as its address has it."""
    found = re.search(r"/(\d{6})/", case["source_url"])
    assert found is not None
    return found[1]


def method(printed: str) -> Procedure:
    """The method that a notice names in Chinese; the longest name wins, because one may hold another."""
    named = [one for one in PROCEDURES.values() if one.zh in printed]
    return max(named, key=lambda one: len(one.zh))


def rules(procedure: Procedure) -> dict[str, str]:
    """The rules on how long the file is supplied and how long offers may come in; empty where the law sets none."""
    invitation = engine.step(procedure=procedure, stage=Stage.INVITATION)
    return {
        "supply": invitation.documents,
        "submission": engine.step(procedure=procedure, stage=Stage.SUBMISSION).window,
    }


def minima(printed: str) -> dict[str, tuple[int, str]]:
    """The shortest periods of a method as the file itself prints them, e.g. 公开招标 文件发售≥5工作日, 截止≥20日."""
    for part in _file(TIMELINES)["use"].partition("compare with:")[2].split(";"):
        names, found = re.split("[、 ]+", part.partition("≥")[0]), re.findall(r"≥(\d+)(工作日|日)", part)
        if any(name and name in printed for name in names):
            numbers = [(int(number), UNITS[unit]) for number, unit in found]
            return dict(zip(("supply", "submission")[-len(numbers) :], numbers, strict=True))
    raise LookupError(printed)


@dataclass(frozen=True)
class Invitation:
    """A notice of a chain that names its method and its deadline."""

    record: str
    title: str
    published: date
    closes: date


def invitations() -> list[Invitation]:
    """Of every chain. Offers close when they are opened: an earlier `bidEndTime` ends the registration."""
    found = []
    for stage in _stages():
        names = any(one.zh in stage["title"] for one in PROCEDURES.values())
        ends = [stage[key] for key in ("bidEndTime", "bidOpenTime") if stage.get(key)]
        if stage.get("subtype") in INVITES and names and ends:
            found.append(
                Invitation(stage["record_id"], stage["title"], day(stage["publishTime"]), max(day(end) for end in ends))
            )
    return found


@dataclass(frozen=True)
class Contracted:
    """A result and the first contract notice after it."""

    record: str
    result: datetime
    contract: datetime


def contracts() -> list[Contracted]:
    found = []
    for chain in _file(CHAINS)["chains"] if IS_HERE else []:
        result = None
        for stage in chain["stages"]:
            if stage.get("subtype") in RESULTS:
                result = datetime.fromisoformat(stage["publishTime"])
            elif stage.get("subtype") == CONTRACT and result is not None:
                contract = datetime.fromisoformat(stage["publishTime"])
                found.append(Contracted(stage["record_id"], result, contract))
                result = None
    return found


def _stages() -> Iterator[dict[str, Any]]:
    for chain in _file(CHAINS)["chains"] if IS_HERE else []:
        yield from chain["stages"]
