"""How many Actions per second through the JSON API of a served site, beside `perform` in this process?

The site is served by Granian as in production (`yangcai serve`, two processes); the clients are threads of this process
on the same machine, each with its own keep-alive connection, token and cases. Every request performs `enquiry.ask`.
"""

import contextlib
import datetime
import hashlib
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import Figure, Timing, timed
from benchmarks.published import Published, publish
from benchmarks.scale import Scale
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.parties.models import ApiToken, Post

WORKERS = 2
#: DESIGN: through HTTP at least so many Actions per second on two cores.
AT_LEAST = 150
START_SECONDS = 120
QUESTION: dict[str, Any] = {"question": "投标产品能否提供同等规格的型号？"}


@dataclass(frozen=True)
class Request:
    """One request: where, with whose token, with what."""

    method: str
    path: str
    token: str
    body: bytes = b""


@contextlib.contextmanager
def served(*, sandbox: bool = True, environment: Mapping[str, str] | None = None) -> Iterator[int]:
    """The real site on a free port of the loopback address; with the sandbox clock, or as in production. `environment`:
    what else its processes are given."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "yangcai", "serve", "--port", str(port), "--workers", str(WORKERS), "--quiet"]
    given = os.environ | {"YANGCAI_SANDBOX": "1" if sandbox else ""} | dict(environment or {})
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=given)
    try:
        _wait_for(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)


def _wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/v1/me")
            if connection.getresponse().status == http.HTTPStatus.UNAUTHORIZED:
                connection.close()
                return
        time.sleep(0.1)
    raise RuntimeError("the site does not answer")


def token_of(post: Post, now: datetime.datetime) -> str:
    """A token bound to this post."""
    secret = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        post=post,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        label="benchmark",
        created_at=now,
        expires_at=now + datetime.timedelta(days=1),
    )
    return secret


def send(port: int, requests: list[Request], seconds: list[float]) -> None:
    """One after the other on one connection; anything but success ends the run."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for request in requests:
        headers = {"Authorization": f"Bearer {request.token}"}
        if request.body:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16)}
        began = time.perf_counter()
        connection.request(request.method, request.path, body=request.body or None, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        seconds.append(time.perf_counter() - began)
        if answer.status not in (200, 201):
            raise RuntimeError(f"{answer.status} {request.path}: {text[:300]!r}")
    connection.close()


@dataclass(frozen=True)
class Load:
    """What came of some clients at once: requests per second, and seconds of each."""

    per_second: float
    each: Timing


def at_once(client: Callable[[int], None], *, clients: int) -> None:
    """So many clients, told their number, who all begin at once; the first of their errors is raised."""
    failed: list[BaseException] = []

    def guarded(n: int) -> None:
        try:
            client(n)
        except BaseException as error:  # told to whoever waits for all of them
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def load(port: int, requests: list[Request], *, clients: int) -> Load:
    """Share the requests among so many clients, who all begin at once."""
    seconds: list[list[float]] = [[] for _ in range(clients)]
    began = time.perf_counter()
    at_once(lambda n: send(port, requests[n::clients], seconds[n]), clients=clients)
    elapsed = time.perf_counter() - began
    return Load(len(requests) / elapsed, Timing(tuple(s for found in seconds for s in found)))


def run(scale: Scale) -> list[Figure]:
    """One client and several; beside them `perform` alone, and the server's answer to a request that does nothing."""
    n = scale.http_acts
    places = publish(cases=3 * n)
    suppliers = [places.supplier(i) for i in range(scale.clients)]
    tokens = [token_of(post, places.now) for post in suppliers]
    direct = _directly(places, suppliers, first=0, acts=n)
    with served() as port:
        load(port, [Request("GET", "/api/v1/me", tokens[0])] * 8 * WORKERS, clients=WORKERS)  # every worker is awake
        nothing = load(port, [Request("GET", "/api/v1/me", tokens[i % len(tokens)]) for i in range(n)], clients=1)
        one = load(port, _asked(places, tokens, first=n, acts=n), clients=1)
        idle = load(
            port, [Request("GET", "/api/v1/me", tokens[i % len(tokens)]) for i in range(4 * n)], clients=scale.clients
        )
        many = load(port, _asked(places, tokens, first=2 * n, acts=n), clients=scale.clients)
    alone = 1 / direct.median
    p99 = sorted(many.each.seconds)[int(len(many.each.seconds) * 0.99)]
    return [
        Figure(
            "enquiry.ask over HTTP, 1 client",
            one.each.median * 1000,
            one.each.low * 1000,
            one.each.high * 1000,
            "ms",
            "through perform in this process",
            direct.median * 1000,
            note=f"the server's answer to a request that does nothing: {nothing.each.median * 1000:.1f} ms",
        ),
        Figure(
            f"enquiry.ask over HTTP, {scale.clients} clients, {WORKERS} processes",
            many.per_second,
            many.per_second,
            many.per_second,
            "/s",
            "through perform, 1 connection",
            alone,
            goal=f"≥ {AT_LEAST} /s",
            is_met=many.per_second >= AT_LEAST,
            note=f"median {many.each.median * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms;"
            f" requests that do nothing: {idle.per_second:.0f} /s",
        ),
    ]


def _asked(places: Published, tokens: list[str], *, first: int, acts: int) -> list[Request]:
    body = json.dumps(QUESTION, ensure_ascii=False).encode()
    return [
        Request(
            "POST", f"/api/v1/cases/{places.cases[first + i].pk}/actions/enquiry.ask", tokens[i % len(tokens)], body
        )
        for i in range(acts)
    ]


def _directly(places: Published, suppliers: list[Any], *, first: int, acts: int) -> Timing:
    def ask(i: int) -> float:
        case, post = places.cases[first + i], suppliers[i % len(suppliers)]
        return timed(lambda: perform(ACTIONS["enquiry.ask"], case, by=post, now=places.now, **QUESTION))

    return Timing(tuple(ask(i) for i in range(acts)))
