"""The international suite I1: HPKE (X25519, HKDF-SHA256, AES-256-GCM), Ed25519, Cobblestone-256 (SBP/1 §2.2).

All of it is OpenSSL's through `cryptography`, whose code for these runs in constant time.
"""

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from yangcai.kernel.encoding import digest
from yangcai.sealing.chance import Chance
from yangcai.sealing.chunked import COBBLESTONE
from yangcai.sealing.faults import KEY_MALFORMED, SIGNATURE_WRONG, WRAP_UNREADABLE, Faulty
from yangcai.sealing.suites import Pair

_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def share_info(*, core: bytes, x: int) -> bytes:
    """HPKE's info: everything a share is bound to stands here, as there is no associated data."""
    return b"sbp/1 share\0" + digest(core) + bytes([x])


class _I1:
    code = "I1"
    payload = COBBLESTONE
    national_hash = None
    wrap_key_size = 32
    sign_key_size = 32

    def new_wrap_keys(self, chance: Chance) -> Pair:
        private = chance(32)
        return Pair(private, X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())

    def new_sign_keys(self, chance: Chance) -> Pair:
        private = chance(32)
        return Pair(private, Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())

    def wrapped_size(self, share: int) -> int:
        return 32 + share + 16

    def wrap(self, *, share: bytes, x: int, core: bytes, public: bytes) -> bytes:
        try:
            key = X25519PublicKey.from_public_bytes(public)
            return _HPKE.encrypt(share, key, info=share_info(core=core, x=x))
        except ValueError as error:
            raise Faulty(KEY_MALFORMED, f"trustee {x}: {error}") from error

    def unwrap(self, *, wrapped: bytes, x: int, core: bytes, private: bytes) -> bytes:
        try:
            key = X25519PrivateKey.from_private_bytes(private)
            return _HPKE.decrypt(wrapped, key, info=share_info(core=core, x=x))
        except (InvalidTag, ValueError) as error:
            raise Faulty(WRAP_UNREADABLE, f"trustee {x}") from error

    def sign(self, *, message: bytes, private: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(private).sign(message)

    def verify(self, *, message: bytes, signature: bytes, public: bytes) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise Faulty(SIGNATURE_WRONG) from error


I1 = _I1()
