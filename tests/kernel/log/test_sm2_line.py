"""Does the log sign in SM2 too where it is wanted, can it be checked, and does nobody else notice?"""

import datetime
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from proofbundle import verify_tlog_proof

from tests.kernel.log import world
from yangcai.cli import console, verifier
from yangcai.kernel import health, log_files, log_keys, log_proofs, log_signer, log_witnesses, sm2
from yangcai.kernel.log_keys import KeyFile, NotSigned
from yangcai.kernel.models import Cosignature, Leaf, TreeHead
from yangcai.kernel.tlog import note, policy, tree, witness
from yangcai.kernel.tlog.checkpoint import Checkpoint
from yangcai.kernel.tlog.faults import Malformed

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="private SM2 keys need OpenSSL's program"),
]
NAME = "ggzy.example.gov.cn/log"
WITNESS = note.Signer("audit.example.gov.cn/w1", note.COSIGNATURE, Ed25519PrivateKey.from_private_bytes(b"w" * 32))


@pytest.fixture(autouse=True)
def site(settings: Any, tmp_path: Path) -> Iterator[Path]:
    world.use(settings, tmp_path / "site")
    settings.YANGCAI_LOG_SM2 = True
    yield tmp_path / "site"
    console.choose_language("zh")


def published() -> note.Note:
    return note.parse((log_files.folder() / "checkpoint").read_bytes())


def second() -> note.Verifier:
    found = log_keys.sm2_verifier()
    assert found is not None
    return found


def told_keys() -> list[str]:
    """Keys of SM2 that stand in the log, in their order."""
    bodies = [json.loads(line[6:]) for line in world.lines(world.head().size) if line.startswith(b"sbp1c ")]
    return [body["vkey"] for body in bodies if body["t"] == "key" and body["role"] == "log-sm2"]


def trust(site: Path, *more: note.Verifier) -> Path:
    """What somebody trusts who asked for the keys elsewhere."""
    path = site.parent / "trust"
    lines = "".join(f"log {one.vkey}\n" for one in (log_keys.verifier(), *more))
    path.write_text(f"{lines}quorum none\n")
    return path


def verify(*arguments: object) -> int:
    return verifier.main(["--lang", "en", *map(str, arguments)])


def test_a_checkpoint_bears_both_lines_and_the_log_tells_the_key_before(site: Path) -> None:
    world.submit(1)
    world.round_of()
    first, other = published().signatures
    assert log_keys.verifier().is_of(first) and second().is_of(other)
    assert second().verifies(published().text, other.signature) and first.name == other.name == NAME
    assert told_keys() == [second().vkey]
    path = site / "keys" / "log-sm2.key"
    assert path.stat().st_mode & 0o777 == 0o600
    kept = path.read_bytes()
    world.submit(2)
    world.round_of()
    assert path.read_bytes() == kept and told_keys() == [second().vkey]  # made once, told once
    world.assert_whole()
    path.chmod(0o640)
    with pytest.raises(log_keys.KeyExposed):
        log_keys.sm2_verifier()


