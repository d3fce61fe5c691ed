"""When did a witness see this checkpoint? C2SP tlog-cosignature/v1: Ed25519 over the time and the checkpoint."""

import datetime

from yangcai.kernel.tlog import checkpoint
from yangcai.kernel.tlog.note import COSIGNATURE, TIME, Note, Signature, Signer

#: Later than any cosignature that was made in earnest, and far enough from the end of the calendar to reckon with.
LATEST = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)


def cosign(*, text: str, signer: Signer, now: datetime.datetime) -> Signature:
    """The line of a witness under a checkpoint. Raises ValueError with another kind of key, Malformed at another
    text."""
    if signer.kind != COSIGNATURE:
        raise ValueError("a witness signs with a key of type 0x04")
    checkpoint.parse(text)
    return signer.sign(text, at=int(now.timestamp()))


def seen_at(signature: Signature) -> datetime.datetime:
    """The second that a (verified) cosignature states; LATEST for every time that no calendar has, as one may state."""
    seconds = int.from_bytes(signature.signature[:TIME])
    return datetime.datetime.fromtimestamp(min(seconds, int(LATEST.timestamp())), datetime.UTC)


def with_lines(note: Note, more: tuple[Signature, ...]) -> Note:
    """The note with further signatures under it; a newer one of the same key takes the place of the older."""
    newer = {(one.name, one.key_id) for one in more}
    kept = tuple(one for one in note.signatures if (one.name, one.key_id) not in newer)
    return Note(note.text, (*kept, *more))
