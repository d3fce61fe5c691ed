"""Does a published procurement come out of the platform as it was published?"""

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yangcai.kernel.calendar import HorizonError
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.law import LawGap
from yangcai.replay import defaults, driver, observe, people
from yangcai.replay.assumptions import Assumption
from yangcai.replay.compare import Comparison, compare
from yangcai.replay.published import CaseFile
from yangcai.replay.walk import Step, Walk


@dataclass(frozen=True)
class Replayed:
    """How one case went: equal, different, or refused."""

    file: CaseFile
    steps: tuple[Step, ...]
    comparison: Comparison | None
    refusals: tuple[Refusal, ...]
    assumed: tuple[Assumption, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        return not self.refusals and self.comparison is not None and self.comparison.equal

    def as_dict(self, *, language: str) -> dict[str, Any]:
        found = self.comparison
        return {
            "id": self.file.id,
            "ok": self.ok,
            "steps": [
                {"at": step.at.isoformat(), "action": step.action, "by": step.by, "citation": step.citation}
                for step in self.steps
            ],
            "checked": found.checked if found else 0,
            "differences": [d.as_dict() for d in found.differences] if found else [],
            "refusals": [{k: r.as_dict()[k] for k in ("code", "zh", "en", "citation")} for r in self.refusals],
            "assumed": [a.in_language(language) for a in self.assumed],
            "seconds": round(self.seconds, 3),
        }


def replay(file: CaseFile, *, through: driver.Driver, told: Callable[[Step], None] = lambda step: None) -> Replayed:
    """Walk one case at its published dates and compare. A refusal ends the walk and is part of the answer."""
    began = time.perf_counter()
    driver.begin_again()
    assumed: tuple[Assumption, ...] = ()
    steps: list[Step] = []
    refusals: tuple[Refusal, ...] = ()
    comparison = None
    try:
        completed = defaults.complete(published=file)
        assumed = completed.assumed
        walk = Walk(through, completed.case, people.gather(completed.case), told, steps=steps)
        walk.run()
        comparison = compare(published=file, observed=observe.observe(walk.refreshed()))
    except Refused as refused:
        refusals = tuple(refused.refusals)
    except (LawGap, HorizonError) as gap:
        refusals = (Refusal(type(gap).__name__, gap.zh, gap.en),)
    return Replayed(file, tuple(steps), comparison, refusals, assumed, time.perf_counter() - began)


def moment(at: datetime.datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
