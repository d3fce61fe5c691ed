"""With which keys does the site sign its log and its receipts? Files of YANGCAI_HOME/keys, mode 0600, made once.

The key of the log has a memory beside it: the largest size that it signed, and the root. It signs no second root for a
size and nothing smaller, whatever the database says after a restore.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from yangcai.kernel import durable
from yangcai.kernel.tlog import checkpoint, note
from yangcai.kernel.tlog.checkpoint import Checkpoint

LOG, RECEIPT = "log", "sbp-receipt"
#: role -> function() -> a public key that the log itself announces, so that what it signed can be checked by the log
ANNOUNCED: dict[str, Callable[[], note.Verifier]] = {RECEIPT: lambda: signer(RECEIPT).verifier}


class KeyExposed(Exception):
    """The private key can be read by others: nothing is signed with it."""


class NeverTwo(Exception):
    """The log's key signed a larger tree already, or another root of this size: there must never be two."""


def folder() -> Path:
    return Path(settings.YANGCAI_HOME) / "keys"


def signer(role: str) -> note.Signer:
    """The key of the log (`LOG`, whose name is the origin) or of the receipts (`RECEIPT`), made when first asked for.
    Its name stays what it was then. Raises KeyExposed."""
    path = folder() / f"{role}.key"
    if not path.exists():
        name = f"{settings.YANGCAI_NAME}/{role}"
        made = note.Signer(name, note.ED25519, Ed25519PrivateKey.generate())
        durable.write(path, f"{made.skey}\n".encode(), replace=False)
    return read(path)


def read(path: Path) -> note.Signer:
    """The key in a file. Raises KeyExposed, Malformed, OSError."""
    if path.stat().st_mode & 0o077:
        raise KeyExposed(f"{path} must be readable by its owner alone")
    return note.parse_skey(path.read_text().removesuffix("\n"))


def sign_head(head: Checkpoint) -> note.Note:
    """The signed checkpoint; what is remembered is on the disk before the signature exists. Raises NeverTwo."""
    key = signer(LOG)
    if head.origin != key.name:
        raise NeverTwo(f"the key is that of {key.name}, not of {head.origin}")
    with _memory() as path:
        last = last_signed()
        if last and (head.size < last.size or (head.size == last.size and head.root != last.root)):
            raise NeverTwo(f"signed before: {last.size} {last.root.hex()}; now asked: {head.size} {head.root.hex()}")
        if head != last:
            durable.write(path, head.text.encode())
        return note.sign(head.text, key)


def last_signed() -> Checkpoint | None:
    """The largest tree that the key signed, as far as its memory goes. Raises Malformed."""
    path = folder() / "log.signed"
    return checkpoint.parse(path.read_text()) if path.exists() else None


@contextmanager
def _memory() -> Iterator[Path]:
    """The file of what was signed, nobody else signing in the meantime."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder() / "log.signing").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder() / "log.signed"
