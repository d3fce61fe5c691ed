"""How is the `.sbe` file written and read as a stream, whatever its size? (SBP/1 §2.4, 9)

"SBE1" ‖ u32(len header) ‖ header ‖ payload. The supplier keeps the file: it is the copy from which a damaged one on the
platform is restored.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from yangcai.sealing.digests import ByParts
from yangcai.sealing.faults import ENVELOPE_DAMAGED, ENVELOPE_MALFORMED, Faulty
from yangcai.sealing.header import LARGEST_HEADER, Header
from yangcai.sealing.payload import BLOCK, LARGEST, Writer, blocks
from yangcai.sealing.suites import Suite, suite

MAGIC = b"SBE1"


@dataclass(frozen=True)
class Imprint:
    """What a statement says of an envelope: its digest by parts and its length; `env_sm3` in suite G1."""

    env_digest: bytes
    env_len: int
    env_sm3: bytes = b""


class Running:
    """An imprint that grows."""

    def __init__(self, of: Suite | None = None) -> None:
        self._digests = [ByParts(), *([ByParts(of.national_hash)] if of and of.national_hash else [])]

    def update(self, content: bytes) -> None:
        for running in self._digests:
            running.update(content)

    def imprint(self) -> Imprint:
        first, *rest = self._digests
        return Imprint(first.digest(), first.size, rest[0].digest() if rest else b"")


def write(out: Writer, header: Header, payload: Iterable[bytes]) -> Imprint:
    """The whole file to `out`. Raises Faulty (envelope_malformed) when it is not of the length it ought to be."""
    running = Running(suite(header.core.suite))
    content = header.content
    if len(content) > LARGEST_HEADER or header.envelope_size > LARGEST:
        raise Faulty(ENVELOPE_MALFORMED, "too large")
    for piece in _file(content, payload):
        running.update(piece)
        out.write(piece)
    imprint = running.imprint()
    if imprint.env_len != header.envelope_size:
        raise Faulty(ENVELOPE_MALFORMED, f"{imprint.env_len} bytes instead of {header.envelope_size}")
    return imprint


def _file(content: bytes, payload: Iterable[bytes]) -> Iterator[bytes]:
    yield MAGIC + len(content).to_bytes(4) + content
    yield from payload


class Envelope:
    """An envelope that is being read: the header at once, the payload as it is asked for, the imprint at the end."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        lead = stream.read(8)
        if len(lead) < 8 or lead[:4] != MAGIC:
            raise Faulty(ENVELOPE_MALFORMED, "does not begin as an envelope")
        size = int.from_bytes(lead[4:])
        if size > LARGEST_HEADER:
            raise Faulty(ENVELOPE_MALFORMED, f"a header of {size} bytes")
        content = stream.read(size)
        if len(content) != size:
            raise Faulty(ENVELOPE_MALFORMED, "cut off in the header")
        self.header = Header.parse(content)
        if self.header.envelope_size > LARGEST:
            raise Faulty(ENVELOPE_MALFORMED, "too large")
        self._running = Running(suite(self.header.core.suite))
        self._running.update(lead + content)
        self._left = self.header.envelope_size - 8 - size

    def payload(self) -> Iterator[bytes]:
        """The sealed payload in blocks. Raises Faulty (envelope_malformed) when it is shorter or longer than said."""
        while self._left:
            block = self.stream.read(min(BLOCK, self._left))
            if not block:
                raise Faulty(ENVELOPE_MALFORMED, f"{self._left} bytes are missing")
            self._left -= len(block)
            self._running.update(block)
            yield block
        if self.stream.read(1):
            raise Faulty(ENVELOPE_MALFORMED, "goes on behind its end")

    def imprint(self) -> Imprint:
        """Of what was read, and of what was not read yet."""
        for _block in self.payload():
            pass
        return self._running.imprint()


def imprint_of(stream: BinaryIO, of: Suite | None = None) -> Imprint:
    """The imprint of any bytes, an envelope or not."""
    running = Running(of)
    for block in blocks(stream):
        running.update(block)
    return running.imprint()


def check_imprint(stream: BinaryIO, expected: Imprint) -> None:
    """Are these the bytes of the receipt? Raises Faulty (envelope_damaged)."""
    found = imprint_of(stream)
    if (found.env_digest, found.env_len) != (expected.env_digest, expected.env_len):
        raise Faulty(ENVELOPE_DAMAGED, f"digest {found.env_digest.hex()}, {found.env_len} bytes")
