"""HPKE's sender with the ephemeral key passed in, from the text of RFC 9180: known answers need one that is fixed.

The library under test draws its own and cannot be told; it has to open what is sealed here.
"""

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

KEM, KDF = 0x0020, 0x0001


def _extract(salt: bytes, ikm: bytes) -> bytes:
    mac = hmac.HMAC(salt or bytes(32), hashes.SHA256())
    mac.update(ikm)
    return mac.finalize()


def _labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return _extract(salt, b"HPKE-v1" + suite + label + ikm)


def _labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labeled = length.to_bytes(2) + b"HPKE-v1" + suite + label + info
    return HKDFExpand(hashes.SHA256(), length, labeled).derive(prk)


def schedule(*, public: bytes, info: bytes, ephemeral: bytes, aead: int = 2, key_size: int = 32) -> dict[str, bytes]:
    """enc, shared_secret, key and base_nonce of base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256."""
    private = X25519PrivateKey.from_private_bytes(ephemeral)
    enc = private.public_key().public_bytes_raw()
    dh = private.exchange(X25519PublicKey.from_public_bytes(public))
    kem = b"KEM" + KEM.to_bytes(2)
    eae = _labeled_extract(kem, b"", b"eae_prk", dh)
    shared = _labeled_expand(kem, eae, b"shared_secret", enc + public, 32)
    suite = b"HPKE" + KEM.to_bytes(2) + KDF.to_bytes(2) + aead.to_bytes(2)
    context = (
        b"\0" + _labeled_extract(suite, b"", b"psk_id_hash", b"") + _labeled_extract(suite, b"", b"info_hash", info)
    )
    secret = _labeled_extract(suite, shared, b"secret", b"")
    return {
        "enc": enc,
        "shared_secret": shared,
        "key": _labeled_expand(suite, secret, b"key", context, key_size),
        "base_nonce": _labeled_expand(suite, secret, b"base_nonce", context, 12),
    }


def seal(*, plain: bytes, public: bytes, info: bytes, ephemeral: bytes, aad: bytes = b"", aead: int = 2) -> bytes:
    """enc ‖ ct of the first message, AES-256-GCM (2) or AES-128-GCM (1)."""
    made = schedule(public=public, info=info, ephemeral=ephemeral, aead=aead, key_size=32 if aead == 2 else 16)
    return made["enc"] + AESGCM(made["key"]).encrypt(made["base_nonce"], plain, aad)
