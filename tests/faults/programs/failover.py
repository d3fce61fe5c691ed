"""F4: does the standby hold every bid whose bidder holds a receipt, when the primary dies behind a stalled line?"""

import dataclasses
import random
import threading
import time
from typing import Any

from tests.faults import clusters, process

PATIENCE = 60


def run(*, bids: int, clients: int, stall: float, waits: bool, seed: int) -> dict[str, Any]:
    """Clients hand in; the standby stalls for so many seconds, the primary dies, the standby takes over, the clients
    ask again. `waits` False is the negative control: commits are confirmed without the standby."""
    chance = random.Random(seed)
    with clusters.pair() as pair, process.site_on(pair.address, pair.primary.home.parent / "site"):
        from tests.faults import judge, world
        from yangcai.kernel import sequencer
        from yangcai.tendering import finalise

        tender = world.announced()
        asked = world.requests(tender, bids)
        if not waits:
            pair.forget_standby()
        load = judge.under_load(asked, clients=clients)
        load.wait_for(round(bids * chance.uniform(0.05, 0.2)))
        with pair.stalled():
            threading.Event().wait(0.2)  # what the standby had confirmed before arrives
            stalled = len(load.journal)
            threading.Event().wait(stall)
            before = len(load.journal)
            killed = pair.primary.kill()
        died_at = time.monotonic()
        pair.promote()
        promoted = time.monotonic() - died_at
        clusters.wait_until(lambda: load.journal.last_at > died_at or load.is_over())
        back = time.monotonic() - died_at
        load.join()
        verdict = judge.judged(load.journal)
        noted = finalise.note_in(now=tender.now)
        goes_on = sequencer.sequence(now=tender.now)
        return {
            **dataclasses.asdict(verdict),
            "bids": bids,
            "killed": killed,
            "before": before,
            "while_stalled": before - stalled,
            "unanswered": load.journal.unanswered,
            "already_in": load.journal.again,
            "noted": noted,
            "log_lines": goes_on.size if goes_on else 0,
            "promote_seconds": round(promoted, 2),
            "writes_back_seconds": round(back, 2),
        }
