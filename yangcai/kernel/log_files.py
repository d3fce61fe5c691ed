"""Where does the public log lie for everybody to fetch? Static files under YANGCAI_LOG, written whole or not at all.

checkpoint · tile/… · policy · disclosed/… (nonce and body of the lines that may be opened by now, by bundle) · seen/…
(log_seen.py) · record/… (documents that a line in clear names by the digest in its field `record`)
"""

import fcntl
import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from yangcai.kernel import documents, durable
from yangcai.kernel.encoding import base64_of, jcs, parse_jcs
from yangcai.kernel.leaf_lines import CLEAR
from yangcai.kernel.log_tiles import FULL
from yangcai.kernel.models import Document, Leaf, LeafSecret, LogTile, TreeHead
from yangcai.kernel.tlog import checkpoint, note, tiles, tree
from yangcai.kernel.tlog.checkpoint import Checkpoint
from yangcai.kernel.tlog.tiles import WIDTH, Tile

logger = logging.getLogger(__name__)
CHECKPOINT, POLICY, DISCLOSED, RECORD = "checkpoint", "policy", "disclosed", "record"


def folder() -> Path:
    """Where the public log lies."""
    return Path(settings.YANGCAI_LOG)


def published(log: note.Verifier) -> Checkpoint | None:
    """The checkpoint that everybody sees. Raises Malformed or Unproven where it is not one of this log."""
    path = folder() / CHECKPOINT
    return checkpoint.opened(path.read_bytes(), log)[0] if path.exists() else None


def publish_tiles(*, size: int, since: int) -> None:
    """Every tile and bundle of the tree of `size` that the tree of `since` has not; those that are there stay."""
    for tile in tiles.tiles_of(size=size, since=since):
        path = folder() / tile.path
        if not path.exists():
            write(path, _bundle(tile) if tile.level < 0 else _tile(tile))
        if tile.width == WIDTH:  # whoever still asks for a part of it takes the whole
            shutil.rmtree(path.with_name(f"{path.name}.p"), ignore_errors=True)


def publish_records(*, size: int, since: int) -> None:
    """Every document that a line between the two sizes names as its record. One that is lost is missed by whoever
    verifies; the log goes on."""
    found = Leaf.objects.filter(index__gte=since, index__lt=size, entry__isnull=True)
    for line in found.order_by("index").values_list("line", flat=True).iterator():
        if not bytes(line).startswith(CLEAR):
            continue
        body = parse_jcs(bytes(line)[len(CLEAR) : -1])
        if digest := body.get(RECORD):
            try:
                content = documents.read(Document.objects.get(digest=digest))
            except (Document.DoesNotExist, documents.BadDocument):
                logger.exception("the record %s cannot be published", digest)
            else:
                write(folder() / RECORD / digest, content)


def publish_checkpoint(signed: str, *, log: note.Verifier) -> bool:
    """Last of all: what it promises is there already. Not in the place of a larger one: while a process stood still,
    and the database took it for dead, another went on. Says whether it is published now."""
    size = checkpoint.opened(signed.encode(), log)[0].size
    settings.YANGCAI_HOME.mkdir(parents=True, exist_ok=True)
    with (settings.YANGCAI_HOME / "log.publishing").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = published(log)
        if before is not None and before.size > size:
            return False
        write(folder() / CHECKPOINT, signed.encode())
    return True


def publish_disclosed(bundles: Iterable[int]) -> None:
    """What opens the lines of these bundles, as far as it may be told: a JSON object a line, in their order."""
    for bundle in sorted(bundles):
        secrets = LeafSecret.objects.filter(
            leaf__index__gte=bundle * WIDTH, leaf__index__lt=(bundle + 1) * WIDTH, disclosed_at__isnull=False
        )
        lines = [
            jcs(
                {
                    "body": parse_jcs(bytes(secret.body)),
                    "index": secret.leaf.index,
                    "nonce": base64_of(bytes(secret.nonce)),
                }
            )
            for secret in secrets.select_related("leaf").order_by("leaf__index")
        ]
        write(folder() / DISCLOSED / tiles.number_path(bundle), b"".join(line + b"\n" for line in lines))


def _tile(tile: Tile) -> bytes:
    row = bytes(LogTile.objects.values_list("hashes", flat=True).get(level=tile.level, index=tile.index))
    assert len(row) <= FULL
    return row[: tile.width * tree.HASH]


def _bundle(tile: Tile) -> bytes:
    start = tile.index * WIDTH
    lines = Leaf.objects.filter(index__gte=start, index__lt=start + tile.width).order_by("index")
    return tiles.pack_entries([bytes(line) for line in lines.values_list("line", flat=True)])


def write(path: Path, content: bytes) -> None:
    """Readable by the web server."""
    durable.write(path, content, mode=0o644)


def newest_head() -> TreeHead | None:
    """The head of the largest tree, None before the first."""
    return TreeHead.objects.order_by("-size").first()
