"""How is a figure taken? As the median of several runs, beside something that was measured in the same run."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

K = TypeVar("K")


@dataclass(frozen=True)
class Timing:
    """Seconds of several runs of one piece of work."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def low(self) -> float:
        return min(self.seconds)

    @property
    def high(self) -> float:
        return max(self.seconds)


@dataclass(frozen=True)
class Figure:
    """One line of the report: `value` (with the lowest and highest run) beside `peer`, the same unit, the same run.

    `ratio` is value / peer. `goal` is what is aimed at, in words; `is_met` says whether the run met it.
    """

    what: str
    value: float
    low: float
    high: float
    unit: str
    peer: str
    peer_value: float
    goal: str = ""
    is_met: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.value / self.peer_value if self.peer_value else float("nan")

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


def timed(work: Callable[[], Any]) -> float:
    """Seconds that one run takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turn(works: dict[K, Callable[[int], Any]], *, runs: int) -> dict[K, Timing]:
    """Each work once, then each again: a change of the machine's load meets all alike. A work is told its run."""
    seconds: dict[K, list[float]] = {name: [] for name in works}
    for run in range(runs):
        for name, work in works.items():
            began = time.perf_counter()
            work(run)
            seconds[name].append(time.perf_counter() - began)
    return {name: Timing(tuple(found)) for name, found in seconds.items()}


def beside(
    what: str,
    mine: Timing,
    peer: str,
    peer_timing: Timing,
    *,
    at_most: float | None = None,
    note: str = "",
) -> Figure:
    """A duration in milliseconds beside its peer's; `at_most` is the goal for the ratio."""
    return Figure(
        what,
        mine.median * 1000,
        mine.low * 1000,
        mine.high * 1000,
        "ms",
        peer,
        peer_timing.median * 1000,
        goal=f"≤ {at_most:g} ×" if at_most is not None else "",
        is_met=mine.median / peer_timing.median <= at_most if at_most is not None else None,
        note=note,
    )
