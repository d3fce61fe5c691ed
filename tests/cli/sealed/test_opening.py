"""Does a bid go from files to the opening by the command line alone, and is what was changed on the way not opened?"""

import io
import json
import os
import sys
from pathlib import Path

import pytest

from tests.cli.sealed.support import Command, opened, release, release_own
from tests.sealing import fixed
from yangcai import cli
from yangcai.cli import console
from yangcai.sealing.statement import Message, Release


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


def flip_the_last_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def test_a_damaged_envelope_is_the_platforms_fault(bid: Path, command: Command) -> None:
    release_own(command, bid)
    release(command, bid, 2)
    release(command, bid, 3)
    flip_the_last_byte(bid / "out" / "bid.sbe")
    found = opened(command, bid, code=console.VERIFICATION_FAILED)
    assert (found["fault"], found["whose"]) == ("envelope_damaged", "platform")


def test_without_the_statement_nobody_is_blamed_for_a_damaged_envelope(bid: Path, command: Command) -> None:
    release_own(command, bid)
    release(command, bid, 2)
    release(command, bid, 3)
    assert opened(command, bid)["warnings"] == []
    (bid / "out" / "bid.submit.json").rename(bid / "elsewhere.json")
    flip_the_last_byte(bid / "out" / "bid.sbe")
    found = opened(command, bid, code=console.VERIFICATION_FAILED)
    assert found["fault"] == "payload_unreadable" and "没有它的投标声明" in found["warnings"][0]


def test_whatever_else_lies_in_the_folder_keeps_no_bid_from_opening(bid: Path, command: Command) -> None:
    release_own(command, bid)
    for x in (2, 3):
        release(command, bid, x)
    (bid / "out" / "a.json").mkdir()
    (bid / "out" / "b.json").write_bytes(bytes(5 * 2**20))
    found = opened(command, bid)
    assert found["fault"] is None and [line[:6] for line in found["warnings"]] == ["a.json", "b.json"]
    (bid / "out" / "zz.sbe").mkdir()
    told = command("open", bid / "out", "--policy", bid / "policy.json", code=console.VERIFICATION_FAILED)["bids"]
    assert [one["fault"] for one in told] == [None, "envelope_damaged"]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_name_that_the_terminal_cannot_write_is_escaped(
    bid: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done is told, in JSON too; ✓ is in no Chinese terminal of the old encoding."""

    def told(*arguments: object) -> str:
        out = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding=encoding))
        assert cli.main([str(argument) for argument in arguments]) == 0
        sys.stdout.flush()
        return out.getvalue().decode(encoding)

    words = ["--passphrase-file", bid / "words"]
    of = ["--opening", bid / "out" / "bid.sbo", "--statement", bid / "out" / "bid.submit.json"]
    said = told("bid", "rehearse", "--envelope", bid / "out" / "bid.sbe", "--policy", bid / "policy.json", *of, *words)
    assert "密封文件格式和长度正确" in said
    key = os.fsdecode(os.fsencode(bid) + b"/\xff.key")
    assert "公钥" in told("bid", "keygen", "--out", key, *words)
    assert json.loads(told("bid", "keygen", "--out", f"{key}2", *words, "--json"))["data"]["file"] == f"{key}2"
