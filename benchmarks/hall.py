"""How soon do hundreds of viewers of an opening hall see what was done, each on a connection of its own?

`yangcai live` runs as in production, one process; the viewers are sockets of this process on the loopback address, all
on one hall. The host speaks; what is counted is the time from the commit of its Action to the arrival of the event at
each viewer. Beside it, in the same run, the same with one viewer: that is what the news itself takes, from PostgreSQL
through the look at the hall to the stream.
"""

import contextlib
import datetime
import http.client
import json
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.api import START_SECONDS
from benchmarks.measure import Figure
from benchmarks.published import publish
from benchmarks.scale import Scale
from yangcai.cases.models import Case
from yangcai.cases.periods import closing_at
from yangcai.kernel import clock
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.www.hall.tickets import Audience, ticket

#: What the design measured on a prototype: half of the deliveries within 24 ms, 99 of 100 within 53.
GOAL_MS = 1000
#: Seconds between two remarks, so that each is delivered before the next.
BETWEEN = 0.3
MARK = "第 {n} 次发言"


@dataclass
class Viewers:
    """So many open streams, read by one thread; `seen[n]` are the times at which remark n came."""

    port: int
    path: str
    count: int
    seen: dict[int, list[float]] = field(default_factory=dict)
    sockets: list[socket.socket] = field(default_factory=list)
    connected: float = 0.0
    bytes: int = 0

    def __enter__(self) -> "Viewers":
        self.selector, self.stop = selectors.DefaultSelector(), threading.Event()
        began, ready = time.perf_counter(), 0
        for _ in range(self.count):
            one = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            one.sendall(f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode())
            self.sockets.append(one)
        for one in self.sockets:
            came = b""
            while b"id: " not in came:  # the whole board is there
                came += one.recv(65536)
            ready += came.startswith(b"HTTP/1.1 200")
            one.setblocking(False)
            self.selector.register(one, selectors.EVENT_READ)
        if ready != self.count:
            raise RuntimeError(f"{ready} of {self.count} viewers were let in")
        self.connected = time.perf_counter() - began
        self.thread = threading.Thread(target=self.read)
        self.thread.start()
        return self

    def read(self) -> None:
        while not self.stop.is_set():
            for key, _events in self.selector.select(timeout=0.2):
                content = key.fileobj.recv(65536)  # type: ignore[union-attr]
                now = time.perf_counter()
                self.bytes += len(content)
                for n in list(self.seen):
                    if MARK.format(n=n).encode() in content:
                        self.seen[n].append(now)

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        self.thread.join()
        for one in self.sockets:
            one.close()
        self.selector.close()


@contextlib.contextmanager
def pushing() -> Iterator[int]:
    """The real process on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "-m", "yangcai", "live", "--port", str(port), "--quiet"], stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and server.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/live/")
                if connection.getresponse().status == http.HTTPStatus.FORBIDDEN:
                    connection.close()
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError("the live process does not answer")
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)


def delivered(
    viewers: Viewers, case: Case, host: Post, *, now: datetime.datetime, first: int, acts: int
) -> list[float]:
    """Seconds from the commit of each remark to its arrival, of every viewer. Raises RuntimeError where one is lost."""
    found: list[float] = []
    for n in range(first, first + acts):
        viewers.seen[n] = []
        perform(ACTIONS["opening.remark"], case, by=host, now=now, remark=MARK.format(n=n))
        committed = time.perf_counter()
        deadline = committed + 60
        while len(viewers.seen[n]) < viewers.count and time.perf_counter() < deadline:
            time.sleep(0.01)
        came = viewers.seen.pop(n)
        if len(came) != viewers.count:
            raise RuntimeError(f"{viewers.count - len(came)} of {viewers.count} viewers did not hear remark {n}")
        found += [max(at - committed, 0.0) for at in came]
        time.sleep(BETWEEN)
    return sorted(found)


def quantile(found: list[float], share: float) -> float:
    """In milliseconds."""
    return found[min(int(len(found) * share), len(found) - 1)] * 1000


def run(scale: Scale) -> list[Figure]:
    """One viewer, then many, of the same hall."""
    places = publish(cases=1)
    case = places.cases[0]
    now = closing_at(case)
    clock.set_sandbox(at=now)
    post = Post.objects.get(
        organisation=case.agent or case.buyer, role=Role.AGENT if case.agent else Role.BUYER_OFFICER
    )
    path = f"/live/{ticket(Audience(case.pk, 'zh-hans'))}"
    acts = scale.hall_events
    with pushing() as port:
        with Viewers(port, path, 1) as one:
            delivered(one, case, post, now=now, first=0, acts=2)  # everything is awake
            alone = delivered(one, case, post, now=now, first=2, acts=acts)
        with Viewers(port, path, scale.viewers) as many:
            together = delivered(many, case, post, now=now, first=2 + acts, acts=acts)
    p50, p99 = quantile(together, 0.5), quantile(together, 0.99)
    low, high = together[0] * 1000, together[-1] * 1000
    who = f"{scale.viewers} viewers × {acts} events"
    return [
        Figure(f"{who}, p50", p50, low, high, "ms", "1 viewer, p50", quantile(alone, 0.5), note=_told(many)),
        Figure(
            f"{who}, p99",
            p99,
            low,
            high,
            "ms",
            "1 viewer, p99",
            quantile(alone, 0.99),
            goal=f"< {GOAL_MS} ms, all delivered",
            is_met=p99 < GOAL_MS,
        ),
    ]


def _told(many: Viewers) -> str:
    facts: dict[str, Any] = {"connected in": f"{many.connected:.1f} s", "bytes per viewer": many.bytes // many.count}
    return ", ".join(f"{name} {json.dumps(value).strip(chr(34))}" for name, value in facts.items())
