"""Does a sealed bid come in over a line that breaks, and is a receipt looked at before it is believed?"""

import errno
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sealed.support import SUBMISSION, Command, release, release_own, seal
from tests.sealing import fixed
from yangcai.cli import console
from yangcai.cli.sealed import line
from yangcai.sealing.digests import PART
from yangcai.sealing.receipt import Receipt
from yangcai.sealing.statement import Message, Submit, Withdraw


class Platform(BaseHTTPRequestHandler):
    """The doors of SBP/1 §2.5 with nothing behind them, on a line that breaks."""

    protocol_version = "HTTP/1.1"  # the line stays open
    parts: dict[int, bytes]
    asked: list[str]
    breaks: int
    finalise: tuple[int, bytes]

    def log_message(self, *_args: object) -> None:
        """Quiet."""

    def answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self.answer(200, json.dumps(sorted(self.parts)).encode())

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        number = int(self.path.rsplit("/", 1)[1])
        kind = type(self)
        kind.asked.append(self.path)
        if kind.breaks:
            kind.breaks -= 1
            self.close_connection = True
            return
        assert hashlib.sha256(content).hexdigest() == self.headers["Content-SHA256"]
        self.parts[number] = content
        self.answer(200, b"{}")

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        kind = type(self)
        kind.asked.append(self.path)
        if self.headers["Authorization"] != "Bearer secret":
            self.answer(401, b'{"title":"who are you?","type":"/problems/unauthorized"}')
        elif self.path.endswith("/submissions"):
            self.answer(201, json.dumps({"sid": "s1", "part_size": PART}).encode())
        elif self.path.endswith("/finalise"):
            Message.parse(content)
            self.answer(*kind.finalise)
        else:
            self.answer(200, b'{"state":"VERIFIED"}')


@pytest.fixture
def platform() -> Iterator[tuple[str, type[Platform]]]:
    kind = type("Ours", (Platform,), {"parts": {}, "asked": [], "breaks": 0, "finalise": (201, b"")})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", kind
        server.shutdown()
        thread.join()


def receipt_for(folder: Path, **changed: object) -> bytes:
    """A note as the platform answers, with a signature that nobody looks at here."""
    said = Message.parse((folder / "out" / "bid.submit.json").read_bytes()).statement
    assert isinstance(said, Submit)
    fields = {
        name: getattr(said, name)
        for name in ("tender", "rev", "lot", "cover", "round", "supplier", "header_sha256", "env_digest", "env_len")
    }
    more = {"submission": SUBMISSION, "seq": 1, "received_at": fixed.DEADLINE, "deadline": fixed.DEADLINE}
    receipt = Receipt(**(fields | more | {"leaf": bytes(32)} | changed))  # type: ignore[arg-type]
    return f"{receipt.text}\n— somewhere/sbp-receipt AAAA\n".encode()


def submit(command: Command, folder: Path, server: str, code: int = 0) -> dict[str, Any]:
    (folder / "token").write_text("secret\n")
    return command(
        *["bid", "submit", "--server", server, "--envelope", folder / "out" / "bid.sbe"],
        *["--statement", folder / "out" / "bid.submit.json", "--out", folder / "receipt"],
        *["--token-file", folder / "token"],
        code=code,
    )


def test_a_bid_is_submitted_in_parts_over_a_line_that_breaks(
    bid: Path, command: Command, platform: tuple[str, type[Platform]]
) -> None:
    server, kind = platform
    (bid / "files" / "large.bin").write_bytes(os.urandom(PART + 100))
    for path in (bid / "out").iterdir():
        path.unlink()
    seal(command, bid)
    kind.finalise = (201, receipt_for(bid))
    kind.breaks = line.TRIES
    submit(command, bid, server, code=console.NOT_MET)  # the line stays broken
    assert not kind.parts
    kind.breaks = 2
    assert submit(command, bid, server)["parts_sent"] == 2
    assert b"".join(kind.parts[n] for n in sorted(kind.parts)) == (bid / "out" / "bid.sbe").read_bytes()
    assert (bid / "receipt").read_bytes() == kind.finalise[1]
    assert kind.asked[-2:] == ["/sbp/v1/submissions/s1/check", "/sbp/v1/submissions/s1/finalise"]
    (bid / "receipt").unlink()
    assert submit(command, bid, server)["parts_sent"] == 0  # again: nothing is sent twice, the same receipt


