"""How does somebody keep the proof that an entry is in the log? C2SP tlog-proof: one file, verified offline."""

from dataclasses import dataclass

from yangcai.kernel.encoding import BadEncoding, base64_of, read_base64
from yangcai.kernel.tlog import checkpoint, note, tree
from yangcai.kernel.tlog.checkpoint import Checkpoint, hash_of, number
from yangcai.kernel.tlog.faults import Malformed
from yangcai.kernel.tlog.policy import Policy

HEAD = "c2sp.org/tlog-proof@v1"
#: A path to the root of the largest tree.
LONGEST = 63


@dataclass(frozen=True)
class Proof:
    """`extra` is not authenticated: we put the nonce of a blinded entry there."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: note.Note
    extra: bytes = b""

    def __str__(self) -> str:
        extra = [f"extra {base64_of(self.extra)}"] if self.extra else []
        lines = [HEAD, *extra, f"index {self.index}", *(base64_of(step) for step in self.path), ""]
        return "".join(f"{line}\n" for line in lines) + str(self.checkpoint)


def parse(content: bytes) -> Proof:
    """A proof as it is written, nothing verified. Raises Malformed."""
    head, gap, signed = content.partition(b"\n\n")
    if not gap:
        raise Malformed("a proof without a checkpoint")
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError as error:
        raise Malformed("the proof is not UTF-8") from error
    if lines.pop(0) != HEAD or not lines:
        raise Malformed(f"the proof does not begin with {HEAD}")
    extra = b""
    if lines[0].startswith("extra "):
        try:
            extra = read_base64(lines.pop(0).removeprefix("extra "))
        except BadEncoding as error:
            raise Malformed("the extra data is not base64") from error
        if not extra:
            raise Malformed("extra data that is empty")
    if not lines or not lines[0].startswith("index "):
        raise Malformed("the proof names no index")
    index = number(lines.pop(0).removeprefix("index "))
    if len(lines) > LONGEST:
        raise Malformed("the proof is too long")
    parsed = note.parse(signed)
    checkpoint.parse(parsed.text)
    return Proof(index, tuple(hash_of(line) for line in lines), parsed, extra)


def verify(proof: Proof, *, leaf: bytes, policy: Policy) -> Checkpoint:
    """The checkpoint under which the leaf hash is in the log, by everything that the policy asks for: origin, signature
    of the log, quorum, inclusion, in this order. Raises Unproven."""
    found = policy.verify(proof.checkpoint).checkpoint
    tree.verify_inclusion(index=proof.index, size=found.size, leaf=leaf, proof=proof.path, root=found.root)
    return found
