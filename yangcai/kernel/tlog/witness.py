"""What does a witness answer to a checkpoint, and what does a log send it? C2SP tlog-witness, without the network."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yangcai.kernel.encoding import base64_of
from yangcai.kernel.tlog import checkpoint, cosignature, note, tree
from yangcai.kernel.tlog.checkpoint import Checkpoint
from yangcai.kernel.tlog.faults import Malformed, Unproven

LONGEST = 63
SIZE_TYPE = "text/x.tlog.size"
#: Larger requests are not read: a checkpoint with a hundred signatures and a proof.
MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class Request:
    """Of POST add-checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    signed: note.Note
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Seen:
    """The latest checkpoint of a log that the witness cosigned."""

    size: int
    root: bytes


@dataclass(frozen=True)
class Answer:
    """`seen` is what must be kept, safely, before a 200 is sent. `is_evidence`: the log itself signed a second root for
    the size that was seen, so the request is worth keeping."""

    status: int
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"
    seen: Seen | None = None
    is_evidence: bool = False


def request(*, old: int, proof: Sequence[bytes], signed: note.Note) -> bytes:
    """The body of the request that a log sends."""
    lines = [f"old {old}", *(base64_of(step) for step in proof), ""]
    return ("".join(f"{line}\n" for line in lines) + str(signed)).encode()


def parse(content: bytes) -> Request:
    """Raises Malformed."""
    head, gap, signed = content.partition(b"\n\n")
    if not gap:
        raise Malformed("no checkpoint in the request")
    try:
        first, *lines = head.decode().split("\n")
    except UnicodeDecodeError as error:
        raise Malformed("the request is not UTF-8") from error
    if not first.startswith("old "):
        raise Malformed("the request does not begin with the old size")
    if len(lines) > LONGEST:
        raise Malformed("the proof is too long")
    parsed = note.parse(signed)
    return Request(
        checkpoint.number(first.removeprefix("old ")),
        tuple(checkpoint.hash_of(line) for line in lines),
        parsed,
        checkpoint.parse(parsed.text),
    )


def answer(
    content: bytes,
    *,
    logs: Mapping[str, Sequence[note.Verifier]],
    seen: Mapping[str, Seen],
    signer: note.Signer,
    now: datetime.datetime,
) -> Answer:
    """What to answer; `logs` and `seen` by origin. The caller holds its lock around this and the keeping of `seen`."""
    try:
        asked = parse(content)
    except Malformed as error:
        return Answer(400, f"{error}\n")
    new = asked.checkpoint
    if new.origin not in logs:
        return Answer(404, "unknown log\n")
    try:
        if not note.verified(asked.signed, logs[new.origin]):
            return Answer(403, "not signed by the log\n")
    except Unproven as error:
        return Answer(403, f"{error}\n")
    if asked.old > new.size:
        return Answer(400, "the old size is larger than the checkpoint's\n")
    latest = seen.get(new.origin, Seen(0, tree.EMPTY))
    if asked.old != latest.size:
        return Answer(409, f"{latest.size}\n", SIZE_TYPE)
    if new.size == latest.size and new.root != latest.root:
        return Answer(409, f"{latest.size}\n", SIZE_TYPE, is_evidence=True)
    try:
        _check_growth(asked, latest)
    except Unproven as error:
        # No evidence: anybody can send a public checkpoint with a wrong proof, as often as he likes.
        return Answer(422, f"{error}\n")
    line = cosignature.cosign(text=asked.signed.text, signer=signer, now=now).line
    return Answer(200, line, seen=Seen(new.size, new.root))


def _check_growth(asked: Request, latest: Seen) -> None:
    """Raises Unproven unless what was seen is the beginning of what is shown."""
    new = asked.checkpoint
    if latest.size == 0:
        if asked.proof:
            raise Unproven("a proof from an empty tree", zh="从空日志起的证明")
        return
    tree.verify_consistency(old=latest.size, size=new.size, proof=asked.proof, old_root=latest.root, root=new.root)
