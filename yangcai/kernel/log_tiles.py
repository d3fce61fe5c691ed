"""How does the tree of the public log grow in the database, and how is it read there?"""

from collections.abc import Sequence

from yangcai.kernel.models import LogTile
from yangcai.kernel.tlog import tiles, tree
from yangcai.kernel.tlog.tiles import WIDTH, Tile

FULL = WIDTH * tree.HASH


def grow(*, size: int, hashes: Sequence[bytes]) -> bytes:
    """Append leaf hashes to a tree of `size`, in the running transaction; its new root."""
    known: dict[tuple[int, int], bytes] = {}
    level, start, more = 0, size, list(hashes)
    while more:
        finished = []
        first = start // WIDTH
        row = _row(level, first) if start % WIDTH else b""
        row += b"".join(more)
        for place in range(0, len(row), FULL):
            content = row[place : place + FULL]
            index = first + place // FULL
            _write(level, index, content)
            known[level, index] = content
            if len(content) == FULL:
                finished.append(_root_of(content))
        level, start, more = level + 1, first, finished
    grown = size + len(hashes)
    return tree.root(size=grown, read=reader(size=grown, known=known))


def reader(*, size: int, known: dict[tuple[int, int], bytes] | None = None) -> tree.Reader:
    """Reads the tree as it was at that size."""

    def content(tile: Tile) -> bytes:
        row = (known or {}).get((tile.level, tile.index)) or _row(tile.level, tile.index)
        return row[: tile.width * tree.HASH]

    return tiles.reader_of(size=size, read_tile=content)


def _root_of(content: bytes) -> bytes:
    hashes = [content[at : at + tree.HASH] for at in range(0, len(content), tree.HASH)]
    return tree.root(size=len(hashes), read=tree.reader_of(hashes))


def _row(level: int, index: int) -> bytes:
    return bytes(LogTile.objects.values_list("hashes", flat=True).get(level=level, index=index))


def _write(level: int, index: int, content: bytes) -> None:
    LogTile.objects.bulk_create(
        [LogTile(level=level, index=index, hashes=content)],
        update_conflicts=True,
        unique_fields=["level", "index"],
        update_fields=["hashes"],
    )