def test_whoever_trusts_the_key_is_told_that_it_signed(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world.submit(1)
    world.round_of()
    assert verify("log", site / "log", "--policy", trust(site, second()), "--json") == 0
    assert json.loads(capsys.readouterr().out)["data"]["sm2"] == second().vkey
    assert verify("log", site / "log", "--policy", trust(site, second())) == 0
    assert f"the SM2 signature verifies: {second().vkey}" in capsys.readouterr().out
    assert verify("log", site / "log", "--policy", trust(site), "--json") == 0
    assert "sm2" not in json.loads(capsys.readouterr().out)["data"]


@pytest.mark.parametrize("damage", ["wrong", "missing", "unknown"])
def test_a_line_that_is_wrong_or_missing_is_a_fault_for_whoever_trusts_it_alone(
    site: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world.submit(1)
    world.round_of()
    found = published()
    first, other = found.signatures
    stranger = note.Sm2Signer(NAME, b"\1" * 32)
    bad = note.Signature(other.name, other.key_id, bytes([other.signature[0] ^ 1]) + other.signature[1:])
    lines = {"wrong": (first, bad), "missing": (first,), "unknown": (first, stranger.sign(found.text))}[damage]
    (log_files.folder() / "checkpoint").write_text(str(note.Note(found.text, lines)))
    assert verify("log", site / "log", "--policy", trust(site, second())) == 1
    said = "the SM2 signature of" if damage == "wrong" else "with its key of SM2"
    assert said in capsys.readouterr().err
    assert verify("log", site / "log", "--policy", trust(site)) == 0
    assert verify("log", site / "log") == 0  # by the log's own policy, which names the other key alone
    assert world.head().size == 8


def test_an_old_log_stays_good_and_begins_to_write_the_line(site: Path, settings: Any) -> None:
    settings.YANGCAI_LOG_SM2 = False
    world.submit(1)
    world.round_of()
    assert len(published().signatures) == 1 and log_keys.sm2_verifier() is None and told_keys() == []
    assert not (site / "keys" / "log-sm2.key").exists()
    assert verify("log", site / "log", "--policy", trust(site)) == 0
    kept = site / "kept"
    kept.write_bytes((log_files.folder() / "checkpoint").read_bytes())
    settings.YANGCAI_LOG_SM2 = True
    assert world.round_of(seed=2).size == 16  # the line that tells the key makes a larger tree by itself
    assert len(published().signatures) == 2 and told_keys() == [second().vkey]
    assert verify("log", site / "log", "--policy", trust(site, second()), "--kept", kept) == 0
    assert len(note.parse(kept.read_bytes()).signatures) == 2


def test_a_key_that_is_replaced_is_told_and_the_log_goes_on(site: Path) -> None:
    world.submit(1)
    world.round_of()
    old = second()
    (site / "keys" / "log-sm2.key").unlink()
    assert world.round_of(seed=2).size == 16
    new = second()
    assert new != old and told_keys() == [old.vkey, new.vkey]
    assert verify("log", site / "log", "--policy", trust(site, new)) == 0
    assert verify("log", site / "log", "--policy", trust(site, old, new)) == 0
    assert verify("log", site / "log", "--policy", trust(site, old)) == 1


def test_the_policy_for_everybody_never_names_it(site: Path) -> None:
    world.submit(1)
    world.round_of()
    before = (site / "log" / "policy").read_bytes()
    assert policy.parse(before).sm2 == () and len(policy.parse(before).logs) == 1
    assert second().vkey not in log_witnesses.frozen()
    log_witnesses.path().write_text(f"log {second().vkey}\nquorum none\n")
    world.submit(2)
    told = world.round_of(seed=2)
    assert any("SM2" in fault for fault in told.faults)
    assert (site / "log" / "policy").read_bytes() == before and second().vkey not in log_witnesses.frozen()
    with pytest.raises(Malformed):
        log_witnesses.trusted()


def test_a_verifier_that_is_not_ours_and_a_witness_do_not_notice(site: Path) -> None:
    """proofbundle, by others: every line's proof, with two lines of the log and a quorum of one."""
    log_witnesses.path().parent.mkdir(parents=True, exist_ok=True)
    log_witnesses.path().write_text(f"witness W1 {WITNESS.verifier.vkey}\nquorum W1\n")
    world.submit(1)
    world.round_of()
    head = TreeHead.objects.get()
    asked = witness.request(old=0, proof=(), signed=note.parse(head.signed.encode()))
    at = world.NOW + datetime.timedelta(minutes=1)
    answer = witness.answer(asked, logs={NAME: [log_keys.verifier()]}, seen={}, signer=WITNESS, now=at)
    assert answer.status == 200
    Cosignature.objects.create(head=head, witness=WITNESS.name, line=answer.body, at=at)
    own, by_witness = log_keys.verifier().vkey, WITNESS.verifier.vkey
    for leaf in Leaf.objects.order_by("index"):
        text = log_proofs.proof_of(leaf)
        assert text is not None and text.count(f"{NAME} ") == 2
        line = bytes(leaf.line)
        found = verify_tlog_proof(text, line, own, [by_witness], threshold=1, expected_origin=NAME)
        assert found["ok"] and found["index"] == leaf.index, found
        assert not verify_tlog_proof(text, line + b"x", own, [by_witness], threshold=1)["ok"]
    assert leaf.index == 7 and tree.leaf_hash(line)


def test_records_bear_both_lines_and_the_journal_looks_at_both(monkeypatch: pytest.MonkeyPatch) -> None:
    signed = log_keys.sign_record("opening-record/v1\ncase 1\n")
    assert [one.is_of(line) for one, line in zip((log_keys.verifier(), second()), signed.signatures, strict=True)]
    assert note.opened(str(signed).encode(), [second()]).text == signed.text
    health.keys_sign()
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(NotSigned, match="openssl is not installed"):
        health.keys_sign()


def test_without_openssl_the_log_waits_and_all_of_it_is_signed_later(site: Path) -> None:
    """Whoever trusts the key would find its line missing: rather later than without."""
    world.submit(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "which", lambda _name: None)
        with pytest.raises(NotSigned):
            world.round_of()
        assert not (log_files.folder() / "checkpoint").exists()
    assert world.round_of(seed=2).size == 8 and len(published().signatures) == 2


def test_a_signature_that_does_not_verify_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sm2, "sign", lambda *, message, private: b"\1" * 64)
    with pytest.raises(NotSigned, match="does not verify"):
        log_keys.sign_head(Checkpoint(NAME, 8, b"r" * 32))


def test_a_key_of_another_name_signs_nothing(site: Path) -> None:
    (site / "keys").mkdir(parents=True)
    (site / "keys" / "log-sm2.key").write_text(note.Sm2Signer("other.example/log", b"\1" * 32).skey + "\n")
    (site / "keys" / "log-sm2.key").chmod(0o600)
    with pytest.raises(NotSigned, match=r"key of other\.example/log"):
        log_keys.sign_head(Checkpoint(NAME, 8, b"r" * 32))


# --- the key in a process of its own ---


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("wanted", [True, False])
def test_the_process_signs_both_lines_where_both_are_wanted(
    site: Path, settings: Any, tmp_path: Path, held: bool, wanted: bool
) -> None:
    settings.YANGCAI_LOG_SIGNER, settings.YANGCAI_LOG_SM2 = str(tmp_path / "apart" / "s.sock"), wanted
    holder = KeyFile(tmp_path / "apart", NAME, has_sm2=held)
    with log_signer.serving(holder, path=Path(settings.YANGCAI_LOG_SIGNER)):
        world.submit(1)
        if wanted and not held:
            with pytest.raises(NotSigned, match="no key of SM2"):
                world.round_of()
            return
        world.round_of()
        signed = published()
        assert [line.key_id for line in signed.signatures] == [
            one.key_id for one in (holder.verifier, holder.sm2_verifier) if one and (wanted or one.kind != note.SM2)
        ]
        assert (second().vkey if wanted else None) == (holder.sm2_verifier.vkey if wanted else None)  # type: ignore[union-attr]
        assert not (site / "keys" / "log-sm2.key").exists() and not (site / "keys" / "log.key").exists()
        assert (site / "keys" / "log-sm2.vkey").exists() is wanted


def test_another_second_key_behind_the_same_socket_is_refused(site: Path, settings: Any, tmp_path: Path) -> None:
    settings.YANGCAI_LOG_SIGNER = str(tmp_path / "apart" / "s.sock")
    holder = KeyFile(tmp_path / "apart", NAME, has_sm2=True)
    with log_signer.serving(holder, path=Path(settings.YANGCAI_LOG_SIGNER)):
        assert len(log_keys.sign_head(Checkpoint(NAME, 8, b"r" * 32)).signatures) == 2
        (tmp_path / "apart" / "log-sm2.key").unlink()
        with pytest.raises(NotSigned, match="by each key"):
            log_keys.sign_head(Checkpoint(NAME, 9, b"r" * 32))
