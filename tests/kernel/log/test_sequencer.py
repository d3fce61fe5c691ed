"""Does everything get its place in the public log, once, under one root, without telling what it is?"""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests import factories
from tests.kernel.log import world
from tests.kernel.log.world import NOW
from yangcai.kernel import entries, leaf_lines, leaves, log_files, log_keys, log_proofs, log_tiles, sequencer
from yangcai.kernel.encoding import jcs, read_base64
from yangcai.kernel.models import Entry, Leaf, LeafSecret, TreeHead
from yangcai.kernel.sequencer import LogStopped
from yangcai.kernel.tlog import policy, proof, tree
from yangcai.kernel.tlog.checkpoint import Checkpoint
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log(settings: Any, tmp_path: Path) -> Path:
    world.use(settings, tmp_path)
    return tmp_path / "log"


def test_an_entry_has_its_line_at_once_and_its_place_in_the_next_round() -> None:
    by = factories.make_post(Role.BUYER_OFFICER)
    seq = entries.append(
        action="probe.change", outcome="done", root='case:"1"\n', subject="case:1", by=by, now=NOW, data={}
    )
    leaf = Leaf.objects.get(entry_id=seq)
    assert leaf.index is None and leaf.root == 'case:"1"\n'
    entry = Entry.objects.get(pk=seq)
    # The database writes the same canonical bytes and the same commitment as Python.
    body = jcs({
        "action": "probe.change", "at": "2026-03-02T01:00:00.000000Z", "entry": entry.hash, "outcome": "done",
        "root": entry.root, "t": "entry",
    })  # fmt: skip
    assert bytes(leaf.secret.body) == body
    line = leaf_lines.blinded(nonce=bytes(leaf.secret.nonce), body=body)
    assert bytes(leaf.line) == line and len(line) == 50
    world.round_of()
    leaf.refresh_from_db()
    assert leaf.index is not None and world.lines(8)[leaf.index] == line
    assert world.assert_whole().size == 8


def test_a_batch_is_filled_up_so_that_nobody_can_count() -> None:
    appended = [world.submit(number) for number in range(9)]
    assert world.round_of().placed == 16
    assert world.assert_whole() == Checkpoint("ggzy.example.gov.cn/log", 16, bytes(TreeHead.objects.get(size=16).hash))
    published = world.lines(16)
    assert sum(len(line) == 50 for line in published) == 15 and len(set(published)) == 16
    # They stay in their order, but not side by side: the place of one tells nothing of those before it.
    places = [published.index(one.line) for one in appended]
    assert places == sorted(places) and places != list(range(9))


def test_decoys_come_also_when_nothing_happens() -> None:
    assert world.round_of().size == 8  # the keys of the site are announced
    assert world.round_of().placed == 0
    lively = world.Fixed(1)
    lively.value = 0.19
    found = sequencer.sequence(now=NOW, chance=lively)
    assert found is not None and (found.placed, world.assert_whole().size) == (8, 16)
    assert world.round_of().placed == 0


def test_what_everybody_may_know_stands_in_clear() -> None:
    appended = leaves.append_leaf(body={"t": "notice", "text": "公告 \u2028\u0001"}, root="case:1", in_clear=True)
    assert appended.nonce == b"" and appended.line == b'sbp1c {"t":"notice","text":"\xe5\x85\xac' + (
        "告 \u2028".encode() + b'\\u0001"}\n'
    )
    world.round_of()
    assert appended.line in world.lines(8)
    for body in ({"t": "x" * leaf_lines.LONGEST_CLEAR}, {"t": 0.5}):
        with pytest.raises(ValueError, match=r"fit|float"):
            leaves.append_leaf(body=body, root="case:1", in_clear=True)
    with pytest.raises(ValueError, match="root"):
        leaves.append_leaf(body={"t": "submit"}, root="")