def test_a_receipt_that_finds_no_place_is_not_lost_and_where_it_has_none_nothing_is_sent(
    bid: Path, command: Command, platform: tuple[str, type[Platform]], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, kind = platform
    kind.finalise = (201, receipt_for(bid))
    (bid / "token").write_text("secret")
    sent = ["bid", "submit", "--server", server, "--token-file", bid / "token", "--envelope", bid / "out" / "bid.sbe"]
    sent += ["--statement", bid / "out" / "bid.submit.json", "--out"]
    command(*sent, bid / "nowhere" / "receipt", code=console.USAGE)
    assert not kind.asked

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        found = command(*sent, bid / "receipt", code=console.PARTIAL)
    assert found["note"].encode() == kind.finalise[1] and "已递交" in found["errors"][0]
    assert not (bid / "receipt").exists()  # half a file would stand in the way of the whole one
    command(*sent, bid / "receipt")
    assert (bid / "receipt").read_bytes() == kind.finalise[1]


def test_what_the_platform_refuses_with_is_said(
    bid: Path, command: Command, platform: tuple[str, type[Platform]]
) -> None:
    server, kind = platform
    kind.finalise = (409, json.dumps({"title": "投标已经截止", "type": "/problems/SB001"}).encode())
    assert submit(command, bid, server, code=console.NOT_MET)["errors"] == ["投标已经截止 [SB001]"]
    assert not (bid / "receipt").exists()


@pytest.mark.parametrize("token", [b"", b"\xff\xfe", "令牌".encode(), b"two words", b"two\nlines"])
def test_what_is_no_token_is_said_before_anything_is_sent(bid: Path, command: Command, token: bytes) -> None:
    (bid / "token").write_bytes(token)
    (bid / "said.json").write_bytes(Message(Withdraw(fixed.TENDER, SUBMISSION, bytes(16)), bytes(64)).content)
    sent = ["bid", "send", bid / "said.json", "--server", "https://x.invalid", "--token-file", bid / "token"]
    assert "令牌" in command(*sent, code=console.USAGE)["errors"][0]


@pytest.mark.parametrize("server", ["http://platform.example", "ftp://127.0.0.1", "127.0.0.1"])
def test_a_token_goes_to_no_address_that_is_not_safe(bid: Path, command: Command, server: str) -> None:
    submit(command, bid, server, code=console.USAGE)


def test_another_envelope_than_the_one_signed_for_is_not_sent(
    bid: Path, command: Command, platform: tuple[str, type[Platform]]
) -> None:
    server, kind = platform
    seal(command, bid, out="second")
    (bid / "second" / "bid.sbe").replace(bid / "out" / "bid.sbe")
    submit(command, bid, server, code=console.VERIFICATION_FAILED)
    assert kind.asked == []


@pytest.mark.parametrize("changed", [{"env_len": 1}, {"header_sha256": bytes(32)}, {"supplier": "91620100MA7XY12346"}])
def test_a_receipt_for_another_bid_is_kept_and_not_believed(
    bid: Path, command: Command, platform: tuple[str, type[Platform]], changed: dict[str, object]
) -> None:
    server, kind = platform
    kind.finalise = (201, receipt_for(bid, **changed))
    submit(command, bid, server, code=console.VERIFICATION_FAILED)
    assert (bid / "receipt").read_bytes() == kind.finalise[1]


def test_a_withdrawal_and_a_release_are_signed_and_sent_to_their_doors(
    bid: Path, command: Command, platform: tuple[str, type[Platform]]
) -> None:
    server, kind = platform
    (bid / "token").write_text("secret")
    asked = ["--envelope", bid / "out" / "bid.sbe", "--key", bid / "supplier.key"]
    asked += ["--passphrase-file", bid / "words", "--submission", SUBMISSION]
    command("bid", "withdraw", *asked, "--out", bid / "withdraw.json")
    confirmed = command("bid", "reconfirm", *asked, "--rev", 2, "--out", bid / "reconfirm.json")
    assert (confirmed["t"], confirmed["rev"]) == ("reconfirm", 2)
    command("bid", "withdraw", *asked[:-1], "no-uuid", "--out", bid / "x.json", code=console.VERIFICATION_FAILED)
    release_own(command, bid)
    release(command, bid, 2)
    for who, name in (
        ("bid", "out/release-own"),
        ("trustee", "out/release-2"),
        ("bid", "withdraw"),
        ("bid", "reconfirm"),
    ):
        command(who, "send", bid / f"{name}.json", "--server", server, "--token-file", bid / "token")
    assert kind.asked == [
        f"/sbp/v1/opening/{fixed.TENDER}/supplier-release",
        f"/sbp/v1/opening/{fixed.TENDER}/trustee-release",
        f"/sbp/v1/submissions/{SUBMISSION}/withdraw",
        f"/sbp/v1/submissions/{SUBMISSION}/reconfirm",
    ]
    wrong = ["bid", "send", bid / "out" / "bid.submit.json", "--server", server, "--token-file", bid / "token"]
    command(*wrong, code=console.USAGE)
