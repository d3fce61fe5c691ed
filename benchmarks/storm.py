"""Does everybody get a receipt who hands in within the last ten seconds, while others still upload large files?

The site is served as in production. Each supplier sends its statement at a moment of its own in the last seconds,
drawn beforehand and the denser the nearer the deadline; some send theirs just after it. Meanwhile other clients put
parts of 500 MB envelopes in, without a break. A bidder's wait begins at the moment it meant to send, so that a client
that comes late is counted too. The judge is what the clients were told: every receipt is that of a bid that is there,
stamped before the deadline, and whoever was refused has no bid.
"""

import contextlib
import datetime
import hashlib
import http.client
import queue
import random
import secrets
import threading
import time
import uuid
from dataclasses import dataclass, field

from benchmarks import bidders
from benchmarks.api import WORKERS, Request, load, served
from benchmarks.finalise import at
from benchmarks.handing_in import statement
from benchmarks.measure import Figure
from benchmarks.published import publish
from benchmarks.scale import Scale
from yangcai.cases.models import Lot
from yangcai.parties.models import Post
from yangcai.tendering.envelopes import PART
from yangcai.tendering.models import BidUpload, OpeningPolicy, SealedBid

#: The goal of the issue.
P99_SECONDS = 2.0
#: So many connections send at a time, and so many of a hundred send within the second after the deadline.
CLIENTS, LATE_PERCENT = 64, 5
#: From the start of the uploads to the first bid, seconds.
BEFORE = 3.0
PATIENCE = 120


@dataclass
class Told:
    """What the clients heard: receipts and refusals by upload, and seconds from the moment meant to the answer."""

    receipts: dict[uuid.UUID, str] = field(default_factory=dict)
    refused: set[uuid.UUID] = field(default_factory=set)
    waits: list[float] = field(default_factory=list)
    again: int = 0


@dataclass(frozen=True)
class Planned:
    """A bid that is to be sent so many seconds before (after: less than none) the deadline."""

    bidder: bidders.Bidder
    before: float


def plan(those: list[bidders.Bidder], *, seconds: float, chance: random.Random) -> list[Planned]:
    """Denser towards the deadline; a few after it. In order of time."""
    late = len(those) * LATE_PERCENT // 100
    moments = [-chance.random() for _ in range(late)]
    moments += [seconds * chance.random() ** 2 for _ in range(len(those) - late)]
    return [Planned(bidder, before) for bidder, before in zip(those, sorted(moments, reverse=True), strict=True)]


def send(port: int, planned: list[Planned], *, deadline: float) -> Told:
    """Each at its moment; `deadline` by the clock of time.time(). A client that is told to try again does so."""
    waiting: queue.SimpleQueue[Planned | None] = queue.SimpleQueue()
    for one in planned:
        waiting.put(one)
    told, guard, failed = Told(), threading.Lock(), list[BaseException]()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            while (one := waiting.get()) is not None:
                moment = deadline - one.before
                time.sleep(max(moment - time.time(), 0))
                while (answer := _asked(connection, one.bidder))[0] == http.HTTPStatus.SERVICE_UNAVAILABLE:
                    told.again += 1
                    time.sleep(1)  # as the answer says
                with guard:
                    _heard(told, one.bidder, *answer, seconds=time.time() - moment)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
        waiting.put(None)
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return told


