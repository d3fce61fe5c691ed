"""With which key does the platform sign what a bidder gets at once? A note, stored and given out byte for byte."""

from functools import lru_cache
from pathlib import Path

from yangcai.kernel import log_keys
from yangcai.kernel.tlog import note
from yangcai.sealing.receipt import Receipt


def signer() -> note.Signer:
    """The platform's key for receipts, with its name; read again only when its file changes. Raises KeyExposed."""
    path = log_keys.folder() / f"{log_keys.RECEIPT}.key"
    if not path.exists():
        log_keys.signer(log_keys.RECEIPT)  # makes it
    status = path.stat()
    return _read(path, status.st_ctime_ns, status.st_ino)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _file: int) -> note.Signer:
    return log_keys.read(path)


def signed(receipt: Receipt, *, by: note.Signer) -> str:
    """The note as it is stored; nobody signs it a second time."""
    return str(note.sign(receipt.text, by))
