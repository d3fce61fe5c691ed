"""What does a witness keep? Its key, the logs it watches, and of each the latest checkpoint that it cosigned.

And, in evidence/, each second root that a log signed for that size. One folder, one process. What was seen is on the
disk before a cosignature leaves: a witness that forgets would cosign a fork.
"""

import datetime
import fcntl
import hashlib
import threading
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yangcai.kernel import durable
from yangcai.kernel.tlog import checkpoint, note, witness
from yangcai.kernel.tlog.faults import Malformed
from yangcai.kernel.tlog.witness import Answer, Seen


class StoreFault(Exception):
    """The folder cannot be used: another process has it, its key is exposed, a file in it is damaged."""


class Store:
    """The folder, held by this process alone until it is closed."""

    def __init__(self, home: Path, signer: note.Signer, held: IO[str]) -> None:
        self.home, self.signer, self._held = home, signer, held
        self._turn = threading.Lock()
        self._logs: dict[str, list[note.Verifier]] = {}
        self._seen: dict[str, Seen] = {}
        for vkey in self._lines("logs"):
            self._add(note.parse_vkey(vkey))
        for path in sorted((home / "seen").glob("[0-9a-f]*")):
            found = checkpoint.parse(note.parse(path.read_bytes()).text)
            self._seen[found.origin] = Seen(found.size, found.root)

    @classmethod
    def opened(cls, home: Path, *, name: str = "") -> "Store":
        """The witness of this folder; with a name, a new one where there is none. Raises StoreFault."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = (home / "held").open("a")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return cls(home, _key(home / "witness.key", name), held)
        except BlockingIOError as error:
            held.close()
            raise StoreFault(f"another process is this witness: {home}") from error
        except ValueError as error:  # malformed, or no text at all
            held.close()
            raise StoreFault(f"a damaged file in {home}: {error}") from error
        except (StoreFault, OSError):
            held.close()
            raise

    @classmethod
    def shown(cls, home: Path) -> note.Verifier | None:
        """The public half of a witness that was made before, read beside one that runs; None where there is none yet.
        Raises ValueError (Malformed), StoreFault, OSError."""
        path = home / "witness.key"
        return _key(path, "").verifier if path.exists() else None

    def close(self) -> None:
        self._held.close()

    def watch(self, log: note.Verifier) -> None:
        """Cosign for this log too, from now on. Raises Malformed where the key is none of a log."""
        if log.kind != note.ED25519:
            raise Malformed("a log signs with a key of type 0x01")
        with self._turn:
            if self._add(log):
                durable.write(self.home / "logs", "".join(f"{line}\n" for line in self._vkeys()).encode())

    def answer(self, content: bytes, *, now: datetime.datetime) -> Answer:
        """What to answer to a request; one at a time, so that nothing can be rolled back in between."""
        with self._turn:
            found = witness.answer(content, logs=self._logs, seen=self._seen, signer=self.signer, now=now)
            if found.seen:
                self._keep(witness.parse(content), found.seen)
            elif found.is_evidence:
                self._keep_evidence(witness.parse(content).signed)
            return found

    def _keep_evidence(self, signed: note.Note) -> None:
        """Once for what the log signed: anybody may send it again, with other proofs and further signatures."""
        path = self.home / "evidence" / hashlib.sha256(signed.text.encode()).hexdigest()
        if not path.exists():
            durable.write(path, str(signed).encode())

    def _keep(self, asked: witness.Request, seen: Seen) -> None:
        """As the log signed it: with a checkpoint in evidence/ it shows that the log told two stories."""
        origin = asked.checkpoint.origin
        name = hashlib.sha256(origin.encode()).hexdigest()
        durable.write(self.home / "seen" / name, str(asked.signed).encode())
        self._seen[origin] = seen

    def _add(self, log: note.Verifier) -> bool:
        known = self._logs.setdefault(log.name, [])
        if log in known:
            return False
        known.append(log)
        return True

    def _vkeys(self) -> list[str]:
        return [log.vkey for logs in self._logs.values() for log in logs]

    def _lines(self, name: str) -> list[str]:
        path = self.home / name
        return path.read_text().splitlines() if path.exists() else []


def _key(path: Path, name: str) -> note.Signer:
    if not path.exists():
        if not note.is_name(name):
            raise StoreFault("a new witness needs a name without spaces or plus, such as witness.example.org/w1")
        made = note.Signer(name, note.COSIGNATURE, Ed25519PrivateKey.generate())
        durable.write(path, f"{made.skey}\n".encode(), replace=False)
    if path.stat().st_mode & 0o077:
        raise StoreFault(f"{path} must be readable by its owner alone")
    signer = note.parse_skey(path.read_text().removesuffix("\n"))
    if signer.kind != note.COSIGNATURE:
        raise StoreFault(f"{path} is no key of a witness")
    return signer
