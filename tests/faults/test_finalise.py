"""F1, F12, F15, F16, F17: whatever dies, repeats, gets lost or comes in disorder, is there one bid with one receipt?

The judge is what clients were told: every receipt that somebody holds is that of a bid that is there.
"""

import datetime
import io
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests.api.support import token_of
from tests.faults.finalising import POINTS
from tests.faults.test_crash import at_once
from tests.tendering.sealing_walk import Device, SealedTender
from tests.tendering.walk import CLOSES, set_database_clock
from yangcai.cli.sealed.line import Line
from yangcai.kernel import clock
from yangcai.kernel.encoding import digest
from yangcai.kernel.models import Entry, LeafSecret
from yangcai.sealing.statement import Client
from yangcai.tendering import envelopes, finalise
from yangcai.tendering.models import Bid, BidUpload, SealedBid

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


def submitted() -> int:
    """Lines of the log that commit to a bid."""
    return sum(json.loads(bytes(secret.body))["t"] == "submit" for secret in LeafSecret.objects.all())


# --- F1 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_f1_a_client_that_dies_anywhere_has_one_bid_or_none_and_one_receipt(tmp_path: Path) -> None:
    tender = SealedTender().announced()
    cases = [f"{point}:{how}" for point in POINTS for how in ("kill", "error")]
    requests = []
    for _case in cases:
        device = tender.device()
        upload = tender.sealed(device)
        requests.append(
            {
                "upload": upload.pk,
                "post": device.post.pk,
                "now": tender.now.isoformat(),
                "message": device.statement().content.decode(),
            }
        )
    file = tmp_path / "requests"
    file.write_text("".join(json.dumps(request) + "\n" for request in requests))
    journal = _run(file, cases)
    assert [one["case"] for one in journal] == cases
    for request, one in zip(requests, journal, strict=True):
        assert one["ended"] == (-signal.SIGKILL if one["case"].endswith("kill") else 3), one
        assert one["again"] == 0, one
        sealed = SealedBid.objects.get(upload=request["upload"])
        assert {json.loads(note) for note in one["told"]} == {sealed.note}, one
    assert Bid.objects.count() == SealedBid.objects.count() == submitted() == len(cases)
    assert not Bid.objects.filter(replaced_at__isnull=False).exists()
    assert Entry.objects.filter(action="bid.submit", outcome="done").count() == len(cases)
    assert finalise.note_in(now=tender.now) == 0


def _run(file: Path, cases: list[str]) -> list[dict[str, Any]]:
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}")),
        "DJANGO_SETTINGS_MODULE": "yangcai.settings",
        "YANGCAI_SANDBOX": "1",  # the database's clock stands for this process too
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.faults.finalising", str(file), *cases]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


# --- F5: what PostgreSQL says when its standby was not waited for -----------------------------------------------------