def _asked(connection: http.client.HTTPConnection, bidder: bidders.Bidder) -> tuple[int, str]:
    request = statement(bidder)
    headers = {"Authorization": f"Bearer {request.token}", "Content-Type": "application/json"}
    connection.request(request.method, request.path, body=request.body, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def _heard(told: Told, bidder: bidders.Bidder, status: int, text: str, *, seconds: float) -> None:
    if status == http.HTTPStatus.CREATED:
        told.receipts[bidder.request.sid] = text
    elif status == http.HTTPStatus.CONFLICT and "SB001" in text:
        told.refused.add(bidder.request.sid)
    else:
        raise RuntimeError(f"{status}: {text[:300]}")
    told.waits.append(seconds)


class Uploads:
    """Clients that put in the parts of large envelopes, one after another, until they are stopped."""

    def __init__(self, port: int, policy: OpeningPolicy, *, count: int, size: int, now: datetime.datetime) -> None:
        self.port, self.size, self.stop = port, size, threading.Event()
        self.put, self.seconds, self.failed = 0, 0.0, list[BaseException]()
        posts = bidders.suppliers(count)
        self.sessions = [
            [(self._begun(policy, post, now), token) for _envelope in range(20)]
            for post, token in zip(posts, bidders.tokens(posts), strict=True)
        ]
        self.threads = [threading.Thread(target=self._run, args=(sessions,)) for sessions in self.sessions]

    @staticmethod
    def _begun(policy: OpeningPolicy, post: Post, now: datetime.datetime) -> uuid.UUID:
        upload = BidUpload.objects.create(
            sid=uuid.uuid4(),
            lot=policy.lot,
            policy=policy,
            supplier=post.organisation,
            post=post,
            idem=secrets.token_hex(16),
            begun_at=now,
        )
        return upload.sid

    def __enter__(self) -> "Uploads":
        self.began = time.perf_counter()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()
        self.seconds = time.perf_counter() - self.began

    def _run(self, sessions: list[tuple[uuid.UUID, str]]) -> None:
        noise = secrets.token_bytes(PART)
        try:
            for sid, token in sessions:
                for number in range(1, -(-self.size // PART) + 1):
                    if self.stop.is_set():
                        return
                    size = min(PART, self.size - PART * (number - 1))
                    self._part(sid, token, number, secrets.token_bytes(16) + noise[16:size])  # no part is known already
        except BaseException as error:
            self.failed.append(error)

    def _part(self, sid: uuid.UUID, token: str, number: int, content: bytes) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-SHA256": hashlib.sha256(content).hexdigest()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.suppress(BrokenPipeError):  # refused before all of it was read; the answer is there
            connection.request("PUT", f"/sbp/v1/submissions/{sid}/parts/{number}", body=content, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status == http.HTTPStatus.OK:
            self.put += len(content)
        elif b"closed" in text:  # the deadline has passed: only parts that are known are taken
            self.stop.set()
        else:
            raise RuntimeError(f"{answer.status}: {text[:300]!r}")


def run(scale: Scale) -> list[Figure]:
    """One storm."""
    found = publish(cases=1)
    lot = Lot.objects.select_related("case").get(pk=found.cases[0].lots.order_by("pk").first().pk)
    policy = bidders.policy_of(lot, found.now)
    those = bidders.ready(lot, policy, scale.storm_suppliers, now=found.now)
    planned = plan(those, seconds=scale.storm_seconds, chance=random.Random(scale.storm_suppliers))
    bidders.close_in(lot, seconds=3600)
    with served(sandbox=False) as port:
        load(port, [Request("GET", "/api/v1/me", those[0].token)] * 8 * WORKERS, clients=WORKERS)  # all are awake
        calm = load(port, [Request("GET", "/api/v1/me", those[0].token)] * len(those), clients=1)
        uploads = Uploads(
            port, policy, count=scale.storm_uploads, size=scale.storm_bytes, now=datetime.datetime.now(datetime.UTC)
        )
        deadline = bidders.close_in(lot, seconds=scale.storm_seconds + BEFORE)
        with uploads:
            told = send(port, planned, deadline=deadline.timestamp())
    if uploads.failed:
        raise uploads.failed[0]
    late, lost = judged(told, those, deadline=deadline)
    in_time = {one.bidder.request.sid for one in planned if one.before > P99_SECONDS}
    if refused := in_time & told.refused:
        raise RuntimeError(f"{len(refused)} bids sent more than {P99_SECONDS} s before the deadline were refused")
    return _figures(scale, told, calm_ms=at(list(calm.each.seconds), 50), late=late, lost=lost, uploads=uploads)


def judged(told: Told, those: list[bidders.Bidder], *, deadline: datetime.datetime) -> tuple[int, int]:
    """How many were taken in too late, and how many of those that hold a receipt are not there as it says."""
    kept = {
        sealed.upload.sid: sealed
        for sealed in SealedBid.objects.filter(upload__sid__in=[one.request.sid for one in those]).select_related(
            "upload", "bid"
        )
    }
    late = sum(sealed.bid.received_at >= deadline for sealed in kept.values())
    lost = sum(sid not in kept or kept[sid].note != note for sid, note in told.receipts.items())
    if told.refused & set(kept) or len(told.receipts) != len(kept):
        raise RuntimeError("somebody was told otherwise than it is")
    return late, lost


def _figures(scale: Scale, told: Told, *, calm_ms: float, late: int, lost: int, uploads: Uploads) -> list[Figure]:
    who = f"{scale.storm_suppliers:,} suppliers in the last {scale.storm_seconds:g} s"
    low, high = min(told.waits) * 1000, max(told.waits) * 1000
    peer = "a request that does nothing, in calm"
    p99 = at(told.waits, 99)
    megabytes = uploads.put / 1e6
    return [
        Figure(
            f"{who}, p50",
            at(told.waits, 50),
            low,
            high,
            "ms",
            peer,
            calm_ms,
            note=f"{len(told.receipts)} taken, {len(told.refused)} too late by the database's clock,"
            f" {told.again} told to try again",
        ),
        Figure(
            f"{who}, p99",
            p99,
            low,
            high,
            "ms",
            peer,
            calm_ms,
            goal=f"< {P99_SECONDS:g} s, 0 taken late, 0 lost",
            is_met=p99 < P99_SECONDS * 1000 and late == lost == 0,
            note=f"{late} taken late, {lost} lost; meanwhile {megabytes:,.0f} MB of {scale.storm_uploads} uploads,"
            f" {megabytes / uploads.seconds:,.0f} MB/s",
        ),
    ]