def test_batch_after_batch_the_tree_only_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the border of a tile: every published checkpoint follows from those before it, each line is proved."""
    monkeypatch.setattr(sequencer, "MOST", 64)
    seen = []
    for count in (3, 250, 1, 30, 8):
        for number in range(count):
            world.submit(number)
        world.round_of()
        seen.append(world.assert_whole())
    assert [checkpoint.size for checkpoint in seen] == [8, 264, 272, 304, 312]
    last = seen[-1]
    read = log_tiles.reader(size=last.size)
    for earlier in seen:
        steps = tree.consistency_proof(old=earlier.size, size=last.size, read=read)
        tree.verify_consistency(old=earlier.size, size=last.size, proof=steps, old_root=earlier.root, root=last.root)
    for level in ("0", "entries"):  # what was a part of a whole tile is gone
        assert [path.name for path in (log_files.folder() / "tile" / level).iterdir()] == ["000", "001.p"]
    trust = policy.parse((log_files.folder() / "policy").read_bytes())
    for leaf in Leaf.objects.filter(index__in=[0, 255, 256, 311]):
        text = log_proofs.proof_of(leaf, with_nonce=True)
        assert text is not None
        read_back = proof.parse(text.encode())
        assert proof.verify(read_back, leaf=tree.leaf_hash(bytes(leaf.line)), policy=trust).size == 312
        assert leaf_lines.blinded(nonce=read_back.extra, body=bytes(leaf.secret.body)) == bytes(leaf.line)


def test_what_waits_too_long_raises_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    world.submit(1)
    assert world.round_of().faults == ()
    world.submit(2)
    monkeypatch.setattr(sequencer, "MERGE_DELAY", 0)
    assert world.round_of().faults == ("1 lines waited longer than 0 s",)
    assert world.round_of().faults == ()


def test_a_proof_comes_with_the_merge() -> None:
    leaf = Leaf.objects.get(pk=world.submit(1).id)
    assert log_proofs.proof_of(leaf) is None
    world.round_of()
    leaf.refresh_from_db()
    assert "extra" not in (log_proofs.proof_of(leaf) or "extra")


def test_what_is_disclosed_explains_its_line() -> None:
    first, other = world.submit(1), world.submit(2, root="case:2")
    assert leaves.kept_back(root="case:1") == {first.id: {"seq": 1, "t": "submit"}}
    assert leaves.disclose(leaves=[first.id], now=NOW) == 1
    world.round_of()
    (told,) = [json.loads(line) for line in (log_files.folder() / "disclosed" / "000").read_bytes().splitlines()]
    assert told["body"] == {"seq": 1, "t": "submit"}
    line = world.lines(8)[told["index"]]
    assert line == first.line == leaf_lines.blinded(nonce=read_base64(told["nonce"]), body=jcs(told["body"]))
    # What is told later comes beside it; nothing is told twice.
    assert leaves.disclose(leaves=[first.id], now=NOW) == 0 and leaves.kept_back(root="case:1") == {}
    leaves.disclose(leaves=[other.id], now=NOW)
    world.round_of()
    assert len((log_files.folder() / "disclosed" / "000").read_bytes().splitlines()) == 2


def test_of_entries_only_named_actions_that_were_done_on_named_subjects_are_told() -> None:
    by = factories.make_post(Role.BUYER_OFFICER)
    for action, outcome, subject in (
        ("bid.submit", "done", "bid:1"),
        ("bid.submit", "done", "bid:2"),
        ("bid.submit", "refused", "bid:1"),
        ("invitation.publish", "done", "bid:1"),
    ):
        entries.append(action=action, outcome=outcome, root="case:7", subject=subject, by=by, now=NOW, data={})
    assert leaves.disclose_entries(root="case:7", actions=["bid.submit"], subjects=["bid:1"], now=NOW) == 1
    (told,) = LeafSecret.objects.filter(disclosed_at__isnull=False)
    entry = told.leaf.entry
    assert (entry.action, entry.outcome, entry.subject) == ("bid.submit", "done", "bid:1")
    assert json.loads(bytes(told.body))["entry"] == entry.hash


def test_decoys_are_told_after_ninety_days_and_only_decoys() -> None:
    world.submit(1)
    world.round_of()
    later = NOW + sequencer.DECOYS_KEPT
    world.submit(2)
    world.round_of(now=later - datetime.timedelta(seconds=1))
    assert not (log_files.folder() / "disclosed").exists()
    world.round_of(now=later)
    told = [json.loads(line) for line in (log_files.folder() / "disclosed" / "000").read_bytes().splitlines()]
    assert [one["body"] for one in told] == [leaves.DECOY] * 6
    assert all(one["index"] < 8 for one in told)
    world.round_of(now=later)
    assert LeafSecret.objects.filter(disclosed_at__isnull=False).count() == 6


def test_keys_are_for_their_owner_alone_and_stay(settings: Any) -> None:
    key = log_keys.signer(log_keys.LOG)
    receipt = log_keys.signer(log_keys.RECEIPT)
    assert (key.name, receipt.name) == ("ggzy.example.gov.cn/log", "ggzy.example.gov.cn/sbp-receipt")
    settings.YANGCAI_NAME = "renamed.example"
    assert log_keys.signer(log_keys.LOG).skey == key.skey
    path = log_keys.folder() / "log.key"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(log_keys.KeyExposed):
        log_keys.signer(log_keys.LOG)


def test_the_key_remembers_what_it_signed() -> None:
    world.submit(1)
    world.round_of()
    found = world.head()
    assert log_keys.last_signed() == found
    log_keys.sign_head(found)
    for head in (Checkpoint(found.origin, 8, b"x" * 32), Checkpoint(found.origin, 7, found.root),
                 Checkpoint("other.example/log", 9, found.root)):  # fmt: skip
        with pytest.raises(log_keys.NeverTwo):
            log_keys.sign_head(head)
    assert log_keys.last_signed() == found


@pytest.mark.parametrize("kept", [("published", "memory"), ("published",), ("memory",)])
def test_after_a_restore_below_what_was_published_the_log_stops(kept: tuple[str, ...]) -> None:
    """A checkpoint outside, or the memory of the key, is enough to know."""
    backup = transaction.savepoint()
    world.submit(1)
    world.round_of()
    if "published" not in kept:
        (log_files.folder() / "checkpoint").unlink()
    if "memory" not in kept:
        (log_keys.folder() / "log.signed").unlink()
    transaction.savepoint_rollback(backup)
    with pytest.raises(LogStopped, match="knows 0 lines and 8 were published"):
        world.round_of()
    # Nor may it catch up with other lines: the size is reached, the root is another.
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        patch.setattr(sequencer, "_check_continues", lambda: None)
        patch.setattr(sequencer, "_publish", lambda head: None)
        world.submit(2)
        if "memory" in kept:
            with pytest.raises(log_keys.NeverTwo):
                world.round_of()
        else:
            world.round_of()
    with pytest.raises(LogStopped, match="another root"):
        world.round_of()


def test_a_foreign_checkpoint_in_its_place_stops_the_log() -> None:
    world.submit(1)
    world.round_of()
    path = log_files.folder() / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n8\n", b"\n9\n"))
    with pytest.raises(LogStopped, match="not one of this log"):
        world.round_of()


ATTACKS = {
    "change a line": "UPDATE kernel_leaf SET line = 'x' WHERE index = 0",
    "move a line": "UPDATE kernel_leaf SET index = 100 WHERE index = 0",
    "take a line its place": "UPDATE kernel_leaf SET index = NULL WHERE index = 0",
    "delete a line": "DELETE FROM kernel_leaf WHERE index = 0",
    "change what a line says": "UPDATE kernel_leafsecret SET body = 'x'",
    "forget what a line says": "DELETE FROM kernel_leafsecret",
    "take a disclosure back": "UPDATE kernel_leafsecret SET disclosed_at = now();"
    "UPDATE kernel_leafsecret SET disclosed_at = NULL",
    "change a tile": "UPDATE kernel_logtile SET hashes = substring(hashes FOR 255)",
    "delete a tile": "DELETE FROM kernel_logtile",
    "change a root": "UPDATE kernel_treehead SET hash = 'x'",
    "sign another root": "UPDATE kernel_treehead SET signed = 'x'",
    "delete a head": "DELETE FROM kernel_treehead",
}


@pytest.mark.parametrize("what", ATTACKS)
def test_the_database_lets_the_log_only_grow(what: str) -> None:
    world.submit(1)
    world.round_of()
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTACKS[what])
    assert caught.value.__cause__.diag.constraint_name == "the_public_log_only_grows"  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [7, 8, 16])
def test_the_database_knows_one_root_for_a_size(size: int) -> None:
    """Neither a second one, nor one of the past, nor one over lines that have no place."""
    world.submit(1)
    world.round_of()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        TreeHead.objects.create(size=size, hash=b"x" * 32, at=NOW)
    assert caught.value.__cause__.diag.constraint_name == "one_root_per_size"  # type: ignore[union-attr]
