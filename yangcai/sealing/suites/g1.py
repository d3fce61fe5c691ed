"""The Chinese suite G1: SM2 for shares and signatures, SM4-GCM and SM3 for the payload (SBP/1 §2.2).

It is compatible with the algorithms and not certified: an assessment (密评) asks for certified modules, which stand
behind the same interface. SM3 and SM4 are OpenSSL's through `cryptography`; for SM2 see kernel/sm2.py.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from yangcai.kernel import sm2
from yangcai.sealing.chance import Chance, system
from yangcai.sealing.chunked import TAG, Construction
from yangcai.sealing.faults import KEY_MALFORMED, SIGNATURE_WRONG, SUITE_UNAVAILABLE, WRAP_UNREADABLE, Faulty
from yangcai.sealing.suites import Pair


class Sm4Gcm:
    """AEAD_SM4_GCM of RFC 8998."""

    def __init__(self, key: bytes) -> None:
        self._cipher = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes | memoryview, associated_data: bytes | None) -> bytes:
        running = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        running.authenticate_additional_data(associated_data or b"")
        return running.update(data) + running.finalize() + running.tag

    def decrypt(self, nonce: bytes, data: bytes | memoryview, associated_data: bytes | None) -> bytes:
        if len(data) < TAG:
            raise InvalidTag
        running = Cipher(self._cipher, modes.GCM(nonce, bytes(data[-TAG:]))).decryptor()
        running.authenticate_additional_data(associated_data or b"")
        return running.update(data[:-TAG]) + running.finalize()


class Suite:
    """G1, with its chance passed in where an answer is to be known."""

    code = "G1"
    payload = Construction(b"AEAD_SM4_GCM", 16, Sm4Gcm, hashes.SM3)
    national_hash = hashes.SM3()
    wrap_key_size = 65
    sign_key_size = 65

    def __init__(self, chance: Chance = system) -> None:
        self.chance = chance

    def new_wrap_keys(self, chance: Chance) -> Pair:
        private = sm2.new_private(chance)
        return Pair(private, sm2.public_of(private))

    def new_sign_keys(self, chance: Chance) -> Pair:
        return self.new_wrap_keys(chance)

    def wrapped_size(self, share: int) -> int:
        return 65 + 32 + 32 + 1 + share

    def wrap(self, *, share: bytes, x: int, core: bytes, public: bytes) -> bytes:
        try:
            return sm2.encrypt(plain=_bound(core, x) + share, public=public, chance=self.chance)
        except sm2.NoKey as error:
            raise Faulty(KEY_MALFORMED, str(error)) from error

    def unwrap(self, *, wrapped: bytes, x: int, core: bytes, private: bytes) -> bytes:
        try:
            plain = sm2.decrypt(sealed=wrapped, private=private)
        except sm2.NoProgram as error:
            raise Faulty(SUITE_UNAVAILABLE, str(error)) from error
        except ValueError as error:
            raise Faulty(WRAP_UNREADABLE, f"trustee {x}") from error
        bound = _bound(core, x)
        if not plain.startswith(bound):
            raise Faulty(WRAP_UNREADABLE, f"trustee {x}: a share of another bid or place")
        return plain[len(bound) :]

    def sign(self, *, message: bytes, private: bytes) -> bytes:
        try:
            return sm2.sign(message=message, private=private)
        except sm2.NoProgram as error:
            raise Faulty(SUITE_UNAVAILABLE, str(error)) from error

    def verify(self, *, message: bytes, signature: bytes, public: bytes) -> None:
        try:
            good = sm2.is_signed(message=message, signature=signature, public=public)
        except sm2.NoKey as error:
            raise Faulty(KEY_MALFORMED, str(error)) from error
        if not good:
            raise Faulty(SIGNATURE_WRONG)


def _bound(core: bytes, x: int) -> bytes:
    """What stands before a share: SM2 has no associated data."""
    return sm2.sm3(core) + bytes([x])


G1 = Suite()
