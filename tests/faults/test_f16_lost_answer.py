"""F16: does a client whose answer got lost after the commit get the same receipt when it asks again?"""

import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api.support import token_of
from tests.faults.judge import Journal, judged, submitted
from tests.tendering.sealing_walk import SealedTender
from yangcai.cli.sealed.line import Line
from yangcai.kernel import clock
from yangcai.tendering.models import Bid

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_a_lost_answer_is_asked_for_again_and_is_the_same(
    tells: Any, lossy: Lossy, monkeypatch: pytest.MonkeyPatch
) -> None:
    tender = SealedTender().announced()
    monkeypatch.setattr(clock, "now", lambda: tender.now)
    device = tender.device()
    upload = tender.sealed(device)
    line = Line(lossy.address, token_of(device.post, now=tender.now))
    headers = {"Content-Type": "application/json"}
    receipt = line.ask("POST", f"/submissions/{upload.sid}/finalise", device.statement().content, headers)
    line.connection.close()
    journal = Journal()
    journal.acknowledged(upload.pk, receipt.decode())
    verdict = judged(journal)
    tells(swallowed=lossy.swallowed, acknowledged=verdict.acknowledged, differing=verdict.differing)
    assert lossy.swallowed == 1 and verdict.is_whole
    assert Bid.objects.count() == submitted() == 1
