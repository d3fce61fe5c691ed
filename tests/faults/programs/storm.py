"""F18: when everybody hands in during the last seconds, is nobody late, nobody lost, and who is in time taken?

The real site, served, on the database's own clock. Every bidder has its envelope uploaded and verified; it sends its
signed statement at a moment that chance gives it, a few of them after the deadline. Large uploads go on beside them,
and somebody reads the public pages.
"""

import dataclasses
import datetime
import hashlib
import http.client
import random
import secrets
import statistics
import threading
import time
import uuid
from typing import Any

from tests.faults import clusters, process

PART = 8 * 2**20
#: Of those who come, so many come too late.
TOO_LATE = 0.03
#: Connections that are open at once.
LINES = 64


@dataclasses.dataclass
class Bidder:
    """Its request, when it is sent, and what became of it."""

    upload: int
    path: str
    body: bytes
    headers: dict[str, str]
    at: float
    status: int = 0
    note: str = ""
    seconds: float = 0.0
    tries: int = 0
    answered_at: float = 0.0


class Line(threading.Thread):
    """One connection after the other sends what is due; where it is told to ask again, it does."""

    def __init__(self, port: int, bidders: list[Bidder], until: float) -> None:
        super().__init__(daemon=True)
        self.port, self.bidders, self.until = port, bidders, until
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def run(self) -> None:
        for bidder in self.bidders:
            threading.Event().wait(max(0.0, bidder.at - time.time()))
            while time.time() < self.until and not self._told(bidder):
                threading.Event().wait(0.1)
            bidder.answered_at = time.time()
            bidder.seconds = bidder.answered_at - bidder.at  # also what it waited for a line
        self.connection.close()

    def _told(self, bidder: Bidder) -> bool:
        bidder.tries += 1
        try:
            self.connection.request("POST", bidder.path, body=bidder.body, headers=bidder.headers)
            answer = self.connection.getresponse()
            content = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return False
        bidder.status = answer.status
        if answer.status < 300:
            bidder.note = content
        return answer.status not in (500, 502, 503, 504)


