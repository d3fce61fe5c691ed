"""F2: how long does the public log stand still when the worker that gives it its rounds is killed, and what is lost?

Two real workers (`yangcai work`) on one database. One dies by SIGKILL when chance has it, and the other goes on; then
both die, and somebody starts one again, as a service manager does.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.faults import clusters, process

ROOT = Path(__file__).resolve().parents[3]
#: Until a line is published with no fault at all, and then some.
PATIENCE = 90.0


@contextlib.contextmanager
def workers() -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Those that run; none is left behind."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        yield running
    finally:
        for one in running:
            one.kill()
            one.wait()


def started() -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "yangcai", "work", "--interval", "1", "--quiet"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def killed(*, deaths: int, seed: int) -> dict[str, Any]:
    """So many times one of the two, and at last both."""
    chance = random.Random(seed)
    with clusters.alone() as cluster, process.site_on(cluster.address, cluster.home.parent / "site"):
        from tests.faults import world
        from tests.faults.test_f02_sequencer import lost, opened
        from yangcai.kernel import log_files
        from yangcai.tendering import finalise

        os.environ["YANGCAI_LOG"] = str(log_files.folder())
        tender = world.announced()
        asked = world.requests(tender, deaths + 2)
        path = log_files.folder() / "checkpoint"
        notes: list[str] = []
        seen: list[str] = []
        times: list[float] = []

        def handed_in() -> None:
            """A bidder has its receipt; how long until the receipt holds in the published log?"""
            began = time.monotonic()
            notes.append(finalise.finalise(asked[len(notes)]).note)
            clusters.wait_until(lambda: _is_published(path, notes[-1:], lost, seen), seconds=PATIENCE)
            times.append(time.monotonic() - began)

        with workers() as running:
            running += [started(), started()]
            handed_in()
            times.clear()  # both had to start
            for _death in range(deaths):
                threading.Event().wait(chance.uniform(0, 1))
                dead = running.pop(chance.randrange(2))
                os.kill(dead.pid, signal.SIGKILL)
                dead.wait()
                handed_in()
                running.append(started())
            for one in running:
                os.kill(one.pid, signal.SIGKILL)
                one.wait()
            running[:] = [started()]
            handed_in()
        heads = opened(seen)
        sizes = [head.size for head in heads]
        return {
            "deaths": deaths + 2,
            "acknowledged": len(notes),
            "lost": lost(notes),
            "roots_too_many": len({(head.size, head.root) for head in heads}) - len(set(sizes)),
            "shrunk": int(sizes != sorted(sizes)),
            "resumed_seconds": round(max(times), 1),
        }


def _is_published(path: Path, notes: list[str], lost: Any, seen: list[str]) -> bool:
    """Looks as somebody outside does, and keeps each checkpoint."""
    threading.Event().wait(0.2)
    if not path.exists() or not (path.parent / "policy").exists():
        return False
    text = path.read_text()
    if not seen or seen[-1] != text:
        seen.append(text)
    return bool(lost(notes) == 0)