def test_f5_no_receipt_is_given_for_what_may_be_on_one_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled wait for the standby returns like any commit, with a warning: that one is not a receipt."""
    tender = SealedTender().announced()
    device = tender.device()
    upload = tender.sealed(device)
    asked = finalise.request_of(upload, device.statement(), by=device.post, now=tender.now)
    ordinary = finalise.receive

    def warned(requests: Sequence[finalise.Request]) -> list[finalise.Outcome]:
        taken = ordinary(requests)
        with connection.cursor() as cursor:
            cursor.execute(
                "DO $$ BEGIN RAISE WARNING '%', 'canceling wait for synchronous replication due to …'; END $$"
            )
        return taken

    monkeypatch.setattr(finalise, "receive", warned)
    for _try in range(2):
        with pytest.raises(finalise.NotDurable):
            finalise.finalise(asked)
    monkeypatch.setattr(finalise, "receive", ordinary)
    taken = finalise.finalise(asked)
    assert taken.again and taken.note == SealedBid.objects.get().note
    assert Bid.objects.count() == submitted() == 1


# --- F12 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("off", [-86400, -3600, 3600, 86400])
def test_f12_only_the_databases_clock_decides(off: int) -> None:
    tender = SealedTender().announced()
    early, late = tender.device(), tender.device()
    uploads = [tender.sealed(device) for device in (early, late)]
    wrong = datetime.timedelta(seconds=off)
    set_database_clock(CLOSES - datetime.timedelta(microseconds=1))
    taken = finalise.finalise(finalise.request_of(uploads[0], early.statement(), by=early.post, now=CLOSES + wrong))
    assert f"received {CLOSES - datetime.timedelta(microseconds=1):%Y}" in taken.note
    set_database_clock(CLOSES)
    with pytest.raises(finalise.TooLate):
        finalise.finalise(finalise.request_of(uploads[1], late.statement(), by=late.post, now=CLOSES + wrong))
    assert Bid.objects.count() == 1


# --- F15 --------------------------------------------------------------------------------------------------------------


def test_f15_fifty_times_the_same_key_is_one_bid_and_another_body_is_refused() -> None:
    tender = SealedTender().announced()
    device = tender.device()
    upload = tender.sealed(device)
    same, other = device.statement(), device.statement(client=Client("other", "2", bytes(32)))
    asked = [finalise.request_of(upload, message, by=device.post, now=tender.now) for message in (same, other)]

    def ask(index: int) -> Any:
        try:
            return finalise.finalise(asked[0]).note
        except finalise.Mismatch as mismatch:
            return mismatch

    notes = at_once(50, ask)
    sealed = SealedBid.objects.get()
    assert notes == [sealed.note] * 50
    assert Bid.objects.count() == submitted() == 1
    with pytest.raises(finalise.Mismatch):
        finalise.finalise(asked[1])


def test_f15_of_two_statements_at_the_same_moment_one_is_taken_and_the_other_refused() -> None:
    tender = SealedTender().announced()
    device = tender.device()
    upload = tender.sealed(device)
    messages = [device.statement(client=Client("client", str(n), bytes(32))) for n in range(2)]
    asked = [finalise.request_of(upload, message, by=device.post, now=tender.now) for message in messages]

    def ask(index: int) -> Any:
        try:
            return finalise.finalise(asked[index % 2]).note
        except finalise.Mismatch:
            return "SB002"

    told = at_once(12, ask)
    sealed = SealedBid.objects.get()
    won = [request.statement for request in asked].index(sealed.statement)
    assert told == [sealed.note if index % 2 == won else "SB002" for index in range(12)]


def test_f15_a_suppliers_two_devices_at_once_leave_one_live_bid() -> None:
    tender = SealedTender().announced()
    first = tender.device()
    uploads = []
    for price in ("900000.00", "890000.00"):
        upload = tender.sealed(first, price)
        uploads.append(finalise.request_of(upload, first.statement(), by=first.post, now=tender.now))
    notes = at_once(2, lambda index: finalise.finalise(uploads[index]).note)
    assert len(set(notes)) == 2
    assert sorted(Bid.objects.values_list("revision", flat=True)) == [1, 2]
    assert Bid.objects.filter(replaced_at__isnull=True).get().revision == 2


# --- F16 --------------------------------------------------------------------------------------------------------------


class Lossy(threading.Thread):
    """A proxy that swallows the first answer to each request for a receipt, after the server has given it."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.target, self.swallowed = (host, port), 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                incoming, _peer = self.server.accept()
            except OSError:
                return
            with incoming:
                self.serve(incoming)

    def serve(self, incoming: socket.socket) -> None:
        while request := self._whole(incoming):
            head, _gap, body = request.partition(b"\r\n\r\n")
            with socket.create_connection(self.target) as outgoing:
                outgoing.sendall(head + b"\r\nConnection: close\r\n\r\n" + body)
                answer = b"".join(iter(lambda: outgoing.recv(65536), b""))
            if b"/finalise " in head and not self.swallowed:
                self.swallowed += 1
                return  # the answer was there, and never arrives
            incoming.sendall(answer)
            return

    @staticmethod
    def _whole(incoming: socket.socket) -> bytes:
        content = b""
        while b"\r\n\r\n" not in content:
            if not (piece := incoming.recv(65536)):
                return b""
            content += piece
        head, _gap, body = content.partition(b"\r\n\r\n")
        lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        while len(body) < int(lines.get(b"content-length", b"0")):
            body += incoming.recv(65536)
        return head + b"\r\n\r\n" + body


