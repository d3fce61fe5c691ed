"""What did the log say of itself at one size? C2SP tlog-checkpoint."""

import re
from dataclasses import dataclass

from yangcai.kernel.encoding import BadEncoding, base64_of, read_base64
from yangcai.kernel.tlog import note
from yangcai.kernel.tlog.faults import Malformed, Unproven
from yangcai.kernel.tlog.tree import HASH

LARGEST = (1 << 64) - 1
_NUMBER = re.compile(r"0|[1-9][0-9]{0,19}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """Origin, size, root; the extension lines of others are kept, ours has none."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in (self.origin, self.size, base64_of(self.root), *self.extensions))


def number(text: str) -> int:
    """A decimal without leading zeros, below 2^64. Raises Malformed."""
    if not _NUMBER.fullmatch(text) or int(text) > LARGEST:
        raise Malformed(f"no number: {text!r}")
    return int(text)


def hash_of(text: str) -> bytes:
    """A SHA-256 hash in base64. Raises Malformed."""
    try:
        content = read_base64(text)
    except BadEncoding as error:
        raise Malformed(f"no hash: {text!r}") from error
    if len(content) != HASH:
        raise Malformed(f"a hash of {len(content)} bytes")
    return content


def parse(text: str) -> Checkpoint:
    """The checkpoint in the text of a note. Raises Malformed."""
    lines = text.split("\n")
    if lines.pop() or len(lines) < 3 or not all(lines):
        raise Malformed("a checkpoint has three lines or more, none of them empty")
    return Checkpoint(lines[0], number(lines[1]), hash_of(lines[2]), tuple(lines[3:]))


def opened(content: bytes, log: note.Verifier) -> tuple[Checkpoint, note.Note]:
    """A checkpoint of this log with everything that stands under it. Raises Malformed; Unproven where the origin is
    another or the log did not sign it."""
    signed = note.parse(content)
    found = parse(signed.text)
    if found.origin != log.name:
        raise Unproven(
            f"a checkpoint of {found.origin!r}, not of {log.name!r}",
            zh=f"这是 {found.origin!r} 的检查点，不是 {log.name!r} 的",
        )
    if not note.verified(signed, [log]):
        raise Unproven(f"{log.name} did not sign this checkpoint", zh=f"{log.name} 没有签署这个检查点")
    return found, signed
