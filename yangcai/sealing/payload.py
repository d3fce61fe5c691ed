"""What lies in the sealed payload, and how is its exact size hidden? (SBP/1 §2.4, 4)

u32(len M) ‖ M ‖ the files in order ‖ zeros up to a Padmé length. M, the manifest, holds what lets everyone check after
the opening: the deal seed, the price with its salt, a digest by parts of each file.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from yangcai.kernel.encoding import BadEncoding, jcs
from yangcai.sealing.digests import ByParts
from yangcai.sealing.faults import (
    FILE_CHANGED,
    FILE_MISMATCH,
    FILES_REFUSED,
    MANIFEST_MALFORMED,
    PADDING_MISMATCH,
    Faulty,
)
from yangcai.sealing.fields import Fields
from yangcai.sealing.suites import Suite

VERSION = "sbp/1 manifest"
MOST_FILES = 200
#: A whole envelope, bytes.
LARGEST = 2 * 2**30
LARGEST_MANIFEST = 2**20
#: How much is read at once.
BLOCK = 2**20
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


@dataclass(frozen=True)
class FileEntry:
    """One file in the manifest; `sha256` is its digest by parts, `sm3` the same over SM3 in suite G1."""

    name: str
    size: int
    sha256: bytes
    type: str
    sm3: bytes = b""

    def as_dict(self) -> dict[str, Any]:
        told = {"name": self.name, "size": self.size, "sha256": self.sha256.hex(), "type": self.type}
        return told | ({"sm3": self.sm3.hex()} if self.sm3 else {})


@dataclass(frozen=True)
class Manifest:
    """What the payload begins with; `price` is the opening schedule (开标一览表), money in fen."""

    deal_seed: bytes
    price_salt: bytes
    price: dict[str, Any]
    files: tuple[FileEntry, ...]

    @property
    def content(self) -> bytes:
        """The canonical bytes. Raises Faulty (files_refused) when the price cannot be written or it grows too large."""
        value = {
            "v": VERSION,
            "deal_seed": self.deal_seed.hex(),
            "price_salt": self.price_salt.hex(),
            "price": self.price,
            "files": [entry.as_dict() for entry in self.files],
        }
        try:
            content = jcs(value)
        except BadEncoding as error:
            raise Faulty(FILES_REFUSED, str(error)) from error
        if len(content) > LARGEST_MANIFEST:
            raise Faulty(FILES_REFUSED, "the manifest is too large")
        return content

    @property
    def plain_size(self) -> int:
        """Bytes of the payload before padding."""
        return 4 + len(self.content) + sum(entry.size for entry in self.files)

    @classmethod
    def parse(cls, content: bytes, suite: Suite) -> "Manifest":
        """From canonical bytes. Raises Faulty (manifest_malformed)."""
        fields = Fields.of(content, MANIFEST_MALFORMED, at_most=LARGEST_MANIFEST)
        fields.exactly("v", VERSION)
        manifest = cls(
            deal_seed=fields.hexed("deal_seed", 32),
            price_salt=fields.hexed("price_salt", 32),
            price=fields.mapping("price"),
            files=tuple(_entry(entry, suite) for entry in fields.each("files", at_most=MOST_FILES)),
        )
        fields.done()
        if _holds_nul(manifest.price) or any("\0" in entry.type for entry in manifest.files):
            raise Faulty(MANIFEST_MALFORMED, "U+0000 in a text")
        names = [entry.name for entry in manifest.files]
        if len(set(names)) != len(names):
            raise Faulty(MANIFEST_MALFORMED, "two files have one name")
        return manifest


def _holds_nul(value: Any) -> bool:
    """Is there U+0000 in a key or a text? No form takes it, and no database keeps it."""
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(_holds_nul(key) or _holds_nul(inner) for key, inner in value.items())
        case list():
            return any(_holds_nul(inner) for inner in value)
    return False


def _entry(fields: Fields, suite: Suite) -> FileEntry:
    entry = FileEntry(
        name=fields.text("name", at_most=255),
        size=fields.integer("size", at_most=LARGEST),
        sha256=fields.hexed("sha256", 32),
        type=fields.text("type", at_most=255),
        sm3=fields.hexed("sm3", 32) if suite.national_hash else b"",
    )
    fields.done()
    if is_dangerous(entry.name):
        raise Faulty(MANIFEST_MALFORMED, f"the name {entry.name!r}")
    return entry


def is_dangerous(name: str) -> bool:
    """Could writing a file of this name leave its folder or deceive the eye? Refused even at the opening."""
    separators = {"/", "\\", "\0"}
    return name in {"", ".", ".."} or any(
        c in separators or unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} for c in name
    )


def is_portable(name: str) -> bool:
    """Can every system write a file of this name? Asked of the supplier at sealing, not of anyone at the opening."""
    stem = name.split(".")[0].casefold().strip()
    return not (
        is_dangerous(name)
        or len(name.encode()) > 255
        or unicodedata.normalize("NFC", name) != name
        or set(name) & set(':*?"<>|')
        or name[-1] in ". "
        or name[0] == " "
        or stem in _DEVICES
    )


def padme(length: int) -> int:
    """The length that `length` (≥ 2) is padded to: at most 12 % more, and only its size class shows."""
    exponent = length.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return (length + step - 1) // step * step


@dataclass(frozen=True)
class Source:
    """A file to be sealed; `open` gives its bytes from the start, and is called twice."""

    name: str
    type: str
    open: Callable[[], BinaryIO] = field(repr=False)


def entries(sources: list[Source], suite: Suite) -> tuple[FileEntry, ...]:
    """What the manifest says of these files; reads each once. Raises Faulty (files_refused)."""
    if len(sources) > MOST_FILES:
        raise Faulty(FILES_REFUSED, f"{len(sources)} files, at most {MOST_FILES}")
    folded = [source.name.casefold() for source in sources]
    for source in sources:
        if not is_portable(source.name):
            raise Faulty(FILES_REFUSED, f"the name {source.name!r}")
        if folded.count(source.name.casefold()) > 1:
            raise Faulty(FILES_REFUSED, f"two files are named {source.name!r}")
    found = tuple(_examined(source, suite) for source in sources)
    if sum(entry.size for entry in found) > LARGEST:
        raise Faulty(FILES_REFUSED, f"more than {LARGEST} bytes")
    return found


def _examined(source: Source, suite: Suite) -> FileEntry:
    digests = [ByParts(), *([ByParts(suite.national_hash)] if suite.national_hash else [])]
    with source.open() as stream:
        for block in blocks(stream):
            for running in digests:
                running.update(block)
    sm3 = digests[1].digest() if len(digests) > 1 else b""
    return FileEntry(source.name, digests[0].size, digests[0].digest(), source.type, sm3)


def blocks(stream: BinaryIO, size: int = BLOCK) -> Iterator[bytes]:
    """The rest of a stream in pieces."""
    while block := stream.read(size):
        yield block


def plain(manifest: Manifest, sources: list[Source]) -> Iterator[bytes]:
    """The plain payload, padded. Raises Faulty (file_changed) when a file is not what the manifest says."""
    content = manifest.content
    yield len(content).to_bytes(4) + content
    for entry, source in zip(manifest.files, sources, strict=True):
        running = ByParts()
        with source.open() as stream:
            for block in blocks(stream):
                running.update(block)
                if running.size > entry.size:
                    break
                yield block
        if (running.size, running.digest()) != (entry.size, entry.sha256):
            raise Faulty(FILE_CHANGED, entry.name)
    yield from _zeros(padme(manifest.plain_size) - manifest.plain_size)


def _zeros(count: int) -> Iterator[bytes]:
    for at in range(0, count, BLOCK):
        yield bytes(min(BLOCK, count - at))


class Writer(Protocol):
    """Where the bytes of one opened file go."""

    def write(self, content: bytes, /) -> Any: ...

    def close(self) -> None: ...


#: Asked for a writer for each file, in order.
Sink = Callable[[FileEntry], Writer]


class Nowhere:
    """A writer that keeps nothing: to check without opening to the disk."""

    def __init__(self, entry: FileEntry) -> None:
        self.entry = entry

    def write(self, content: bytes, /) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class _Plain:
    """Plain bytes that come in pieces, taken in the lengths that are wanted."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = iter(pieces)
        self.held = b""

    def some(self, wanted: int) -> Iterator[bytes]:
        """Exactly so many bytes, in pieces; fewer only at the end of it all."""
        while wanted:
            piece = self.held or self._next()
            if not piece:
                return
            self.held = piece[wanted:]
            piece = piece[:wanted]
            wanted -= len(piece)
            yield piece

    def _next(self) -> bytes:
        """The next piece that is not empty; empty at the end."""
        for piece in self.pieces:
            if piece:
                return piece
        return b""

    def exactly(self, wanted: int, what: str) -> bytes:
        found = b"".join(self.some(wanted))
        if len(found) != wanted:
            raise Faulty(MANIFEST_MALFORMED, f"cut off in {what}")
        return found

    def rest(self) -> Iterator[bytes]:
        yield self.held
        self.held = b""
        yield from self.pieces


