"""Which algorithms seal, wrap and sign? Suites behind one interface, so that a certified module can stand in for one.

`wrap/unwrap` deliver a share to a trustee, `sign/verify` vouch for statements, `payload` is the stream cipher. Keys
are raw bytes here; how they are kept is the business of `key_file.py` or of a device.
"""

from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives import hashes

from yangcai.sealing.chance import Chance
from yangcai.sealing.chunked import Construction
from yangcai.sealing.faults import SUITE_UNKNOWN, Faulty


@dataclass(frozen=True)
class Pair:
    """A private key and its public key, raw."""

    private: bytes
    public: bytes


class Suite(Protocol):
    """What a suite can do."""

    @property
    def code(self) -> str: ...

    @property
    def payload(self) -> Construction: ...

    @property
    def national_hash(self) -> hashes.HashAlgorithm | None:
        """The hash that is recorded beside SHA-256; None: no other."""

    @property
    def wrap_key_size(self) -> int:
        """Bytes of a public key for wrapping."""

    @property
    def sign_key_size(self) -> int:
        """Bytes of a public key for signatures."""

    def new_wrap_keys(self, chance: Chance) -> Pair: ...

    def new_sign_keys(self, chance: Chance) -> Pair: ...

    def wrapped_size(self, share: int) -> int:
        """Bytes of a wrapped share of so many bytes."""

    def wrap(self, *, share: bytes, x: int, core: bytes, public: bytes) -> bytes:
        """The share for one trustee, bound to the canonical core and to its place x."""

    def unwrap(self, *, wrapped: bytes, x: int, core: bytes, private: bytes) -> bytes:
        """The share again. Raises Faulty (wrap_unreadable) unless it was wrapped for this key, core and place."""

    def sign(self, *, message: bytes, private: bytes) -> bytes: ...

    def verify(self, *, message: bytes, signature: bytes, public: bytes) -> None:
        """Raises Faulty (signature_wrong)."""


def suite(code: str) -> Suite:
    """The suite of this code. Raises Faulty (suite_unknown)."""
    match code:
        case "I1":
            from yangcai.sealing.suites.i1 import I1

            return I1
        case "G1":
            from yangcai.sealing.suites.g1 import G1

            return G1
    raise Faulty(SUITE_UNKNOWN, code)


def of_sign_key(public: bytes) -> Suite:
    """The suite whose signatures this public key verifies; its length tells. Raises Faulty (suite_unknown)."""
    for code in ("I1", "G1"):
        if suite(code).sign_key_size == len(public):
            return suite(code)
    raise Faulty(SUITE_UNKNOWN, f"a key of {len(public)} bytes")
