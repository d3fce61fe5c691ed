"""Is a share released only after the proven close, for the bids that closed, and by whose key it is?"""

import dataclasses
import datetime
import re
import shlex
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from tests.cli.sealed.support import WORDS, Command, proof_of_close, release, release_own, seal
from tests.sealing import closed, fixed
from yangcai import cli
from yangcai.cli import console
from yangcai.cli.sealed import keys, releasing
from yangcai.sealing import faults, key_file
from yangcai.sealing.envelope import Envelope
from yangcai.sealing.header import Header
from yangcai.sealing.policy import Policy, Trustee
from yangcai.sealing.statement import Message, Release


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
    none = bid / "none.json"  # a release without a share is none that anybody takes
    command(
        *["trustee", "release", envelopes[0], "--policy", bid / "policy.json", "--key", bid / "t2.g1.key", *words],
        *["--out", none, "--close-proof", proof_of_close(bid, seals[0])],
        code=console.NOT_MET,
    )
    assert not none.exists()
    headers = []
    for name, path in zip(("one", "two"), envelopes, strict=True):
        headers.append(bid / f"{name}.sbe")
        headers[-1].write_bytes(path.read_bytes())
    tested = command("trustee", "test", *headers, "--policy", bid / "policy.json", "--key", bid / "t2.g1.key", *words)
    assert tested["shares"] == {"one.sbe": "other_suite", "two.sbe": "ok"}


def test_a_wrong_passphrase_of_a_key_file_is_nobodys_fault_and_is_tried_again(bid: Path, command: Command) -> None:
    (bid / "wrong").write_text("wrong words\n")
    given = ["trustee", "release", bid / "out" / "bid.sbe", "--policy", bid / "policy.json", "--key", bid / "t2.key"]
    given += ["--passphrase-file", bid / "wrong", "--close-proof", proof_of_close(bid), "--out", bid / "release.json"]
    said = command(*given, code=console.VERIFICATION_FAILED)["errors"][0]
    assert faults.KEY_LOCKED.zh in said and faults.BY_RECOVERY.zh not in said
    assert not (bid / "release.json").exists()
