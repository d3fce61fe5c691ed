"""In which files does a log lie, and what is in them? C2SP tlog-tiles."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from yangcai.kernel.tlog.faults import Malformed
from yangcai.kernel.tlog.tree import HASH, Reader, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
LEVELS = 64
#: The length of an entry is two bytes.
LONGEST_ENTRY = 0xFFFF
ENTRIES = "entries"
#: A number of 2^64 has seven groups of digits.
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


@dataclass(frozen=True, order=True)
class Tile:
    """`level` -1 is a bundle of entries; `width` below 256 a partial one."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """E.g. tile/0/x001/234/067 without a leading slash, tile/entries/000.p/8 for a partial bundle."""
        level = ENTRIES if self.level < 0 else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{number_path(self.index)}{partial}"


def number_path(number: int) -> str:
    """1234067 as x001/x234/067."""
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def parse_path(path: str) -> Tile:
    """The tile of a path. Raises Malformed at every path that `Tile.path` would not write."""
    found = _PATH.fullmatch(path)
    if not found:
        raise Malformed(f"no path of a tile: {path!r}")
    level, number, width = found.groups()
    tile = Tile(
        -1 if level == ENTRIES else int(level), int(number.replace("x", "").replace("/", "")), int(width or WIDTH)
    )
    if tile.path != path or tile.level >= LEVELS or (width and tile.width >= WIDTH):
        raise Malformed(f"no path of a tile: {path!r}")
    return tile


def tiles_of(*, size: int, since: int = 0) -> Iterator[Tile]:
    """The tiles and bundles of a tree that are not in the tree of size `since`: bundles first, then level by level."""
    yield from _of_level(-1, size, since)
    for level in range(LEVELS):
        if not size >> (HEIGHT * level):
            return
        yield from _of_level(level, size >> (HEIGHT * level), since >> (HEIGHT * level))


def _of_level(level: int, count: int, before: int) -> Iterator[Tile]:
    if count == before:
        return
    for index in range(before // WIDTH, count // WIDTH):
        yield Tile(level, index)
    if count % WIDTH:
        yield Tile(level, count // WIDTH, count % WIDTH)


def reader_of(*, size: int, read_tile: Callable[[Tile], bytes]) -> Reader:
    """Reads a tree of that size out of its tiles; each is asked for once. Raises Malformed at one of a wrong length."""
    kept: dict[tuple[int, int], bytes] = {}

    def hashes(level: int, index: int) -> bytes:
        if (level, index) not in kept:
            there = (size >> (HEIGHT * level)) - index * WIDTH
            tile = Tile(level, index, min(there, WIDTH))
            content = read_tile(tile)
            if len(content) != tile.width * HASH:
                raise Malformed(f"{tile.path} has {len(content)} bytes")
            kept[level, index] = content
        return kept[level, index]

    def read(level: int, index: int) -> bytes:
        """Of a subtree between two levels of tiles, from the tile that holds its lower edge."""
        above = level // HEIGHT
        span = 1 << (level % HEIGHT)
        tile, place = divmod(index * span, WIDTH)
        content = hashes(above, tile)[place * HASH : (place + span) * HASH]
        row = [content[at : at + HASH] for at in range(0, len(content), HASH)]
        while len(row) > 1:
            row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
        return row[0]

    return read


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """A bundle. Raises Malformed at an entry that is too long."""
    packed = bytearray()
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise Malformed(f"an entry of {len(entry)} bytes")
        packed += len(entry).to_bytes(2) + entry
    return bytes(packed)


def unpack_entries(content: bytes) -> list[bytes]:
    """The entries of a bundle. Raises Malformed where one is cut off."""
    entries, place = [], 0
    while place < len(content):
        length = int.from_bytes(content[place : place + 2])
        entry = content[place + 2 : place + 2 + length]
        if place + 2 > len(content) or len(entry) != length:
            raise Malformed("a bundle whose last entry is cut off")
        entries.append(entry)
        place += 2 + length
    return entries
