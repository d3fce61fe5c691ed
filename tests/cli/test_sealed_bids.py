"""Does a bid go from files to the opening by the command line alone, and does each command refuse what it should?"""

import dataclasses
import datetime
import hashlib
import json
import os
import re
import shlex
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string

from tests.sealing import closed, fixed
from yangcai import cli
from yangcai.cli import console
from yangcai.cli.sealed import client, keys, line, passphrases, releasing
from yangcai.sealing import key_file, lock
from yangcai.sealing.digests import PART
from yangcai.sealing.envelope import Envelope
from yangcai.sealing.header import Header
from yangcai.sealing.opening import close_set
from yangcai.sealing.policy import Policy, Trustee
from yangcai.sealing.receipt import Receipt
from yangcai.sealing.statement import Message, Release, Submit

SUBMISSION = "5f0c1d2e-7a6b-4c5d-8e9f-0a1b2c3d4e5f"
WORDS = "correct horse battery staple"
Command = Callable[..., dict[str, Any]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs one command with --json: its answer, with the exit code."""

    def run(*arguments: object, code: int = 0) -> dict[str, Any]:
        given = [str(argument) for argument in arguments]
        assert cli.main([*given, "--json", "--quiet"]) == code, capsys.readouterr()
        answer = json.loads(capsys.readouterr().out)
        return {**answer["data"], "errors": answer["errors"], "warnings": answer["warnings"]}

    return run


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock of one round: how long 600,000 take is no business of these tests."""
    monkeypatch.setattr(lock, "ITERATIONS", 1)
    monkeypatch.setattr(lock.by_passphrase, "__kwdefaults__", {"iterations": 1})


@pytest.fixture
def bid(tmp_path: Path, command: Command) -> Path:
    """A folder with the keys of five trustees and a supplier, a policy, and a sealed bid in out/."""
    (tmp_path / "words").write_text(f"{WORDS}\n")
    words = ["--passphrase-file", tmp_path / "words"]
    trustees = []
    for x, role in enumerate(fixed.ROLES, start=1):
        made = key_file.created(holder="trustee", code="I1", passphrase=WORDS, chance=fixed.chance(role))
        (tmp_path / f"t{x}.key").write_bytes(made.content)
        trustees.append(Trustee(x, role, f"机构{x}", made.public["wrap"], made.public["sig"]))
    (tmp_path / "policy.json").write_bytes(fixed.policy(trustees=tuple(trustees), witness_policy=closed.ALONE).content)
    command("bid", "keygen", "--out", tmp_path / "supplier.key", *words)
    (tmp_path / "price.json").write_text(json.dumps(fixed.PRICE, indent=1))
    files = tmp_path / "files"
    files.mkdir()
    for source in fixed.FILES:
        (files / source.name).write_bytes(source.open().read())
    seal(command, tmp_path)
    return tmp_path


def seal(command: Command, folder: Path, *more: object, out: str = "out", code: int = 0) -> dict[str, Any]:
    words = folder / "words"
    return command(
        *["bid", "seal", folder / "files", "--policy", folder / "policy.json", "--price", folder / "price.json"],
        *["--supplier", fixed.SUPPLIER, "--key", folder / "supplier.key", "--key-passphrase-file", words],
        *["--out", folder / out, "--passphrase-file", words, *more],
        code=code,
    )


def proof_of_close(folder: Path, *digests: bytes) -> Path:
    """The line that closed this set, or that of the one bid, and its way into the log."""
    if not digests:
        with (folder / "out" / "bid.sbe").open("rb") as stream:
            digests = (Envelope(stream).header.sha256,)
    found = close_set(list(digests))
    path = folder / "close.tlog-proof"
    path.write_text(closed.proof_of(closed.body(Policy.parse((folder / "policy.json").read_bytes()), found)))
    return path


def release(command: Command, folder: Path, x: int, *more: object, code: int = 0) -> dict[str, Any]:
    """Trustee x releases its share of the one bid."""
    return command(
        *["trustee", "release", folder / "out" / "bid.sbe", *more, "--policy", folder / "policy.json"],
        *["--key", folder / f"t{x}.key", "--passphrase-file", folder / "words", "--close-leaf", 41],
        *["--out", folder / "out" / f"release-{x}.json", "--close-proof", proof_of_close(folder)],
        code=code,
    )


def release_own(command: Command, folder: Path, code: int = 0) -> dict[str, Any]:
    words = folder / "words"
    return command(
        *["bid", "release", "--policy", folder / "policy.json", "--envelope", folder / "out" / "bid.sbe"],
        *[
            "--opening",
            folder / "out" / "bid.sbo",
            "--key",
            folder / "supplier.key",
            "--close-proof",
            proof_of_close(folder),
        ],
        *["--passphrase-file", words, "--key-passphrase-file", words, "--out", folder / "out" / "release-own.json"],
        code=code,
    )


def opened(command: Command, folder: Path, *more: object, code: int = 0) -> dict[str, Any]:
    found = command("open", folder / "out", "--policy", folder / "policy.json", *more, code=code)
    return {**found["bids"][0], "warnings": found["warnings"]}


def test_from_files_to_the_opening(bid: Path, command: Command) -> None:
    assert release_own(command, bid)["shares"] == 2
    assert opened(command, bid, code=console.VERIFICATION_FAILED)["fault"] == "too_few_shares"
    release(command, bid, 2)
    release(command, bid, 4)
    found = opened(command, bid, "--out", bid / "opened")
    assert (found["fault"], found["price"], found["supplier"]) == (None, fixed.PRICE, fixed.SUPPLIER)
    written = {path.name: path.read_bytes() for path in (bid / "opened" / "bid").iterdir()}
    assert written == {source.name: source.open().read() for source in fixed.FILES}
    again = command("open", bid / "out", "--policy", bid / "policy.json", "--out", bid / "opened", code=5)
    assert "bid" in again["errors"][0]  # what was opened is not overwritten


def test_four_trustees_open_without_the_supplier_and_the_platform_is_never_the_first(
    bid: Path, command: Command
) -> None:
    release(command, bid, 1, code=console.NOT_PERMITTED)
    for x in (2, 3, 5):
        release(command, bid, x)
    release(command, bid, 1, "--after", bid / "out" / "release-3.json")
    assert opened(command, bid)["fault"] is None
    assert not (bid / "opened").exists()  # only checked


def test_nothing_is_released_before_its_time(bid: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    early = fixed.DEADLINE - datetime.timedelta(microseconds=1)
    monkeypatch.setattr(releasing, "now", lambda: early)
    release(command, bid, 2, code=console.VERIFICATION_FAILED)
    release_own(command, bid, code=console.VERIFICATION_FAILED)
    assert not list((bid / "out").glob("release*"))


def test_a_revision_that_was_not_given_makes_no_bid_unreadable(
    bid: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bid sealed before the deadline was postponed, and a trustee that has the newest revision alone."""
    first, hour = Policy.parse((bid / "policy.json").read_bytes()), datetime.timedelta(hours=1)
    later = dataclasses.replace(first, rev=2, deadline=first.deadline + hour, open_at=first.open_at + hour)
    (bid / "policy.json").write_bytes(later.content)
    (bid / "headers.policies").mkdir()
    asked = [
        *["trustee", "release", bid / "out" / "bid.sbe", "--policy", bid / "policy.json", "--key", bid / "t2.key"],
        *["--passphrase-file", bid / "words", "--out", bid / "r.json", "--close-proof", proof_of_close(bid)],
    ]
    assert cli.main([str(one) for one in asked]) == console.VERIFICATION_FAILED
    assert not (bid / "r.json").exists(), "signed that it can read nothing"
    assert first.sha256.hex() in capsys.readouterr().err
    empty = [str(one) for one in (*asked[:3], "--policy", bid / "headers.policies", *asked[5:])]
    assert cli.main(empty) == console.USAGE
    for policy in (first, later):
        (bid / "headers.policies" / f"{policy.rev}.json").write_bytes(policy.content)
    assert command(*asked, "--policy", bid / "headers.policies")["shares"] == 1


def test_the_commands_that_a_page_shows_name_every_revision() -> None:
    shown = render_to_string("work/trustee_commands.html", {"server": "https://example.gov.cn", "key": "t.g1.key"})
    lines = re.sub(r"<[^>]+>", "", shown).replace("\\\n", "").strip().splitlines()
    close, release, send = (cli.parser().parse_args(shlex.split(line)[1:]) for line in lines)
    kept = close.headers.parent / f"{close.headers.name}.policies"
    assert [str(path) for path in release.policy] == [str(close.policy), str(kept)]
    assert (release.close_proof, release.out) == (close.out, send.message)


def test_nothing_is_released_for_a_list_that_is_not_the_close_set(bid: Path, command: Command) -> None:
    seal(command, bid, out="second")
    release(command, bid, 2, bid / "second" / "bid.sbe", code=console.VERIFICATION_FAILED)
    assert not list((bid / "out").glob("release*"))


def test_nothing_is_released_before_the_close_is_proved(bid: Path, command: Command) -> None:
    under = Policy.parse((bid / "policy.json").read_bytes())
    path = proof_of_close(bid)
    for content, _trust in [lie for lie in closed.lies(under).values() if lie[1] == closed.ALONE]:
        path.write_text(content)
        arguments = ["--policy", bid / "policy.json", "--close-proof", path]
        words = ["--passphrase-file", bid / "words"]
        own = [
            "--opening",
            bid / "out" / "bid.sbo",
            "--key",
            bid / "supplier.key",
            "--key-passphrase-file",
            bid / "words",
        ]
        command(
            *["bid", "release", "--envelope", bid / "out" / "bid.sbe", *own, *arguments, *words],
            *["--out", bid / "out" / "release-own.json"],
            code=console.VERIFICATION_FAILED,
        )
        command(
            *["trustee", "release", bid / "out" / "bid.sbe", "--key", bid / "t2.key", *arguments, *words],
            *["--out", bid / "out" / "release-2.json"],
            code=console.VERIFICATION_FAILED,
        )
    assert not list((bid / "out").glob("release*"))


def test_a_release_that_somebody_else_signed_or_changed_is_set_aside(bid: Path, command: Command) -> None:
    release_own(command, bid)
    for x in (2, 3):
        release(command, bid, x)
    path = bid / "out" / "release-2.json"
    good = path.read_bytes()
    stolen = Message.parse(good)
    other = Message.parse((bid / "out" / "release-3.json").read_bytes())
    path.write_bytes(Message(stolen.statement, other.sig).content)
    found = opened(command, bid, code=console.VERIFICATION_FAILED)
    assert found["fault"] == "too_few_shares" and "签名无效" in found["warnings"][0]
    path.write_bytes(good + b"}")
    found = opened(command, bid, code=console.VERIFICATION_FAILED)
    assert found["fault"] == "too_few_shares" and "release-2.json" in found["warnings"][0]
    path.write_bytes(good)
    assert opened(command, bid)["fault"] is None
    said = stolen.statement
    assert isinstance(said, Release) and said.close_leaf == 41


def test_a_damaged_envelope_is_the_platforms_fault(bid: Path, command: Command) -> None:
    release_own(command, bid)
    release(command, bid, 2)
    release(command, bid, 3)
    path = bid / "out" / "bid.sbe"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    found = opened(command, bid, code=console.VERIFICATION_FAILED)
    assert (found["fault"], found["whose"]) == ("envelope_damaged", "platform")


def rehearse(command: Command, folder: Path, *more: object, code: int = 0) -> dict[str, Any]:
    out = folder / "out"
    found = command(
        *["bid", "rehearse", "--envelope", out / "bid.sbe", "--opening", out / "bid.sbo"],
        *["--policy", folder / "policy.json", "--statement", out / "bid.submit.json"],
        *["--passphrase-file", folder / "words", *more],
        code=code,
    )
    return {finding["code"]: finding["fault"] for finding in found["findings"]}


def test_a_rehearsal_says_that_the_bid_will_open(bid: Path, command: Command) -> None:
    fine = dict.fromkeys(["envelope", "policy", "statement", "belongs", "opens"])
    assert rehearse(command, bid) == fine


def test_a_rehearsal_finds_each_thing_that_is_in_the_way(bid: Path, command: Command) -> None:
    failed = console.VERIFICATION_FAILED
    seal(command, bid, out="second")
    (bid / "second" / "bid.sbo").rename(bid / "other.sbo")
    found = rehearse(command, bid, "--opening", bid / "other.sbo", code=failed)
    assert found["belongs"] == "opening_file_foreign"
    assert found["opens"] == "supplier_share_inconsistent"
    found = rehearse(command, bid, "--statement", bid / "second" / "bid.submit.json", code=failed)
    assert found["statement"] == "envelope_damaged"
    found = rehearse(command, bid, "--envelope", bid / "second" / "bid.sbe", code=failed)
    assert found["statement"] == "envelope_damaged" and found["belongs"] == "opening_file_foreign"
    (bid / "wrong").write_text("wrong")
    found = rehearse(command, bid, "--passphrase-file", bid / "wrong", code=failed)
    assert found["opens"] == "opening_file_locked"
    moved = Policy.parse((bid / "policy.json").read_bytes()).as_dict() | {"theta": 5}
    (bid / "moved.json").write_text(json.dumps(moved, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    envelope = (bid / "out" / "bid.sbe").read_bytes()
    (bid / "cut.sbe").write_bytes(envelope[:-5])
    found = rehearse(command, bid, "--envelope", bid / "cut.sbe", code=failed)
    assert found == {"envelope": "envelope_malformed"}


def test_without_a_passphrase_one_is_generated_and_shown_once(tmp_path: Path, command: Command) -> None:
    made = command("bid", "keygen", "--out", tmp_path / "a.key")
    assert re.fullmatch(r"([a-z]{5}-){5}[a-z]{5}", made["passphrase"])
    assert (tmp_path / "a.key").stat().st_mode & 0o777 == 0o600
    assert made["passphrase"] not in (tmp_path / "a.key").read_text()
    assert command("bid", "inspect", tmp_path / "a.key")["public"] == {"sig": made["public"]["sig"]}


def test_a_trustees_keys_are_made_for_the_policy(tmp_path: Path, command: Command) -> None:
    for code, names in {"I1": {"hpke", "sig"}, "G1": {"sm2_wrap", "sm2_sig"}}.items():
        path = tmp_path / code
        made = command("trustee", "keygen", "--out", path, "--suite", code)
        assert made["public"].keys() == names
        found = key_file.KeyFile.parse(path.read_bytes())
        assert {name: len(pair.private) for name, pair in found.keys(made["passphrase"]).items()} == {
            "sig": 32,
            "wrap": 32,
        }


def test_no_file_is_overwritten(bid: Path, command: Command) -> None:
    before = (bid / "out" / "bid.sbe").read_bytes()
    seal(command, bid, code=console.NOT_MET)
    command("bid", "keygen", "--out", bid / "supplier.key", code=console.NOT_MET)
    assert (bid / "out" / "bid.sbe").read_bytes() == before


def test_what_is_sealed_is_shown_by_its_kind(bid: Path, command: Command) -> None:
    kinds = {
        "out/bid.sbe": "envelope",
        "out/bid.sbo": "opening file",
        "out/bid.submit.json": "message",
        "policy.json": "policy",
        "t1.key": "key file",
    }
    for name, kind in kinds.items():
        assert command("bid", "inspect", bid / name)["kind"] == kind
    shown = command("bid", "inspect", bid / "out" / "bid.submit.json")
    assert shown["client"]["bundle_sha256"] == client.bundle_digest().hex()
    assert shown["env_digest"] == command("bid", "inspect", bid / "out" / "bid.sbe")["env_digest"]


@pytest.mark.parametrize(
    ("price", "code"), [("[1]", 2), ('{"fen":1.5}', 2), ("{", 2), ('{"fen":1e3}', 2), ('{"金额":1}', 4)]
)
def test_a_price_out_of_its_form_is_refused(bid: Path, command: Command, price: str, code: int) -> None:
    (bid / "price.json").write_text(price)
    seal(command, bid, out="second", code=code)
    assert not list((bid / "second").glob("*"))


def test_a_folder_in_the_folder_and_a_link_are_refused(bid: Path, command: Command) -> None:
    (bid / "files" / "more").mkdir()
    seal(command, bid, out="second", code=console.USAGE)
    (bid / "files" / "more").rmdir()
    (bid / "files" / "link").symlink_to("/etc/hostname")
    seal(command, bid, out="second", code=console.USAGE)


def test_where_nobody_can_be_asked_a_passphrase_has_to_be_given(
    bid: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passphrases.sys.stdin, "isatty", lambda: False, raising=False)
    (bid / "empty").write_text("\n")
    command(
        *["bid", "rehearse", "--envelope", bid / "out" / "bid.sbe", "--opening", bid / "out" / "bid.sbo"],
        *["--policy", bid / "policy.json"],
        code=console.USAGE,
    )
    rehearse_with_nothing = ["--passphrase-file", bid / "empty"]
    command("bid", "keygen", "--out", bid / "new.key", *rehearse_with_nothing, code=console.USAGE)


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


def test_what_the_platform_refuses_with_is_said(
    bid: Path, command: Command, platform: tuple[str, type[Platform]]
) -> None:
    server, kind = platform
    kind.finalise = (409, json.dumps({"title": "投标已经截止", "type": "/problems/SB001"}).encode())
    assert submit(command, bid, server, code=console.NOT_MET)["errors"] == ["投标已经截止 [SB001]"]
    assert not (bid / "receipt").exists()


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
    for who, name in (("bid", "out/release-own"), ("trustee", "out/release-2"), ("bid", "withdraw")):
        command(who, "send", bid / f"{name}.json", "--server", server, "--token-file", bid / "token")
    assert kind.asked == [
        f"/sbp/v1/opening/{fixed.TENDER}/supplier-release",
        f"/sbp/v1/opening/{fixed.TENDER}/trustee-release",
        f"/sbp/v1/submissions/{SUBMISSION}/withdraw",
    ]
    said = ["bid", "send", bid / "out" / "bid.submit.json", "--server", server, "--token-file", bid / "token"]
    command(*said, code=console.USAGE)


def test_a_trustee_tests_its_share_from_the_header_alone_and_gives_nothing_out(bid: Path, command: Command) -> None:
    with (bid / "out" / "bid.sbe").open("rb") as stream:
        header = Envelope(stream).header
    (bid / "good.json").write_bytes(header.content)
    wrong = dict(header.wraps)
    wrong[3] = wrong[2]
    (bid / "bad.json").write_bytes(Header(header.core, wrong).content)
    asked = ["--policy", bid / "policy.json", "--key", bid / "t3.key", "--passphrase-file", bid / "words"]
    found = command("trustee", "test", bid / "good.json", *asked)
    assert (found["x"], found["shares"]) == (3, {"good.json": "ok"})
    found = command("trustee", "test", bid / "good.json", bid / "bad.json", *asked, code=console.VERIFICATION_FAILED)
    assert found["shares"] == {"good.json": "ok", "bad.json": "wrap_unreadable"}


def test_the_price_is_held_to_the_form_of_the_platform_before_it_is_sealed(bid: Path, command: Command) -> None:
    from yangcai.api.openapi import document

    (bid / "openapi.json").write_text(json.dumps(document("zh-hans"), default=str))
    form = ["--form", bid / "openapi.json"]
    refused = seal(command, bid, *form, out="second", code=console.VERIFICATION_FAILED)
    assert "total_fen" in refused["errors"][0] and "commitment" in refused["errors"][0]
    assert not (bid / "second").exists()
    offer = {"price": 128_000_000, "delivery": "30 days", "is_domestic": True, "commitment": True}
    (bid / "price.json").write_text(json.dumps(offer))
    assert seal(command, bid, *form, out="second")["warnings"] == []
    (bid / "openapi.json").write_text('{"paths":{"/x":{"get":{}}}}')
    seal(command, bid, *form, out="third", code=console.USAGE)


def test_a_trustee_releases_the_bids_of_each_suite_with_the_key_of_that_suite(bid: Path, command: Command) -> None:
    trustees = []
    for x, role in enumerate(fixed.ROLES, start=1):
        names = {}
        for code, file in (("I1", f"t{x}.key"), ("G1", f"t{x}.g1.key")):
            made = key_file.created(
                holder="trustee", code=code, passphrase=WORDS, chance=fixed.chance(f"{role} {code}")
            )
            (bid / file).write_bytes(made.content)
            names |= {keys.IN_POLICY[code][name]: public for name, public in made.public.items()}
        trustees.append(Trustee(x, role, f"机构{x}", **names))
    both = fixed.policy(trustees=tuple(trustees), suites=("I1", "G1"), witness_policy=closed.ALONE)
    (bid / "policy.json").write_bytes(both.content)
    made = key_file.created(holder="supplier", code="G1", passphrase=WORDS, chance=fixed.chance("supplier"))
    seal(command, bid, out="one")
    (bid / "supplier.key").write_bytes(made.content)
    seal(command, bid, "--suite", "G1", out="two")
    envelopes = [bid / "one" / "bid.sbe", bid / "two" / "bid.sbe"]
    seals = []
    for path in envelopes:
        with path.open("rb") as stream:
            seals.append(Envelope(stream).header.sha256)
    words = ["--passphrase-file", bid / "words"]
    for file, own in (("t2.key", 0), ("t2.g1.key", 1)):
        out = bid / f"{file}.json"
        found = command(
            *["trustee", "release", *envelopes, "--policy", bid / "policy.json", "--key", bid / file, *words],
            *["--close-leaf", 41, "--out", out, "--close-proof", proof_of_close(bid, *seals)],
        )
        assert (found["shares"], found["of_other_suites"]) == (1, 1)
        said = Message.parse(out.read_bytes()).statement
        assert isinstance(said, Release)
        assert [share.header_sha256 for share in said.shares] == [seals[own]] and not said.failed
    headers = []
    for name, path in zip(("one", "two"), envelopes, strict=True):
        headers.append(bid / f"{name}.sbe")
        headers[-1].write_bytes(path.read_bytes())
    tested = command("trustee", "test", *headers, "--policy", bid / "policy.json", "--key", bid / "t2.g1.key", *words)
    assert tested["shares"] == {"one.sbe": "other_suite", "two.sbe": "ok"}
