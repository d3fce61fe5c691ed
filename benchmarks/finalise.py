"""How many sealed bids a second does the database take in, each with its receipt, and how long does a bidder wait?

All bidders of one lot at once, so many at a time in each of two processes, as in the threads of a server: the locks,
the stamp, bid, line of the log, signed receipt, COMMIT. Everything else (upload, check, signature of the statement)
happened before. Beside it: the same threads, each committing one row of the size of a receipt on its own connection:
what this disk takes from anybody. Then the Entries that are written for all of them together.
"""

import statistics
import time

from django.db import connection

from benchmarks import bidders, site
from benchmarks.at_once import together
from benchmarks.measure import Figure
from benchmarks.published import publish
from benchmarks.scale import Scale
from yangcai.cases.models import Lot
from yangcai.tendering import finalise, receipts
from yangcai.tendering.finalise import Request
from yangcai.tendering.models import SealedBid

#: The goal of the issue, and of a bidder who waits.
AT_LEAST, P99_SECONDS = 1_500, 2.0
PEER = "one row of that size each"
#: As long as a receipt.
ROW = "x" * 600
BARE = "benchmark_bare"


def run(scale: Scale) -> list[Figure]:
    """Finalises per second, the wait of the median and of the last of a hundred, and the Entries."""
    found = publish(cases=1)
    lot = Lot.objects.select_related("case").get(pk=found.cases[0].lots.order_by("pk").first().pk)
    policy = bidders.policy_of(lot, found.now)
    taken, bare, waits, bare_waits, noted = [], [], [], [], []
    with site.connect() as hand:
        hand.autocommit = True
        hand.execute(f"CREATE TABLE {BARE} (id bigserial PRIMARY KEY, note text)")
        try:
            for _run in range(scale.runs):
                asked = bidders.requests(lot, policy, scale.finalises, now=found.now)
                receipts.signer()  # the key is made before anybody waits for it
                seconds, each = together(take, asked, connections=scale.connections)
                taken.append(len(asked) / seconds)
                waits += each
                seconds, each = together(insert, [None] * len(asked), connections=scale.connections)
                bare.append(len(asked) / seconds)
                bare_waits += each
                began = time.perf_counter()
                if finalise.note_in(now=found.now) != len(asked):
                    raise RuntimeError("not every bid got its Entry")
                noted.append(len(asked) / (time.perf_counter() - began))
        finally:
            hand.execute(f"DROP TABLE {BARE}")
    if SealedBid.objects.count() != scale.runs * scale.finalises:
        raise RuntimeError("not every bid came in")
    what = f"finalises, {scale.connections} bidders at a time"
    return [
        rate(what, taken, PEER, bare, goal=AT_LEAST),
        wait(f"{what}, p50", waits, PEER, bare_waits, 50),
        wait(f"{what}, p99", waits, PEER, bare_waits, 99, most=P99_SECONDS),
        rate("Entries of sealed bids, in batches", noted, what, taken),
    ]


def rate(what: str, mine: list[float], peer: str, others: list[float], *, goal: float | None = None) -> Figure:
    """Runs of so many a second, beside what else was done in the same run."""
    value = statistics.median(mine)
    return Figure(
        what, value, min(mine), max(mine), "/s", peer, statistics.median(others),
        goal=f"≥ {goal:,.0f}/s" if goal else "", is_met=value >= goal if goal else None,
    )  # fmt: skip


def wait(
    what: str, mine: list[float], peer: str, others: list[float], percent: int, *, most: float | None = None
) -> Figure:
    """After how many milliseconds so many of a hundred had their answer; `most` seconds is the goal."""
    value = at(mine, percent)
    return Figure(
        what, value, min(mine) * 1000, max(mine) * 1000, "ms", peer, at(others, percent),
        goal=f"< {most:g} s" if most else "", is_met=value < most * 1000 if most else None,
    )  # fmt: skip


def at(waits: list[float], percent: int) -> float:
    """Milliseconds of a percentile of seconds."""
    return sorted(waits)[min(len(waits) - 1, len(waits) * percent // 100)] * 1000


def take(request: Request) -> None:
    """What is measured."""
    finalise.finalise(request)


def insert(_nothing: None) -> None:
    """What stands beside it."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {BARE} (note) VALUES (%s)", [ROW])
