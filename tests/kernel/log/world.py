"""What does a test of the public log need? A folder, a time that moves, rounds without chance."""

import datetime
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from yangcai.kernel import leaves, log_files, log_keys, log_witnesses, sequencer
from yangcai.kernel.leaves import Appended
from yangcai.kernel.sequencer import Round
from yangcai.kernel.tlog import checkpoint, note, tiles, tree
from yangcai.kernel.tlog.checkpoint import Checkpoint
from yangcai.kernel.tlog.tiles import Tile

NOW = datetime.datetime(2026, 3, 2, 1, tzinfo=datetime.UTC)


class Fixed(random.Random):
    """Chance whose `random` is always the same: 1 makes no batch of decoys alone. Places are drawn from its bits."""

    value = 1.0

    def random(self) -> float:
        return self.value

    def getrandbits(self, k: int, /) -> int:
        return super().getrandbits(k)


@contextmanager
def site_in(home: Path) -> Iterator[None]:
    """A site with its log in this folder, for what several tests only read: its rows are taken back at the end."""
    from django.conf import settings
    from django.test import TestCase

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("YANGCAI_HOME", home), ("YANGCAI_LOG", home / "log"), ("YANGCAI_NAME", "ggzy.example")):
            patch.setattr(settings, name, value, raising=False)
        atomics = TestCase._enter_atomics()
        try:
            yield
        finally:
            TestCase._rollback_atomics(atomics)


def use(settings: Any, folder: Path) -> None:
    """A log of its own under this folder."""
    settings.YANGCAI_HOME, settings.YANGCAI_LOG = folder, folder / "log"
    settings.YANGCAI_NAME = "ggzy.example.gov.cn"


def submit(number: int, *, root: str = "case:1") -> Appended:
    return leaves.append_leaf(body={"t": "submit", "seq": number}, root=root)


def round_of(*, now: datetime.datetime = NOW, seed: int = 1) -> Round:
    found = sequencer.sequence(now=now, chance=Fixed(seed))
    assert found is not None
    return found


def head() -> Checkpoint:
    """The published checkpoint, its signature verified."""
    log = log_keys.signer(log_keys.LOG).verifier
    return checkpoint.opened((log_files.folder() / "checkpoint").read_bytes(), log)[0]


def lines(size: int) -> list[bytes]:
    """Every line, out of the published bundles, by the tile that a checkpoint of that size needs or the whole one."""
    found: list[bytes] = []
    for start in range(0, size, tiles.WIDTH):
        width = min(size - start, tiles.WIDTH)
        found += tiles.unpack_entries(fetch(Tile(-1, start // tiles.WIDTH, width)))[:width]
    return found


def fetch(tile: Tile) -> bytes:
    path = log_files.folder() / tile.path
    return path.read_bytes() if path.exists() else (log_files.folder() / Tile(tile.level, tile.index).path).read_bytes()


def assert_whole() -> Checkpoint:
    """What is published agrees with itself: entries, tiles, root."""
    found = head()
    hashes = [tree.leaf_hash(line) for line in lines(found.size)]
    assert len(hashes) == found.size
    assert tree.root(size=found.size, read=tree.reader_of(hashes)) == found.root
    by_tile = tiles.reader_of(size=found.size, read_tile=lambda tile: fetch(tile)[: tile.width * tree.HASH])
    assert tree.root(size=found.size, read=by_tile) == found.root
    return found


def write_policy(*witnesses: tuple[note.Verifier, str], quorum: int) -> None:
    """These witnesses are asked, and so many should cosign."""
    lines = [f"witness W{n} {verifier.vkey} {url}" for n, (verifier, url) in enumerate(witnesses, start=1)]
    names = " ".join(f"W{n}" for n in range(1, len(witnesses) + 1))
    text = "\n".join([*lines, f"group all-of-them {quorum} {names}", "quorum all-of-them", ""])
    log_witnesses.path().parent.mkdir(parents=True, exist_ok=True)
    log_witnesses.path().write_text(text)
