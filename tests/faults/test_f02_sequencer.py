"""F2: does a sequencer that dies anywhere leave one log, which only grows and loses nothing that was acknowledged?"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests.faults.programs.sequencing import POINTS
from tests.kernel.log import world
from yangcai.kernel import log_keys, log_tiles, sequencer
from yangcai.kernel.models import Leaf
from yangcai.kernel.tlog import checkpoint, tree

ROOT = Path(__file__).resolve().parents[2]


def journal(home: Path, cases: list[str]) -> list[dict[str, Any]]:
    """What the clients saw, in order, while the sequencer died again and again."""
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}")),
        "DJANGO_SETTINGS_MODULE": "yangcai.settings",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.faults.programs.sequencing", str(home), *cases]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.django_db(transaction=True)
def test_one_log_whatever_dies(tells: Any, settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)
    cases = [*(f"{point}:kill" for point in POINTS), "after_tile_write:error", "after_sign:error", "after_files:error"]
    seen = journal(tmp_path, cases)
    log = log_keys.signer(log_keys.LOG).verifier
    shown = [row["checkpoint"] for row in seen if row.get("checkpoint")]
    heads = [checkpoint.opened(text.encode(), log)[0] for text in shown]
    # It only grows, every size has one root, and each tree follows from the one before.
    sizes = [head.size for head in heads]
    assert sizes == sorted(sizes) and len({(head.size, head.root) for head in heads}) == len(set(sizes))
    assert len(heads) >= len(cases) and sizes[-1] >= 8 * len(cases) / 2
    read = log_tiles.reader(size=sizes[-1])
    for head in heads:
        steps = tree.consistency_proof(old=head.size, size=sizes[-1], read=read)
        tree.verify_consistency(old=head.size, size=sizes[-1], proof=steps, old_root=head.root, root=heads[-1].root)
    # Whatever was committed is in it, once; the published files agree with themselves.
    assert world.assert_whole() == heads[-1]
    hashes = [tree.leaf_hash(line) for line in world.lines(sizes[-1])]
    acknowledged = [row["leaf"] for row in seen if "leaf" in row]
    assert len(acknowledged) == len(cases)
    assert [hashes.count(bytes.fromhex(leaf)) for leaf in acknowledged] == [1] * len(cases)
    assert not Leaf.objects.filter(index__isnull=True).exists()
    roots = {(head.size, head.root) for head in heads}
    tells(deaths=len(cases), acknowledged=len(cases), lost=0, roots_too_many=len(roots) - len(set(sizes)))


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
