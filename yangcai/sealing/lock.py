"""How is something small kept under a passphrase or a passkey? AES-256-GCM under PBKDF2 or HKDF (SBP/1 §2.4, 10).

A lock is an object of its own beside what it is about: everything in it and around it is authenticated, so that no byte
of the file can change unseen.
"""

from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from yangcai.kernel.encoding import base64_of, jcs
from yangcai.sealing.chance import Chance
from yangcai.sealing.faults import OPENING_FILE_LOCKED, Faulty
from yangcai.sealing.fields import Fields
from yangcai.sealing.passphrase import as_bytes

ITERATIONS = 600_000
#: More than this only makes a reader wait: a hostile copy would hold up whoever opens it. In the browser the same.
MOST_ITERATIONS = 10 * ITERATIONS
PASSPHRASE, PASSKEY = "passphrase", "passkey"


@dataclass(frozen=True)
class Lock:
    """One way to the content: `salt` and `iterations` for a passphrase, `credential` for a passkey."""

    kind: str
    nonce: bytes
    ct: bytes
    salt: bytes = b""
    iterations: int = 0
    credential: bytes = b""

    def terms(self) -> dict[str, Any]:
        """What the lock says of itself, without what it holds."""
        if self.kind == PASSPHRASE:
            return {
                "kind": self.kind,
                "kdf": "PBKDF2-HMAC-SHA256",
                "iterations": self.iterations,
                "salt": base64_of(self.salt),
                "nonce": base64_of(self.nonce),
            }
        return {
            "kind": self.kind,
            "kdf": "HKDF-SHA256",
            "credential": base64_of(self.credential),
            "nonce": base64_of(self.nonce),
        }

    def as_dict(self) -> dict[str, Any]:
        return self.terms() | {"ct": base64_of(self.ct)}


def _bound(about: dict[str, Any], lock: Lock) -> bytes:
    """The associated data: what the lock is about, and its own terms."""
    return jcs({"about": about, "lock": lock.terms()})


def _passphrase_key(passphrase: str, salt: bytes, iterations: int) -> bytes:
    return PBKDF2HMAC(hashes.SHA256(), 32, salt, iterations).derive(as_bytes(passphrase))


def prf_input(tender: str) -> bytes:
    """What the passkey's PRF is asked for."""
    return b"sbp/1 opening key " + tender.encode()


def _passkey_key(prf: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"sbp/1 opening key").derive(prf)


def by_passphrase(
    content: bytes, *, about: dict[str, Any], passphrase: str, chance: Chance, iterations: int = ITERATIONS
) -> Lock:
    """A lock on the content that the passphrase opens."""
    empty = Lock(PASSPHRASE, chance(12), b"", salt=chance(16), iterations=iterations)
    return _filled(empty, _passphrase_key(passphrase, empty.salt, iterations), content, about)


def by_passkey(content: bytes, *, about: dict[str, Any], prf: bytes, credential: bytes, chance: Chance) -> Lock:
    """A lock on the content that this output of the passkey's PRF opens."""
    return _filled(Lock(PASSKEY, chance(12), b"", credential=credential), _passkey_key(prf), content, about)


def _filled(empty: Lock, key: bytes, content: bytes, about: dict[str, Any]) -> Lock:
    ct = AESGCM(key).encrypt(empty.nonce, content, _bound(about, empty))
    return Lock(empty.kind, empty.nonce, ct, empty.salt, empty.iterations, empty.credential)


def opened(lock: Lock, *, about: dict[str, Any], passphrase: str | None = None, prf: bytes | None = None) -> bytes:
    """The content. Raises Faulty (opening_file_locked)."""
    if lock.kind == PASSPHRASE and passphrase is not None:
        key = _passphrase_key(passphrase, lock.salt, lock.iterations)
    elif lock.kind == PASSKEY and prf is not None:
        key = _passkey_key(prf)
    else:
        raise Faulty(OPENING_FILE_LOCKED, f"needs a {lock.kind}")
    try:
        return AESGCM(key).decrypt(lock.nonce, lock.ct, _bound(about, lock))
    except InvalidTag as error:
        raise Faulty(OPENING_FILE_LOCKED) from error


def parse(fields: Fields) -> Lock:
    """One lock of a file. Raises Faulty with the fault of the fields."""
    kind = fields.one_of("kind", (PASSPHRASE, PASSKEY))
    if kind == PASSPHRASE:
        fields.exactly("kdf", "PBKDF2-HMAC-SHA256")
        iterations = fields.integer("iterations", at_least=ITERATIONS, at_most=MOST_ITERATIONS)
        salt, credential = fields.base64("salt", lengths=(16,)), b""
    else:
        fields.exactly("kdf", "HKDF-SHA256")
        iterations, salt, credential = 0, b"", fields.base64("credential", at_most=1024)
    lock = Lock(kind, fields.base64("nonce", lengths=(12,)), fields.base64("ct"), salt, iterations, credential)
    fields.done()
    return lock
