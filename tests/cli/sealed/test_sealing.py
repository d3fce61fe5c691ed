"""Are keys made, files and price sealed, and shown again for what they are, and is what is out of form refused?"""

import json
import re
from pathlib import Path

import pytest

from tests.cli.sealed.support import Command, seal
from yangcai.cli import console
from yangcai.cli.sealed import client, passphrases
from yangcai.sealing import key_file


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
        *["--policy", bid / "policy.json", "--statement", bid / "out" / "bid.submit.json"],
        code=console.USAGE,
    )
    rehearse_with_nothing = ["--passphrase-file", bid / "empty"]
    command("bid", "keygen", "--out", bid / "new.key", *rehearse_with_nothing, code=console.USAGE)
