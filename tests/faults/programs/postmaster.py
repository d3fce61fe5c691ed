"""F3: is every bid there whose bidder holds a receipt, when the database dies under load and comes back?"""

import dataclasses
import random
from typing import Any

from tests.faults import clusters, process


def run(*, bids: int, clients: int, deaths: int, seed: int) -> dict[str, Any]:
    """Its server and every child of it die by SIGKILL so many times, each time as soon as chance has it."""
    chance = random.Random(seed)
    with clusters.alone() as cluster, process.site_on(cluster.address, cluster.home.parent / "site"):
        from tests.faults import judge, world
        from yangcai.tendering import finalise

        tender = world.announced()
        load = judge.under_load(world.requests(tender, bids), clients=clients)
        killed, acknowledged = 0, []
        for number in range(deaths):
            load.wait_for(round(bids * (number + chance.uniform(0.2, 0.8)) / deaths))
            killed += cluster.kill()
            acknowledged.append(len(load.journal))
            cluster.start()
        load.join()
        return {
            **dataclasses.asdict(judge.judged(load.journal)),
            "killed": killed,
            "when": acknowledged,
            "unanswered": load.journal.unanswered,
            "noted": finalise.note_in(now=tender.now),
        }
