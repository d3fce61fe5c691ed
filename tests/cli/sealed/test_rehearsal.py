"""Does the rehearsal of a bid say that it will open, and find each thing that is in the way?"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sealed.support import SUBMISSION, Command, seal
from yangcai.cli import console
from yangcai.sealing.policy import Policy


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


def test_a_changed_byte_of_the_payload_is_found_by_the_statement_and_nothing_is_promised_without_it(
    bid: Path, command: Command
) -> None:
    envelope = bytearray((bid / "out" / "bid.sbe").read_bytes())
    envelope[-40] ^= 1
    (bid / "flipped.sbe").write_bytes(envelope)
    found = rehearse(command, bid, "--envelope", bid / "flipped.sbe", code=console.VERIFICATION_FAILED)
    assert found["envelope"] is None and found["statement"] == "envelope_damaged"
    given = ["bid", "rehearse", "--envelope", bid / "flipped.sbe", "--opening", bid / "out" / "bid.sbo"]
    given += ["--policy", bid / "policy.json", "--passphrase-file", bid / "words"]
    words, withdrawal = bid / "words", bid / "withdraw.json"
    command(
        *["bid", "withdraw", "--envelope", bid / "out" / "bid.sbe", "--submission", SUBMISSION, "--out", withdrawal],
        *["--key", bid / "supplier.key", "--passphrase-file", words],
    )
    command(*given, "--statement", withdrawal, code=console.USAGE)
    with pytest.raises(SystemExit, match=str(console.USAGE)):
        command(*given)
