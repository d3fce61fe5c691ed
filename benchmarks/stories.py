"""How long does a story of the demo take by script, the twenty days of a tender and everything around them included?

Everybody acts by himself, found from his worklist; the clock stops at every moment in which something falls due.
Beside it: a purchase of the same method whose steps are known beforehand (`replay.walk`), with as many bidders.
"""

import time

from benchmarks.measure import Figure, Timing, timed
from benchmarks.scale import Scale
from yangcai.demo import living
from yangcai.demo.acting import Told
from yangcai.kernel import clock
from yangcai.replay import district
from yangcai.replay.driver import begin_again

#: What the demo promises for a twenty-day tender by script.
MINUTE = 60
STORY = "open-tender"


def run(scale: Scale) -> list[Figure]:
    """Seconds per story: median over the runs, each on the first morning."""
    district.settle()
    mine: list[float] = []
    walks: list[float] = []
    told: list[Told] = []
    for turn in range(scale.replays):
        begin_again()
        clock.set_sandbox(at=district.MORNING)
        began = time.perf_counter()
        story = living.begin(STORY, now=clock.now())
        if not living.play(story, told=told.append, now=clock.now()):
            raise RuntimeError(f"{STORY} stands still")
        mine.append(time.perf_counter() - began)
        walks.append(timed(lambda turn=turn: _walk(turn)))  # type: ignore[misc]
    story_time, walk_time = Timing(tuple(mine)), Timing(tuple(walks))
    return [
        Figure(
            "an open tender of the demo by script, from its budget line to its closing",
            story_time.median,
            story_time.low,
            story_time.high,
            "s",
            "a walk of such a tender whose steps are known beforehand",
            walk_time.median,
            goal=f"at most {MINUTE} s",
            is_met=story_time.median <= MINUTE,
            note=f"{len(told) / len(mine):.0f} steps in two months of the sandbox clock",
        )
    ]


def _walk(turn: int) -> None:
    purchase = district.PURCHASES[0]
    again = district.replace(purchase, id=f"bench-{turn}", until="payment")
    district.found_district(told=lambda one: None, purchases=[again])
