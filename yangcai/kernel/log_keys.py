"""With which keys does the site sign its log and its receipts? Files of YANGCAI_HOME/keys, mode 0600, made once.

The key of the log has a memory beside it: the largest size that it signed, and the root. It signs no second root for a
size and nothing smaller, whatever the database says after a restore. It may lie in a process of its own
(`YANGCAI_LOG_SIGNER`, kernel/log_signer.py): then this site never has it.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from yangcai.kernel import durable
from yangcai.kernel.log_signer import KIND, Apart, Holder, KeyExposed, NeverTwo, NotSigned
from yangcai.kernel.tlog import checkpoint, note
from yangcai.kernel.tlog.checkpoint import Checkpoint

#: Named here too, for whoever signs: what can go wrong with it.
__all__ = ["KeyExposed", "NeverTwo", "NotSigned"]

LOG, RECEIPT = "log", "sbp-receipt"
#: role -> function() -> a public key that the log itself announces, so that what it signed can be checked by the log
ANNOUNCED: dict[str, Callable[[], note.Verifier]] = {RECEIPT: lambda: signer(RECEIPT).verifier}


def folder() -> Path:
    """Where the keys of the log lie."""
    return Path(settings.YANGCAI_HOME) / "keys"


def holder() -> Holder:
    """Whoever holds the log's key: this folder, or the process that the settings name."""
    if settings.YANGCAI_LOG_SIGNER:
        return Apart(Path(settings.YANGCAI_LOG_SIGNER), known=folder() / "log.vkey")
    return KeyFile(folder(), f"{settings.YANGCAI_NAME}/{LOG}")


def signer(role: str) -> note.Signer:
    """The key of the log (`LOG`, whose name is the origin) or of the receipts (`RECEIPT`) in this site's own folder,
    made when first asked for. Its name stays what it was then. Raises KeyExposed."""
    return made(folder() / f"{role}.key", name=f"{settings.YANGCAI_NAME}/{role}")


def made(path: Path, *, name: str) -> note.Signer:
    """The key in this file, made where there is none. Raises KeyExposed."""
    if not path.exists():
        new = note.Signer(name, note.ED25519, Ed25519PrivateKey.generate())
        durable.write(path, f"{new.skey}\n".encode(), replace=False)
    return read(path)


def read(path: Path) -> note.Signer:
    """The key in a file. Raises KeyExposed, Malformed, OSError."""
    if path.stat().st_mode & 0o077:
        raise KeyExposed(f"{path} must be readable by its owner alone")
    return note.parse_skey(path.read_text().removesuffix("\n"))


@dataclass(frozen=True)
class KeyFile:
    """The log's key in a folder (`log.key`), with its memory beside it (`log.signed`). `name` is the origin of a key
    that is made here; one that is there keeps its own."""

    folder: Path
    name: str

    @property
    def _key(self) -> note.Signer:
        return made(self.folder / f"{LOG}.key", name=self.name)

    @property
    def verifier(self) -> note.Verifier:
        return self._key.verifier

    def sign_head(self, head: Checkpoint) -> note.Note:
        """The signed checkpoint; what is remembered is on the disk before the signature exists. Raises NeverTwo."""
        key = self._key
        if head.origin != key.name:
            raise NeverTwo(f"the key is that of {key.name}, not of {head.origin}")
        with self._memory() as path:
            last = self.last_signed()
            if last and (head.size < last.size or (head.size == last.size and head.root != last.root)):
                raise NeverTwo(
                    f"signed before: {last.size} {last.root.hex()}; now asked: {head.size} {head.root.hex()}"
                )
            if head != last:
                durable.write(path, head.text.encode())
            return note.sign(head.text, key)

    def sign_record(self, text: str) -> note.Note:
        """A text that nobody can take for a checkpoint, of this log or another. Raises NotSigned."""
        key, first = self._key, text.partition("\n")[0]
        if not KIND.fullmatch(first) or first == key.name:
            raise NotSigned(f"a record begins with its kind and version, not with {first!r}")
        return note.sign(text, key)

    def last_signed(self) -> Checkpoint | None:
        """The largest tree that the key signed, as far as its memory goes. Raises Malformed."""
        path = self.folder / "log.signed"
        return checkpoint.parse(path.read_text()) if path.exists() else None

    @contextmanager
    def _memory(self) -> Iterator[Path]:
        """The file of what was signed, nobody else signing in the meantime."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "log.signing").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self.folder / "log.signed"


def verifier() -> note.Verifier:
    """The public half of the log's key, its name the origin."""
    return holder().verifier


def sign_head(head: Checkpoint) -> note.Note:
    """The signed checkpoint. Raises NeverTwo, NotSigned."""
    return holder().sign_head(head)


def sign_record(text: str) -> note.Note:
    """A record of the site as a note of the log's key. Raises NotSigned."""
    return holder().sign_record(text)


def last_signed() -> Checkpoint | None:
    """The largest tree that was signed. Raises NotSigned, Malformed."""
    return holder().last_signed()
