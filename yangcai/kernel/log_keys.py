"""With which keys does the site sign its log and its receipts? Files of YANGCAI_HOME/keys, mode 0600, made once.

The key of the log has a memory beside it: the largest size that it signed, and the root. It signs no second root for a
size and nothing smaller, whatever the database says after a restore. It may lie in a process of its own
(`YANGCAI_LOG_SIGNER`, kernel/log_signer.py): then this site never has it.

Beside it may lie a key of SM2 (`YANGCAI_LOG_SM2`), which signs the same notes in a second line under the first. The log
announces it before anything bears its line; to replace it, move its file away.
"""

import fcntl
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from yangcai.kernel import durable, sm2
from yangcai.kernel.log_signer import KIND, Apart, Holder, KeyExposed, NeverTwo, NotSigned
from yangcai.kernel.tlog import checkpoint, note
from yangcai.kernel.tlog.checkpoint import Checkpoint
from yangcai.kernel.tlog.faults import Malformed

#: Named here too, for whoever signs: what can go wrong with it.
__all__ = ["KeyExposed", "NeverTwo", "NotSigned"]

LOG, RECEIPT, SM2 = "log", "sbp-receipt", "log-sm2"
#: role -> function() -> a public key that the log itself announces, so that what it signed can be checked by the log;
#: None: there is none here
ANNOUNCED: dict[str, Callable[[], note.Verifier | None]] = {
    RECEIPT: lambda: signer(RECEIPT).verifier,
    SM2: lambda: sm2_verifier(),
}


def folder() -> Path:
    """Where the keys of the log lie."""
    return Path(settings.YANGCAI_HOME) / "keys"


def holder() -> Holder:
    """Whoever holds the log's key: this folder, or the process that the settings name."""
    if settings.YANGCAI_LOG_SIGNER:
        return Apart(Path(settings.YANGCAI_LOG_SIGNER), known=folder(), has_sm2=settings.YANGCAI_LOG_SM2)
    return KeyFile(folder(), f"{settings.YANGCAI_NAME}/{LOG}", has_sm2=settings.YANGCAI_LOG_SM2)


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
    return note.parse_skey(_content(path))


def _content(path: Path) -> str:
    if path.stat().st_mode & 0o077:
        raise KeyExposed(f"{path} must be readable by its owner alone")
    return path.read_text().removesuffix("\n")


@dataclass(frozen=True)
class KeyFile:
    """The log's key in a folder (`log.key`), with its memory beside it (`log.signed`), and where it `has_sm2` the key
    of SM2 (`log-sm2.key`). `name` is the origin of a key that is made here; one that is there keeps its own."""

    folder: Path
    name: str
    has_sm2: bool = False

    @property
    def _key(self) -> note.Signer:
        return made(self.folder / f"{LOG}.key", name=self.name)

    @property
    def verifier(self) -> note.Verifier:
        return self._key.verifier

    @property
    def sm2_verifier(self) -> note.Verifier | None:
        """Raises KeyExposed, Malformed."""
        return self._sm2_key.verifier if self.has_sm2 else None

    @property
    def _sm2_key(self) -> note.Sm2Signer:
        """Its name is the origin, as that of the other key: a checkpoint is signed by keys of that name alone."""
        path, name = self.folder / f"{SM2}.key", self._key.name
        if not path.exists():
            new = note.Sm2Signer(name, sm2.new_private(secrets.token_bytes))
            durable.write(path, f"{new.skey}\n".encode(), replace=False)
        key = note.parse_sm2_skey(_content(path))
        if key.name != name:
            raise Malformed(f"{path} is the key of {key.name}, not of {name}")
        return key

    def sign_head(self, head: Checkpoint) -> note.Note:
        """The signed checkpoint; what is remembered is on the disk before the signature exists. Raises NeverTwo;
        NotSigned where SM2 is wanted and cannot be had."""
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
            return self._signed(head.text, key)

    def sign_record(self, text: str) -> note.Note:
        """A text that nobody can take for a checkpoint, of this log or another. Raises NotSigned."""
        key, first = self._key, text.partition("\n")[0]
        if not KIND.fullmatch(first) or first == key.name:
            raise NotSigned(f"a record begins with its kind and version, not with {first!r}")
        return self._signed(text, key)

    def _signed(self, text: str, key: note.Signer) -> note.Note:
        """Ed25519 first. Without the second line nothing is signed: whoever trusts that key would find it missing."""
        signed = note.sign(text, key)
        if not self.has_sm2:
            return signed
        try:
            return note.Note(text, (*signed.signatures, self._sm2_key.sign(text)))
        except (sm2.NoProgram, ValueError) as error:
            raise NotSigned(f"no signature of SM2: {error}") from error

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


def sm2_verifier() -> note.Verifier | None:
    """The public half of the log's key of SM2, its name the origin, too; None where the settings want none. Raises
    NotSigned, KeyExposed, Malformed."""
    return holder().sm2_verifier


def sign_head(head: Checkpoint) -> note.Note:
    """The signed checkpoint. Raises NeverTwo, NotSigned."""
    return holder().sign_head(head)


def sign_record(text: str) -> note.Note:
    """A record of the site as a note of the log's key. Raises NotSigned."""
    return holder().sign_record(text)


def last_signed() -> Checkpoint | None:
    """The largest tree that was signed. Raises NotSigned, Malformed."""
    return holder().last_signed()