def last_seconds(*, bidders: int, within: float, uploads: int, seed: int) -> dict[str, Any]:
    """So many bidders within so many seconds before the deadline, and so many large uploads beside them."""
    chance = random.Random(seed)
    with clusters.alone() as cluster, process.site_on(cluster.address, cluster.home.parent / "site"):
        from benchmarks.api import served
        from tests.faults import judge, world
        from yangcai.tendering import finalise

        tender = world.announced()
        asked = world.requests(tender, bidders)
        devices = [tender.device() for _ in range(uploads)]
        operator = cluster.superuser()
        operator.execute("SET session_replication_role = replica")  # past the triggers
        operator.execute("DELETE FROM kernel_sandboxclock")  # from here on the database keeps its own time
        now = datetime.datetime.now(datetime.UTC)
        with served() as port:
            prepared = _prepared(asked, now)
            loads = [_upload(tender, device, now) for device in devices]
            _wake(port)
            deadline = time.time() + within + 2
            closes_at = datetime.datetime.fromtimestamp(deadline, datetime.UTC)
            moved = "UPDATE cases_period SET closes_at = %s WHERE case_id = %s AND stage = 'submission'"
            assert operator.execute(moved, [closes_at, tender.case.pk]).rowcount == 1
            operator.close()
            for bidder in prepared:
                late = chance.random() < TOO_LATE
                bidder.at = deadline + (chance.uniform(0, 0.5) if late else -chance.uniform(0, within))
            prepared.sort(key=lambda bidder: bidder.at)
            over = threading.Event()
            lines = [Line(port, prepared[n::LINES], deadline + 60) for n in range(LINES)]
            reading, beside = _Reading(port, over), [_Uploading(port, load, deadline) for load in loads]
            for thread in (*lines, reading, *beside):
                thread.start()
            for line in lines:
                line.join()
            over.set()
            for thread in (reading, *beside):
                thread.join(timeout=60)
        journal = judge.Journal()
        for bidder in prepared:
            if bidder.note:
                journal.acknowledged(bidder.upload, bidder.note)
        finalise.note_in(now=now)
        waits = sorted(bidder.seconds for bidder in prepared if bidder.note)
        refused = [bidder for bidder in prepared if bidder.status == http.client.CONFLICT]
        return {
            **dataclasses.asdict(judge.judged(journal)),
            "bidders": bidders,
            "refused_late": len(refused),
            "unanswered": bidders - len(refused) - len(journal),
            "late_taken": sum(_received(bidder.note) >= closes_at for bidder in prepared if bidder.note),
            "early_refused": sum(bidder.answered_at < deadline for bidder in refused),
            "tries": sum(bidder.tries for bidder in prepared),
            "finalise_p50_seconds": round(statistics.median(waits), 3),
            "finalise_p99_seconds": round(waits[min(len(waits) - 1, len(waits) * 99 // 100)], 3),
            "page_p95_seconds": round(statistics.quantiles(reading.seconds, n=20)[-1], 3),
            "pages_read": len(reading.seconds),
            "uploaded_mb": sum(one.sent for one in beside) // 2**20,
            "upload_errors": sum(one.errors for one in beside),
        }


def _received(note: str) -> datetime.datetime:
    from tests.tendering.sealing_walk import body_of
    from yangcai.kernel.encoding import read_timestamp

    return read_timestamp(body_of(note)["received"])


def _prepared(asked: list[Any], now: datetime.datetime) -> list[Bidder]:
    """Each with a key and a token of its own, its statement signed."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from tests.tendering.sealing_walk import CLIENT, I1
    from yangcai.kernel.encoding import base64_of
    from yangcai.parties.models import ApiToken
    from yangcai.sealing.envelope import Imprint
    from yangcai.sealing.header import Header
    from yangcai.sealing.sealer import statement_for
    from yangcai.sealing.statement import signed
    from yangcai.sealing.suites import Pair
    from yangcai.tendering.models import BidUpload, SigningKey

    uploads = BidUpload.objects.in_bulk([request.upload for request in asked])
    keys, tokens, found = [], [], []
    for request in asked:
        upload, private = uploads[request.upload], Ed25519PrivateKey.generate()
        public, token = private.public_key().public_bytes_raw(), secrets.token_urlsafe(32)
        keys.append(SigningKey(post_id=upload.post_id, public_key=base64_of(public), registered_at=now))
        digest = hashlib.sha256(token.encode()).hexdigest()
        expires = now + datetime.timedelta(days=1)
        tokens.append(
            ApiToken(post_id=upload.post_id, digest=digest, label="storm", created_at=now, expires_at=expires)
        )
        imprint = Imprint(bytes.fromhex(request.envelope), request.size)
        idem = bytes.fromhex(request.idem)
        said = statement_for(Header.parse(upload.header.encode()), imprint, client=CLIENT, idem=idem)
        body = signed(said, suite=I1, keys=Pair(private.private_bytes_raw(), public)).content
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        found.append(Bidder(upload.pk, f"/sbp/v1/submissions/{upload.sid}/finalise", body, headers, at=0.0))
    SigningKey.objects.bulk_create(keys)
    ApiToken.objects.bulk_create(tokens)
    return found


def _upload(tender: Any, device: Any, now: datetime.datetime) -> tuple[str, dict[str, str]]:
    """A session for parts, and who sends them."""
    from tests.api.support import token_of
    from yangcai.tendering import policies
    from yangcai.tendering.models import BidUpload

    upload = BidUpload.objects.create(
        sid=uuid.uuid4(),
        lot=tender.lot,
        supplier=device.post.organisation,
        post=device.post,
        policy=policies.in_force(tender.lot),
        idem=secrets.token_hex(16),
        begun_at=now,
    )
    return str(upload.sid), {"Authorization": f"Bearer {token_of(device.post, now=now)}"}


def _wake(port: int) -> None:
    """Every thread of every worker has its connection."""
    for _time in range(24):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/")
        connection.getresponse().read()
        connection.close()


class _Reading(threading.Thread):
    """Somebody reads pages, one after the other."""

    def __init__(self, port: int, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.over = port, over
        self.seconds: list[float] = []

    def run(self) -> None:
        while not self.over.wait(0.1):
            began = time.time()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            connection.request("GET", "/notices/" if len(self.seconds) % 2 else "/")
            connection.getresponse().read()
            connection.close()
            self.seconds.append(time.time() - began)


class _Uploading(threading.Thread):
    """Parts of an envelope of 500 MB, one after the other until the deadline; whatever is under way then is refused."""

    def __init__(self, port: int, session: tuple[str, dict[str, str]], until: float) -> None:
        super().__init__(daemon=True)
        (self.sid, self.headers), self.until = session, until
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.sent = self.errors = 0

    def run(self) -> None:
        number = 0
        while time.time() < self.until:
            number = number % 60 + 1
            part = secrets.token_bytes(PART)
            headers = {**self.headers, "Content-SHA256": hashlib.sha256(part).hexdigest()}
            try:
                self.connection.request("PUT", f"/sbp/v1/submissions/{self.sid}/parts/{number}", part, headers)
                answer = self.connection.getresponse()
                answer.read()
                is_taken = answer.status == http.client.OK
            except (OSError, http.client.HTTPException):
                self.connection.close()
                is_taken = False
            self.sent += PART * is_taken
            self.errors += not is_taken and time.time() < self.until
        self.connection.close()