def read(pieces: Iterable[bytes], suite: Suite, *, sink: Sink = Nowhere) -> Manifest:
    """The manifest of a plain payload, whose files go to `sink` as they come; all of them and the padding are checked.

    Raises Faulty (manifest_malformed, file_mismatch, padding_mismatch); what went to the sink is good only without it.
    """
    stream = _Plain(pieces)
    size = int.from_bytes(stream.exactly(4, "the length"))
    if size > LARGEST_MANIFEST:
        raise Faulty(MANIFEST_MALFORMED, f"{size} bytes long")
    manifest = Manifest.parse(stream.exactly(size, "the manifest"), suite)
    for entry in manifest.files:
        _receive(stream, entry, suite, sink)
    padding = 0
    for piece in stream.rest():
        if piece.count(0) != len(piece):
            raise Faulty(PADDING_MISMATCH, "not zero")
        padding += len(piece)
    if manifest.plain_size + padding != padme(manifest.plain_size):
        raise Faulty(PADDING_MISMATCH, f"{padding} bytes")
    return manifest


def _receive(stream: _Plain, entry: FileEntry, suite: Suite, sink: Sink) -> None:
    digests = [ByParts(), *([ByParts(suite.national_hash)] if suite.national_hash else [])]
    with closing(sink(entry)) as writer:
        for piece in stream.some(entry.size):
            for running in digests:
                running.update(piece)
            writer.write(piece)
    expected = [entry.sha256, *([entry.sm3] if suite.national_hash else [])]
    if digests[0].size != entry.size or [running.digest() for running in digests] != expected:
        raise Faulty(FILE_MISMATCH, entry.name)
