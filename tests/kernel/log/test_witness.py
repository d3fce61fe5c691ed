"""Do witnesses cosign our log, over HTTP, and does one that is away or was shown a fork hold nothing up?"""

import datetime
import errno
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from tests.dripping import dripping
from tests.kernel.log import world
from tests.kernel.log.world import NOW, write_policy
from tests.kernel.tlog.published import REQUEST, WITNESSED_LOG, WITNESSED_ORIGIN
from yangcai import cli
from yangcai.kernel import durable, log_files, log_keys, log_proofs, log_witnesses
from yangcai.kernel.models import Leaf
from yangcai.kernel.tlog import checkpoint, note, policy, proof, tree, witness
from yangcai.kernel.tlog.faults import Malformed, Unproven
from yangcai.kernel.witness.server import Running, serving
from yangcai.kernel.witness.store import Store, StoreFault

SIGSUM = note.Verifier(WITNESSED_ORIGIN, note.ED25519, bytes.fromhex(WITNESSED_LOG))


def post(running: Running, content: bytes, *, path: str = "/add-checkpoint") -> tuple[int, str, bytes]:
    request = urllib.request.Request(f"http://127.0.0.1:{running.port}{path}", data=content, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.opened(tmp_path / "w1", name="audit.example.gov.cn/w1")


@pytest.fixture
def running(store: Store) -> Iterator[Running]:
    with serving(store, host="127.0.0.1", port=0, clock=lambda: NOW) as found:
        yield found


def test_another_log_is_cosigned_over_http(store: Store, running: Running) -> None:
    assert post(running, REQUEST)[0] == 404
    store.watch(SIGSUM)
    status, _type, body = post(running, REQUEST)
    assert status == 200
    (line,) = note.parse_signatures(body.decode())
    text = note.parse(REQUEST.partition(b"\n\n")[2]).text
    assert store.signer.verifier.verifies(text, line.signature)
    assert post(running, REQUEST) == (409, "text/x.tlog.size", b"1\n")
    assert post(running, b"old 0\n")[0] == 400
    assert post(running, REQUEST, path="/elsewhere")[0] == 404
    assert post(running, b"x" * 70_000)[0] == 413


@pytest.mark.parametrize(("length", "status"), [("9" * 5000, 413), ("", 411), ("-1", 411), ("1_0", 411), ("²", 411)])
def test_a_length_that_is_none_is_answered(running: Running, length: str, status: int) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as line:
        line.sendall(f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode("latin-1"))
        assert line.recv(100).startswith(f"HTTP/1.1 {status} ".encode())


def test_what_cannot_be_kept_is_not_cosigned(store: Store, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_anything: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store.watch(SIGSUM)
    with monkeypatch.context() as patch:
        patch.setattr(durable, "write", full)
        status, _kind, said = post(running, REQUEST)
        assert (status, b"cosignature" in said, b"No space" in said) == (503, False, True)
    assert post(running, REQUEST)[0] == 200


@pytest.mark.parametrize("name", ["witness.key", "logs", "seen/0"])
def test_a_folder_whose_files_are_no_text_is_a_damaged_one(store: Store, tmp_path: Path, name: str) -> None:
    store.close()
    (tmp_path / "w1" / "seen").mkdir(exist_ok=True)
    (tmp_path / "w1" / name).write_bytes(b"\xff\n")
    for _again in range(2):  # nobody holds it afterwards
        with pytest.raises(StoreFault, match="damaged"):
            Store.opened(tmp_path / "w1")
    assert cli.main(["witness", str(tmp_path / "w1"), "--lang", "en"]) == 5


def test_a_witness_remembers_over_a_restart(store: Store, tmp_path: Path) -> None:
    store.watch(SIGSUM)
    store.watch(SIGSUM)
    assert store.answer(REQUEST, now=NOW).status == 200
    with pytest.raises(StoreFault, match="another process"):
        Store.opened(tmp_path / "w1")
    store.close()
    again = Store.opened(tmp_path / "w1")
    assert again.signer.skey == store.signer.skey
    assert again.answer(REQUEST, now=NOW).status == 409
    again.close()
    os.chmod(tmp_path / "w1" / "witness.key", 0o644)
    with pytest.raises(StoreFault, match="owner alone"):
        Store.opened(tmp_path / "w1")


def test_evidence_is_kept_once_for_a_root_and_never_of_a_wrong_proof(store: Store, tmp_path: Path) -> None:
    """The checkpoints are public: whoever has one may send it with as many proofs and signatures as he likes."""
    log = note.Signer("ggzy.example/log", note.ED25519, Ed25519PrivateKey.generate())
    store.watch(log.verifier)

    def ask(old: int, size: int, root: bytes, *proof: bytes, by: tuple[note.Signer, ...] = (log,)) -> int:
        signed = note.sign(checkpoint.Checkpoint(log.name, size, root).text, *by)
        return store.answer(witness.request(old=old, proof=proof, signed=signed), now=NOW).status

    assert ask(0, 8, b"a" * 32) == 200
    for junk in range(5):
        assert ask(8, 8, b"a" * 32, bytes([junk]) * 32) == 422
        assert ask(8, 9, b"b" * 32, bytes([junk]) * 32) == 422
    assert not (tmp_path / "w1" / "evidence").exists()
    stranger = note.Signer("stranger", note.ED25519, Ed25519PrivateKey.generate())
    for junk in range(5):
        assert ask(8, 8, b"c" * 32, bytes([junk]) * 32) == 409
    assert ask(8, 8, b"c" * 32, by=(log, stranger)) == 409
    (kept,) = (tmp_path / "w1" / "evidence").iterdir()
    assert checkpoint.opened(kept.read_bytes(), log.verifier)[0].root == b"c" * 32
    store.close()


def test_a_witness_has_a_name_and_watches_logs_alone(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="needs a name"):
        Store.opened(tmp_path / "w2", name="with space")
    with pytest.raises(Malformed, match="0x01"):
        store.watch(store.signer.verifier)
    store.close()


@pytest.fixture
def log(settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path / "site")


@pytest.mark.django_db
def test_our_log_is_cosigned_and_its_proofs_carry_that(log: None, store: Store, running: Running) -> None:
    store.watch(log_keys.signer(log_keys.LOG).verifier)
    write_policy((store.signer.verifier, f"http://127.0.0.1:{running.port}"), quorum=1)
    leaf = Leaf.objects.get(pk=world.submit(1).id)
    assert world.round_of().cosigned == ("W1",)
    trust = policy.parse((log_files.folder() / "policy").read_bytes())
    assert trust.witnesses["W1"].verifier == store.signer.verifier
    signed = note.parse((log_files.folder() / "checkpoint").read_bytes())
    assert trust.verify(signed).checkpoint.size == 8
    leaf.refresh_from_db()
    text = log_proofs.proof_of(leaf)
    assert text is not None
    assert proof.verify(proof.parse(text.encode()), leaf=tree.leaf_hash(bytes(leaf.line)), policy=trust).size == 8
    assert world.round_of().cosigned == ()  # it is not asked twice for one head
    world.submit(2)
    assert world.round_of().cosigned == ("W1",)
    # A database that forgot what the witness saw learns it from the witness.
    world.submit(3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_witnesses, "_last_cosigned", lambda name: 8)
        assert world.round_of().cosigned == ("W1",)
    assert trust.verify(note.parse((log_files.folder() / "checkpoint").read_bytes())).checkpoint.size == 24


@pytest.mark.django_db
def test_a_forked_log_is_refused(log: None, store: Store, running: Running, tmp_path: Path) -> None:
    """F31: the operator goes back and tells another story of the same length, or a longer one."""
    store.watch(log_keys.signer(log_keys.LOG).verifier)
    write_policy((store.signer.verifier, f"http://127.0.0.1:{running.port}"), quorum=1)
    backup = transaction.savepoint()
    world.submit(1)
    assert world.round_of().cosigned == ("W1",)
    told = world.head()
    transaction.savepoint_rollback(backup)
    # All that the operator holds is made to forget; the witness is not his.
    (log_keys.folder() / "log.signed").unlink()
    (log_files.folder() / "checkpoint").unlink()
    world.submit(2)
    found = world.round_of()
    assert found.cosigned == () and found.faults == ("W1: it saw another tree of this size",)
    assert world.head().size == told.size and world.head().root != told.root
    # What the witness holds proves it: two checkpoints of one size under the log's own signature.
    (seen,) = (tmp_path / "w1" / "seen").iterdir()
    (fork,) = (tmp_path / "w1" / "evidence").iterdir()
    key = log_keys.signer(log_keys.LOG).verifier
    one, _signed = checkpoint.opened(seen.read_bytes(), key)
    two, _signed = checkpoint.opened(fork.read_bytes(), key)
    assert (one.size, two.size) == (8, 8) and one.root != two.root
    for number in range(9):
        world.submit(number)
    found = world.round_of()
    assert found.cosigned == () and found.faults == ("W1: answered 422",)
    trust = policy.parse((log_files.folder() / "policy").read_bytes())
    with pytest.raises(Unproven, match="too few witnesses"):
        trust.verify(note.parse((log_files.folder() / "checkpoint").read_bytes()))


@pytest.mark.django_db
def test_a_witness_that_is_away_holds_nothing_up(log: None, store: Store, tmp_path: Path) -> None:
    """F31: the log goes on, the quorum is missed for as long as it lasts, and made up for afterwards."""
    store.watch(log_keys.signer(log_keys.LOG).verifier)
    with serving(store, host="127.0.0.1", port=0, clock=lambda: NOW) as running:
        port = running.port
    write_policy((store.signer.verifier, f"http://127.0.0.1:{port}"), quorum=1)
    for number, size in ((1, 8), (2, 16)):
        world.submit(number)
        found = world.round_of()
        assert found.size == size == world.assert_whole().size
        assert found.cosigned == () and found.faults[0].startswith("W1: not reached")
    back = Store.opened(tmp_path / "w1")
    with serving(back, host="127.0.0.1", port=port, clock=lambda: NOW + datetime.timedelta(minutes=5)):
        assert world.round_of().cosigned == ("W1",)
    found_text = (log_files.folder() / "checkpoint").read_bytes()
    trust = policy.parse((log_files.folder() / "policy").read_bytes())
    seen = trust.verify(note.parse(found_text))
    assert seen.checkpoint == checkpoint.parse(note.parse(found_text).text) and set(seen.cosignatures) == {"W1"}


@pytest.mark.django_db
def test_a_witness_that_drips_is_given_up_in_time(log: None, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, the whole never: the log goes on."""
    monkeypatch.setattr(log_witnesses, "TIMEOUT", 0.4)
    with dripping() as address:
        write_policy((store.signer.verifier, address), quorum=1)
        world.submit(1)
        begun = time.monotonic()
        found = world.round_of()
        assert time.monotonic() - begun < 5
        assert found.size == 8 and found.cosigned == () and found.faults[0].startswith("W1: no")
    store.close()


@pytest.mark.django_db
def test_what_is_wrong_with_one_witness_or_the_policy_is_told_and_the_log_goes_on(log: None, store: Store) -> None:
    """A cosignature of a time that no calendar has; an address that is none; a typo in the policy."""
    store.watch(log_keys.signer(log_keys.LOG).verifier)
    with serving(store, host="127.0.0.1", port=0, clock=lambda: NOW) as running, pytest.MonkeyPatch.context() as patch:
        sound = note.Signer.sign
        patch.setattr(note.Signer, "sign", lambda self, text, *, at=0: sound(self, text, at=note.LATEST if at else 0))
        write_policy((store.signer.verifier, f"http://127.0.0.1:{running.port}"), quorum=1)
        world.submit(1)
        found = world.round_of()
        assert found.size == 8 and found.cosigned == () and len(found.faults) == 1
        assert found.faults[0].startswith("W1: ") and "not reached" not in found.faults[0]
    for address in ("ftp://w.example", "http://[", "http://127.0.0.1:port"):
        write_policy((store.signer.verifier, address), quorum=1)
        assert world.round_of().faults[0].startswith("W1: ")
    log_witnesses.path().write_text("witnes W1\nquorum none\n")
    world.submit(2)
    found = world.round_of()
    assert found.size == 16 == world.assert_whole().size and "log.policy" in found.faults[0]
