"""How long does a published case take to replay, through every Action from budget to payment?

The first shipped cases several times (each time under another budget code), through `perform`, on a durable cluster.
Beside it: as many commits of one bare row as the case has steps, which is the least that this machine's disk allows.
"""

import functools
from dataclasses import replace
from pathlib import Path

import psycopg

from benchmarks import site
from benchmarks.measure import Figure, Timing, timed
from benchmarks.scale import Scale
from yangcai.replay.casefile import read_cases
from yangcai.replay.driver import PythonDriver
from yangcai.replay.run import replay

CASES = Path(__file__).resolve().parent.parent / "cases"


def run(scale: Scale) -> list[Figure]:
    """Seconds per case: median over all cases and runs."""
    files = sorted(CASES.glob("*.yaml"))[: scale.replay_cases]
    published = read_cases(paths=files)
    seconds: list[float] = []
    commits: list[float] = []
    steps: list[int] = []
    with site.connect() as hand:
        hand.autocommit = True
        hand.execute("CREATE TABLE one_row (id bigserial PRIMARY KEY, said text)")
        for turn in range(scale.replays):
            for case in published:
                found = replay(replace(case, id=f"{case.id}-{turn}"), through=PythonDriver())
                if not found.ok:
                    raise RuntimeError(f"{case.id} does not come out as published")
                seconds.append(found.seconds)
                steps.append(len(found.steps))
                commits.append(timed(functools.partial(_commits, hand, len(found.steps))))
        hand.execute("DROP TABLE one_row")
    mine, least = Timing(tuple(seconds)), Timing(tuple(commits))
    per_step = sum(seconds) / sum(steps)
    return [
        Figure(
            f"replay of one case ({len(published)} cases, {len(seconds)} replays)",
            mine.median * 1000,
            mine.low * 1000,
            mine.high * 1000,
            "ms",
            "as many bare commits of one row",
            least.median * 1000,
            note=f"{sum(steps) / len(steps):.0f} steps a case, {per_step * 1000:.0f} ms a step"
            " (the clock moved, what is due fired, the Action performed)",
        )
    ]


def _commits(hand: psycopg.Connection, steps: int) -> None:
    for _ in range(steps):
        hand.execute("INSERT INTO one_row (said) VALUES ('x')")
