"""At which length do the programs run, and where do they tell what they found?"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.rows import row

#: A file that takes a line of each run; where it is named, the programs run at full length (`make chaos`).
TOLD = os.environ.get("YANGCAI_CHAOS", "")


def code_of(path: Path) -> str:
    """F4 of test_f04_failover.py."""
    found = re.match(r"test_f(\d+)_", path.name)
    assert found, f"{path.name} is of no row"
    return f"F{int(found[1])}"


@pytest.fixture
def full() -> bool:
    """Whether this is the campaign itself, and not a look whether its programs still work."""
    return bool(TOLD)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`seed`: one run here, as many as the row wants in the campaign."""
    if "seed" in metafunc.fixturenames:
        runs = row(code_of(metafunc.definition.path)).runs
        metafunc.parametrize("seed", range(1, 1 + (runs if TOLD else min(runs, 4 if runs > 10 else 1))))


@pytest.fixture
def tells(request: pytest.FixtureRequest) -> Iterator[Callable[..., None]]:
    """Call it with the figures of this run. A figure that the row does not name is an error, and so is silence."""
    known, began, said = row(code_of(request.path)), time.monotonic(), []

    def tell(**figures: float) -> None:
        assert set(figures) <= set(known.figures), set(figures) - set(known.figures)
        said.append(figures)

    yield tell
    if request.node.stash.get(PASSED, False):
        assert said, "it passed and told nothing"
    seed = getattr(request.node, "callspec", None)
    line: dict[str, Any] = {
        "row": known.code,
        "seed": seed.params.get("seed") if seed else None,
        "seconds": round(time.monotonic() - began, 2),
        "figures": said[0] if said else {},
    }
    if TOLD and said:
        with open(TOLD, "a") as out:
            out.write(json.dumps(line) + "\n")


PASSED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report
