"""How soon after its receipt does a bidder hold the proof that its bid is in the public log?

Site and worker run as in production (`yangcai serve`, `yangcai work`); bids come in one after another over several
rounds of the log. Each bidder asks once a second for its proof, and counts from its receipt to the proof: so a second
of what is told here is the asking. Beside it: what the receipt promises.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from benchmarks import bidders
from benchmarks.api import load, served
from benchmarks.finalise import at
from benchmarks.handing_in import SECONDS, statement
from benchmarks.measure import Figure
from benchmarks.published import publish
from benchmarks.scale import Scale
from yangcai.cases.models import Lot
from yangcai.cli.sealed.line import Line
from yangcai.kernel.sequencer import INTERVAL, MERGE_DELAY
from yangcai.kernel.tlog import proof
from yangcai.tendering.models import SealedBid

#: The goal of the issue, in 95 of a hundred.
AT_MOST_SECONDS = 12
#: Seconds between two questions of one bidder; of rounds, so many does a full run see.
EVERY, ROUNDS = 1.0, 4


@contextlib.contextmanager
def working() -> Iterator[None]:
    """The worker, which gives the log its rounds."""
    environment = os.environ | {"YANGCAI_SANDBOX": ""}
    command = [sys.executable, "-m", "yangcai", "work", "--quiet"]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=60)


def run(scale: Scale) -> list[Figure]:
    """Seconds from receipt to proof."""
    found = publish(cases=1)
    lot = Lot.objects.select_related("case").get(pk=found.cases[0].lots.order_by("pk").first().pk)
    policy = bidders.policy_of(lot, found.now)
    bidders.close_in(lot, seconds=SECONDS)
    first, *those = bidders.ready(lot, policy, scale.proofs + 1, now=found.now)
    between = ROUNDS * INTERVAL / scale.proofs if scale.proofs >= 10 else EVERY
    waits: list[float] = []
    failed: list[BaseException] = []
    with served(sandbox=False) as port, working():
        load(port, [statement(first)], clients=1)
        _until_proven(port, first)  # the worker is at it
        threads = []
        for bidder in those:
            load(port, [statement(bidder)], clients=1)
            threads.append(threading.Thread(target=_wait, args=(port, bidder, waits, failed)))
            threads[-1].start()
            time.sleep(between)
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]
    if len(waits) != SealedBid.objects.count() - 1:
        raise RuntimeError("not every bid has its proof")
    p50, p95 = at(waits, 50) / 1000, at(waits, 95) / 1000
    promise = "the promise of a receipt"
    return [
        Figure("from receipt to proof, p50", p50, min(waits), max(waits), "s", promise, MERGE_DELAY),
        Figure(
            "from receipt to proof, p95",
            p95,
            min(waits),
            max(waits),
            "s",
            promise,
            MERGE_DELAY,
            goal=f"≤ {AT_MOST_SECONDS} s",
            is_met=p95 <= AT_MOST_SECONDS,
            note=f"{len(waits)} bids over {between * len(waits):.0f} s; a round of the log every {INTERVAL} s",
        ),
    ]


def _wait(port: int, bidder: bidders.Bidder, waits: list[float], failed: list[BaseException]) -> None:
    try:
        waits.append(_until_proven(port, bidder))
    except BaseException as error:
        failed.append(error)


def _until_proven(port: int, bidder: bidders.Bidder) -> float:
    """Seconds from now until the proof is there. Raises RuntimeError where the promise is broken."""
    began = time.perf_counter()
    with Line(f"http://127.0.0.1:{port}", bidder.token) as line:
        while (seconds := time.perf_counter() - began) < MERGE_DELAY:
            answer = line.ask("GET", f"/submissions/{bidder.request.sid}/proof")
            if not answer.startswith(b"{"):  # WAITING
                proof.parse(answer)
                return time.perf_counter() - began
            time.sleep(EVERY)
    raise RuntimeError(f"no proof within {seconds:.0f} s")
