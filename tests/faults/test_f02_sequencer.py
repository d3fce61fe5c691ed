"""F2: does a sequencer that dies or stalls anywhere leave one log, which only grows and in which every receipt holds?

The judge is what clients have in hand: receipts, and checkpoints as they were published, one after the other. It looks
at the published files alone, as anybody does from outside.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from benchmarks import bidders
from tests.faults.programs.dying import FENCED, LONG, SHORT, acknowledged, expected, ways
from tests.faults.programs.sequencing import POINTS
from tests.faults.test_f01_finalise import run
from tests.kernel.log import world
from tests.tendering.sealing_walk import SealedTender
from yangcai.kernel import log_files, log_keys, log_tiles, sequencer
from yangcai.kernel.models import Leaf
from yangcai.kernel.tlog import checkpoint, policy, tree
from yangcai.kernel.verifying import log, receipt, source
from yangcai.kernel.verifying.findings import Finding
from yangcai.tendering import policies, receipts


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_one_log_whatever_dies(tells: Any, full: bool, settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)
    fenced = f"{FENCED}{LONG if full else SHORT}"
    cases = [f"{point}:{how}" for point in POINTS for how in (*ways(full=full), fenced)]
    file = tmp_path / "requests"
    file.write_text("".join(json.dumps(one) + "\n" for one in bids(len(cases))))
    for found in run("sequencing", file, cases):
        how = found["case"].partition(":")[2]
        assert found["again"] == 0 and (how == fenced or found["ended"] == expected(how)), found
    told = acknowledged(file.with_suffix(".journal"))
    notes = [one["note"] for one in told if "note" in one]
    assert len(notes) == len(cases)
    heads = opened(one["checkpoint"] for one in told if "checkpoint" in one)
    # It only grows, every size has one root, and each tree follows from the one before.
    sizes = [head.size for head in heads]
    assert sizes == sorted(sizes) and len(heads) >= 2 * len(cases)
    too_many = len({(head.size, head.root) for head in heads}) - len(set(sizes))
    read = log_tiles.reader(size=sizes[-1])
    for head in heads:
        steps = tree.consistency_proof(old=head.size, size=sizes[-1], read=read)
        tree.verify_consistency(old=head.size, size=sizes[-1], proof=steps, old_root=head.root, root=heads[-1].root)
    gone = lost(notes)
    tells(deaths=len(cases), acknowledged=len(notes), lost=gone, roots_too_many=too_many)
    assert (gone, too_many) == (0, 0)
    # The control: a receipt whose line never came is one that this judge misses.
    other = json.loads(json.dumps(notes[0]).replace(notes[0].split("leaf ")[1].split("\\n")[0][:43], "A" * 43))
    assert lost([other]) == 1
    assert not Leaf.objects.filter(index__isnull=True).exists()


def bids(number: int) -> Iterable[dict[str, Any]]:
    """So many that only have to be handed in."""
    tender = SealedTender().announced()
    receipts.signer()
    for one in bidders.ready(tender.lot, policies.in_force(tender.lot), number, now=tender.now):
        yield {
            "upload": one.request.upload,
            "post": one.post.pk,
            "now": tender.now.isoformat(),
            "message": one.message.content.decode(),
        }


def opened(checkpoints: Iterable[str]) -> list[checkpoint.Checkpoint]:
    """Each under the signature of the log."""
    key = log_keys.signer(log_keys.LOG).verifier
    return [checkpoint.opened(text.encode(), key)[0] for text in checkpoints]


def lost(notes: Iterable[str]) -> int:
    """Receipts that do not hold in the log as it is published, each line of it once."""
    folder = log_files.folder()
    found = log.verify(source.opened(str(folder)), policy=policy.parse((folder / "policy").read_bytes()))
    hashes = [tree.leaf_hash(line) for line in found.lines]
    count = 0
    for note in notes:
        try:
            receipt.verify(note.encode(), log=found, keys=[], now=world.NOW)
            count += hashes.count(receipt.parse(note.encode())[0].leaf) != 1
        except Finding:
            count += 1
    return count


@pytest.mark.django_db(transaction=True)
def test_a_second_sequencer_does_nothing_while_one_stalls(settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)
    world.submit(1)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [sequencer.LOCK])
        assert sequencer.sequence(now=world.NOW, chance=world.Fixed(1)) is None
        assert Leaf.objects.filter(index__isnull=True).count() == 1
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [sequencer.LOCK])
    finally:
        other.close()
    assert world.round_of().size == 8
