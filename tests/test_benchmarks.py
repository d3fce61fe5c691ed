"""Do the benchmarks still work? Each runs with tiny sizes on the tests' own database; no time is asserted.

Those that fill a platform, serve a site or take a standby are run by `make nightly`; the others here as well.
"""

import importlib
import math
import os
from typing import Any

import pytest
from django.db import connection

from benchmarks import browser_sealing, machine, pages, report
from benchmarks.__main__ import BENCHMARKS, arguments
from benchmarks.measure import Timing
from benchmarks.scale import FULL, QUICK
from tests.settings import OWN_CLUSTER

pytestmark = pytest.mark.skipif(not OWN_CLUSTER, reason="rows are copied as the cluster's superuser")
#: A minute for one of them, ten seconds for most.
LONG = {"standby", "pages", "proofs", "finalise", "storm", "api", "handing_in", "replays", "stories", "year"}


@pytest.fixture
def sandbox(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site as the command makes it, on the database of this test; a served site finds it too."""
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SECOND_FACTOR = True, False
    parameters = connection.settings_dict
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{parameters['USER']}@/{parameters['NAME']}?host={_host()}")
    monkeypatch.setenv("YANGCAI_SANDBOX", "1")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "yangcai.settings")  # those of the tests name another database


def _host() -> str:
    return str(connection.settings_dict["HOST"] or os.environ["PGHOST"])


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.campaign(only=name in LONG)) for name in BENCHMARKS]
)
def test_it_runs(sandbox: None, name: str) -> None:
    if name == "browser_sealing" and not browser_sealing.CHROMIUM.exists():
        pytest.skip("no Chromium")
    module = importlib.import_module(f"benchmarks.{name}")
    figures = module.run(QUICK)
    assert figures
    for figure in figures:
        assert figure.value > 0 and math.isfinite(figure.ratio), figure
    found = {
        "name": name,
        "question": module.__doc__.splitlines()[0],
        "machine": machine.machine(),
        "durable": BENCHMARKS[name],
        "figures": [figure.as_dict() for figure in figures],
    }
    assert figures[0].what in report.text([found]) and figures[0].what in report.markdown([found], command="x")


@pytest.mark.parametrize(
    ("lengths", "seconds", "beside", "is_met"),
    [
        ((100, 100, 101), (0.1, 0.1, 0.14), "with 10 cases", True),
        ((100, 100, 101), (0.1, 0.14, 0.16), "with 10 cases", False),  # held to the first, not to the one before
        ((10, 100, 100), (0.02, 0.1, 0.14), "with 1,000 cases", True),  # nearly empty at first
        ((10, 100, 200), (0.02, 0.1, 0.2), "with 1,000 cases", False),  # longer and longer
        ((10, 100, 100), (0.2, 0.29, 0.31), "with 1,000 cases", False),  # flat, but slow
    ],
)
def test_a_page_is_held_to_the_first_size_at_which_it_was_as_full(
    lengths: tuple[int, ...], seconds: tuple[float, ...], beside: str, is_met: bool
) -> None:
    seen = [
        pages.Seen(size, Timing((took,)), pages.Look(1, length, took))
        for size, length, took in zip(FULL.cases, lengths, seconds, strict=True)
    ]
    figure = pages._figure("list", seen[2], seen[:2], FULL)
    assert (figure.peer, figure.is_met) == (beside, is_met)
    first = pages._figure("list", seen[0], [], FULL)
    assert (first.ratio, first.is_met, first.goal) == (1, True, "< 300 ms")


def test_what_is_long_is_a_benchmark() -> None:
    assert set(BENCHMARKS) >= LONG


def test_what_is_not_measured_now_stays_in_the_report() -> None:
    def measured(name: str, value: float) -> dict[str, Any]:
        figure = {
            "what": "w",
            "value": value,
            "low": 1,
            "high": 1,
            "unit": "ms",
            "peer": "p",
            "peer_value": 1,
            "ratio": 1,
        }
        where = {"cpu": "c", "cores": 2, "memory_gib": 1, "system": "s", "python": "3", "postgresql": "18"}
        return {
            "name": name,
            "question": f"{name}?",
            "machine": {**where, "load_at_start": 0},
            "durable": True,
            "figures": [{**figure, "goal": "", "is_met": None, "note": ""}],
        }

    order = ["a", "b", "c"]
    first = report.markdown([measured("a", 1), measured("c", 3)], command="x", order=order)
    again = report.markdown([measured("b", 2), measured("c", 4)], command="x", before=first, order=order)
    assert again == report.markdown([measured(n, v) for n, v in (("a", 1), ("b", 2), ("c", 4))], command="x")
    assert report.markdown([], command="x", before=again, order=order) == again


def test_a_full_run_has_the_sizes_of_the_issue(monkeypatch: pytest.MonkeyPatch) -> None:
    assert FULL.cases == (10, 1_000, 100_000) and FULL.lines == 100_000 and FULL.runs >= 3
    monkeypatch.setattr("sys.argv", ["benchmarks", "pages", "--quick"])
    assert arguments().names == ["pages"] and arguments().quick
