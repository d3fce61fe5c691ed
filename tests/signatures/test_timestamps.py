"""Does the demo's authority answer as RFC 3161 has it, and does one by HTTP answer in time or not at all?"""

import hashlib
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp

from tests.dripping import dripping
from tests.signatures import papers
from tests.signatures.papers import STAMPED
from yangcai.kernel.signatures.timestamps import REPLY, HttpTimestamps, Unavailable, status_of
from yangcai.kernel.signatures.verification import verify

IMPRINT = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(b"paper").digest()}


def request(**changed: Any) -> bytes:
    asked = {"version": "v1", "message_imprint": IMPRINT, "nonce": 7, "cert_req": True, **changed}
    return bytes(tsp.TimeStampReq({name: value for name, value in asked.items() if value is not None}).dump())


@pytest.mark.parametrize("kind", ["ec", "rsa"])
@pytest.mark.skipif(not shutil.which("openssl"), reason="OpenSSL's program is not installed")
def test_openssl_verifies_its_answer(kind: str, tmp_path: Path) -> None:
    (tmp_path / "asked").write_bytes(request())
    (tmp_path / "answer").write_bytes(papers.stamps(kind=kind).answer(request()))
    (tmp_path / "root.pem").write_bytes(papers.roots()[0])
    verified = ["openssl", "ts", "-verify", "-queryfile", "asked", "-in", "answer", "-CAfile", "root.pem"]
    told = subprocess.run(verified, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert "Verification: OK" in told.stdout + told.stderr
    (tmp_path / "asked").write_bytes(request(nonce=8))
    told = subprocess.run(verified, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert "Verification: OK" not in told.stdout + told.stderr


def test_it_gives_the_time_it_is_told_the_nonce_and_the_certificate_only_when_asked() -> None:
    reply = tsp.TimeStampResp.load(papers.stamps().answer(request()))
    told = reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    assert told["gen_time"].native == STAMPED and told["nonce"].native == 7
    assert len(reply["time_stamp_token"]["content"]["certificates"]) == 1  # its own, never the chain
    bare = tsp.TimeStampResp.load(papers.stamps().answer(request(cert_req=None, nonce=None)))
    assert not bare["time_stamp_token"]["content"]["certificates"].native
    serials = {
        tsp.TimeStampResp.load(papers.stamps().answer(request()))["time_stamp_token"]["content"]["encap_content_info"][
            "content"
        ]
        .parsed["serial_number"]
        .native
        for _ in range(3)
    }
    assert len(serials) == 3


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (b"nonsense", "bad_data_format"),
        (request() + b"\0", "bad_data_format"),
        (request(message_imprint={**IMPRINT, "hashed_message": b"short"}), "bad_alg"),
        (request(message_imprint={**IMPRINT, "hash_algorithm": {"algorithm": "md5"}}), "bad_alg"),
        (request(req_policy="1.2.3.4"), "unaccepted_policy"),
        (request(extensions=[{"extn_id": "1.2.3.4", "extn_value": b"x"}]), "unaccepted_extensions"),
    ],
    ids=["nonsense", "more_follows", "wrong_length", "weak_digest", "other_policy", "extension"],
)
def test_what_is_no_sound_request_is_rejected_and_says_why(asked: bytes, why: str) -> None:
    assert status_of(papers.stamps().answer(asked)) == ("rejection", why)


@contextmanager
def served(*, status: int = 200, kind: str = REPLY, garbled: bool = False) -> Iterator[str]:
    """An authority by HTTP on the loopback address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            answer = b"garbled" if garbled else papers.stamps().answer(asked)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/stamp"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_paper_is_stamped_by_http() -> None:
    with served() as url:
        made = papers.sign(timestamps=HttpTimestamps(url, seconds=20))
    assert verify(made, trust=papers.roots()).is_valid


@pytest.mark.parametrize("fault", [{"status": 503}, {"kind": "text/html"}, {"garbled": True}])
def test_an_authority_that_answers_wrongly_stamps_nothing(fault: dict[str, Any]) -> None:
    with served(**fault) as url, pytest.raises(Unavailable):
        papers.sign(timestamps=HttpTimestamps(url, seconds=20))


def test_nobody_there_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(Unavailable):
        HttpTimestamps(f"http://127.0.0.1:{port}/", seconds=2).answer(request())


def test_an_authority_that_drips_is_given_up_in_time() -> None:
    """Each byte comes in time, the whole never."""
    with dripping("Content-Type: application/timestamp-reply") as address:
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            HttpTimestamps(f"{address}/", seconds=0.4).answer(request())
        assert time.monotonic() - begun < 5
