"""How does a stream of any length go under one key in constant memory, so that a cut or a swap shows? (SBP/1 §2.4, 8)

The construction of C2SP chunked-encryption: key, base nonce and commitment by HKDF-Expand from key, salt and context;
chunks of 16 KiB, the nonce counted by XOR, the last chunk always shorter. Cobblestone-256 is this with SHA-512 and
AES-256-GCM; G1 has it with SM3 and SM4-GCM.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from yangcai.sealing.faults import MISDEALT, PAYLOAD_UNREADABLE, Faulty

CHUNK, TAG, SALT, COMMITMENT, NONCE = 16384, 16, 24, 32, 12
#: Bytes before the first chunk.
LEAD = SALT + COMMITMENT
LABEL = b"c2sp.org/chunked-encryption@v1+"


class Aead(Protocol):
    """Authenticated encryption under one key; `decrypt` raises InvalidTag."""

    def encrypt(self, nonce: bytes, data: bytes | memoryview, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes | memoryview, associated_data: bytes | None) -> bytes: ...


@dataclass(frozen=True)
class Construction:
    """The algorithms of one instance: AEAD by its IANA name, its key size, the hash of HKDF-Expand."""

    name: bytes
    key_size: int
    aead: Callable[[bytes], Aead]
    hash: Callable[[], hashes.HashAlgorithm]


def length(plain: int) -> int:
    """Bytes of the ciphertext of so many plain bytes."""
    return LEAD + plain + TAG * (plain // CHUNK + 1)


@dataclass(frozen=True)
class _Keys:
    key: bytes
    base: int
    commitment: bytes

    def nonce(self, chunk: int) -> bytes:
        return (self.base ^ chunk).to_bytes(NONCE)


def _keys(how: Construction, *, key: bytes, salt: bytes, context: bytes) -> _Keys:
    if len(key) != how.key_size or len(salt) != SALT:
        raise ValueError("a key or salt of the wrong length")
    size = how.key_size + NONCE + COMMITMENT
    out = HKDFExpand(how.hash(), size, LABEL + how.name + b"\0" + salt + context).derive(key)
    return _Keys(
        out[: how.key_size], int.from_bytes(out[how.key_size : how.key_size + NONCE]), out[how.key_size + NONCE :]
    )


def encrypted(how: Construction, plain: Iterable[bytes], *, key: bytes, salt: bytes, context: bytes) -> Iterator[bytes]:
    """The ciphertext of `plain` (pieces of any size), in pieces of at most 16 KiB and a tag."""
    keys = _keys(how, key=key, salt=salt, context=context)
    aead = how.aead(keys.key)
    yield salt + keys.commitment
    number, chunk = 0, b""
    for chunk in _cut(plain, CHUNK):
        yield aead.encrypt(keys.nonce(number), chunk, None)
        number += 1
    if number == 0 or len(chunk) == CHUNK:
        yield aead.encrypt(keys.nonce(number), b"", None)


def decrypted(how: Construction, sealed: Iterable[bytes], *, key: bytes, context: bytes) -> Iterator[bytes]:
    """The plain bytes, each piece authentic; that nothing is cut off is known only when the iterator has ended.

    Raises Faulty: `misdealt` when the key is not the one that was committed to, `payload_unreadable` at any change.
    """
    pieces = iter(sealed)
    lead, rest = b"", b""
    while len(lead) < LEAD:
        piece = next(pieces, None)
        if piece is None:
            raise Faulty(PAYLOAD_UNREADABLE, "cut off before the first chunk")
        lead += piece
    lead, rest = lead[:LEAD], lead[LEAD:]
    if len(key) != how.key_size:
        raise Faulty(MISDEALT, "a key of the wrong length")
    keys = _keys(how, key=key, salt=lead[:SALT], context=context)
    if not hmac.compare_digest(keys.commitment, lead[SALT:]):
        raise Faulty(MISDEALT, "the key is not the one that the payload commits to")
    aead = how.aead(keys.key)
    size = CHUNK
    for number, chunk in enumerate(_cut(_after(rest, pieces), CHUNK + TAG)):
        if size < CHUNK:
            raise Faulty(PAYLOAD_UNREADABLE, "goes on behind its last chunk")
        if len(chunk) < TAG:
            raise Faulty(PAYLOAD_UNREADABLE, f"chunk {number} is cut off")
        try:
            plain = aead.decrypt(keys.nonce(number), chunk, None)
        except InvalidTag as error:
            raise Faulty(PAYLOAD_UNREADABLE, f"chunk {number} is not authentic") from error
        size = len(plain)
        yield plain
    if size == CHUNK:
        raise Faulty(PAYLOAD_UNREADABLE, "cut off at a chunk")


def _after(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def _cut(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of exactly this size, the last one shorter (never empty)."""
    held = bytearray()
    for piece in pieces:
        view = memoryview(piece)
        if held:
            missing = size - len(held)
            held += view[:missing]
            view = view[missing:]
            if len(held) < size:
                continue
            yield bytes(held)
            held.clear()
        full = len(view) - len(view) % size
        for at in range(0, full, size):
            yield bytes(view[at : at + size])
        held += view[full:]
    if held:
        yield bytes(held)