@pytest.fixture
def lossy(live_server: Any) -> Iterator[Lossy]:
    parts = urlsplit(live_server.url)
    proxy = Lossy(parts.hostname, parts.port)
    proxy.start()
    yield proxy
    proxy.server.close()


def test_f16_a_lost_answer_is_asked_for_again_and_is_the_same(lossy: Lossy, monkeypatch: pytest.MonkeyPatch) -> None:
    tender = SealedTender().announced()
    monkeypatch.setattr(clock, "now", lambda: tender.now)
    device = tender.device()
    upload = tender.sealed(device)
    line = Line(lossy.address, token_of(device.post, now=tender.now))
    headers = {"Content-Type": "application/json"}
    receipt = line.ask("POST", f"/submissions/{upload.sid}/finalise", device.statement().content, headers)
    line.connection.close()
    assert lossy.swallowed == 1
    assert receipt.decode() == SealedBid.objects.get().note
    assert Bid.objects.count() == submitted() == 1


# --- F17 --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def noise() -> bytes:
    """What makes an envelope of three parts."""
    return random.Random(17).randbytes(2 * envelopes.PART + 1000)


@pytest.mark.parametrize("seed", range(4))
def test_f17_disorder_is_never_verified_and_can_be_mended_a_day_later(seed: int, noise: bytes) -> None:
    """Parts come in any order, twice, damaged, not at all or in another's place; then the client resumes."""
    chance = random.Random(seed)
    tender = SealedTender().announced()
    device = tender.device()
    upload = _begun(tender, device, noise)
    parts = [device.content[at : at + envelopes.PART] for at in range(0, len(device.content), envelopes.PART)]
    assert len(parts) == 3
    kept: dict[int, bytes] = {}
    for _step in range(6):
        number, content = chance.randint(1, 4), chance.choice(parts)
        if chance.random() < 0.3:
            with pytest.raises(envelopes.BadPart):
                _put(tender, upload, number, content, said=digest(secrets.token_bytes(8)).hex())
            continue
        _put(tender, upload, number, content)
        kept[number] = content
    assert envelopes.numbers(upload) == sorted(kept)
    if [kept.get(n) for n in range(1, 5)] != [*parts, None]:
        with pytest.raises(ValueError):
            envelopes.verify(upload, header=device.header.content, now=tender.now)
        assert BidUpload.objects.get(pk=upload.pk).verified_at is None
    tender.now += datetime.timedelta(days=1)
    if 4 in kept:  # what is too many cannot be taken back: a new session begins
        device.idem = secrets.token_bytes(16)
        upload = tender.do("bid.upload", tender.lot, device.post, idem=device.idem.hex()).value
    for number, content in enumerate(parts, start=1):
        _put(tender, upload, number, content)
    verified = envelopes.verify(upload, header=device.header.content, now=tender.now)
    assert verified.envelope_id == device.imprint.env_digest.hex()


def _begun(tender: SealedTender, device: Device, noise: bytes) -> BidUpload:
    device.seal(tender.policy(), {"price": "900000.00"}, files={"noise.bin": noise}, recovery="auto")
    return tender.do("bid.upload", tender.lot, device.post, idem=device.idem.hex()).value


def _put(tender: SealedTender, upload: BidUpload, number: int, content: bytes, *, said: str = "") -> None:
    named, stream = said or digest(content).hex(), io.BytesIO(content)
    envelopes.take_part(upload, number=number, digest=named, stream=stream, now=tender.now)
