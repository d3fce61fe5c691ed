"""How does a stream of any length go under one key in constant memory, so that a cut or a swap shows?

The construction of C2SP chunked-encryption: key, base nonce and commitment by HKDF-Expand from key, salt and context;
chunks of 16 KiB, the nonce counted by XOR, the last chunk always shorter. Cobblestone-256 is this with SHA-512 and
AES-256-GCM. Sealed bids are such streams (SBP/1 §2.4, 8; yangcai/sealing/chunked.py), and files that lie enciphered in
the store (at_rest.py).
"""

import errno
import hmac
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

CHUNK, TAG, SALT, COMMITMENT, NONCE = 16384, 16, 24, 32, 12
#: Bytes before the first chunk.
LEAD = SALT + COMMITMENT
LABEL = b"c2sp.org/chunked-encryption@v1+"


class WrongKey(ValueError):
    """The key or the context is not the one that the stream commits to."""


class NotAuthentic(ValueError):
    """The stream was cut or changed; the text says where."""


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


#: Cobblestone-256.
COBBLESTONE = Construction(b"AEAD_AES_256_GCM", 32, AESGCM, hashes.SHA512)


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


class Encryption:
    """The same as `encrypted`, for whoever is given the plain bytes one by one: `lead`, each `update`, `finish`."""

    def __init__(self, how: Construction, *, key: bytes, salt: bytes, context: bytes) -> None:
        self._keys = _keys(how, key=key, salt=salt, context=context)
        self._aead = how.aead(self._keys.key)
        self._held, self._number = bytearray(), 0
        self.lead = salt + self._keys.commitment

    def update(self, piece: bytes) -> Iterator[bytes]:
        """The chunks that are full by now; to be exhausted."""
        view = memoryview(piece)
        if self._held:
            missing = CHUNK - len(self._held)
            self._held += view[:missing]
            view = view[missing:]
            if len(self._held) < CHUNK:
                return
            yield self._chunk(bytes(self._held))
            self._held.clear()
        full = len(view) - len(view) % CHUNK
        for at in range(0, full, CHUNK):
            yield self._chunk(view[at : at + CHUNK])
        self._held += view[full:]

    def finish(self) -> bytes:
        """The last chunk, which is never full."""
        return self._chunk(bytes(self._held))

    def _chunk(self, plain: bytes | memoryview) -> bytes:
        sealed = self._aead.encrypt(self._keys.nonce(self._number), plain, None)
        self._number += 1
        return sealed


def encrypted(how: Construction, plain: Iterable[bytes], *, key: bytes, salt: bytes, context: bytes) -> Iterator[bytes]:
    """The ciphertext of `plain` (pieces of any size), in pieces of at most 16 KiB and a tag."""
    running = Encryption(how, key=key, salt=salt, context=context)
    yield running.lead
    for piece in plain:
        yield from running.update(piece)
    yield running.finish()


def decrypted(how: Construction, sealed: Iterable[bytes], *, key: bytes, context: bytes) -> Iterator[bytes]:
    """The plain bytes, each piece authentic; that nothing is cut off is known only when the iterator has ended.

    Raises WrongKey when the key is not the one that was committed to, NotAuthentic at any change.
    """
    pieces = iter(sealed)
    lead, rest = b"", b""
    while len(lead) < LEAD:
        piece = next(pieces, None)
        if piece is None:
            raise NotAuthentic("cut off before the first chunk")
        lead += piece
    lead, rest = lead[:LEAD], lead[LEAD:]
    keys = _opened(how, lead, key=key, context=context)
    aead = how.aead(keys.key)
    size = CHUNK
    for number, chunk in enumerate(_cut(_after(rest, pieces), CHUNK + TAG)):
        if size < CHUNK:
            raise NotAuthentic("goes on behind its last chunk")
        if len(chunk) < TAG:
            raise NotAuthentic(f"chunk {number} is cut off")
        try:
            plain = aead.decrypt(keys.nonce(number), chunk, None)
        except InvalidTag as error:
            raise NotAuthentic(f"chunk {number} is not authentic") from error
        size = len(plain)
        yield plain
    if size == CHUNK:
        raise NotAuthentic("cut off at a chunk")


def _opened(how: Construction, lead: bytes, *, key: bytes, context: bytes) -> _Keys:
    """The keys of a stream that begins so. Raises WrongKey."""
    if len(key) != how.key_size:
        raise WrongKey("a key of the wrong length")
    keys = _keys(how, key=key, salt=lead[:SALT], context=context)
    if not hmac.compare_digest(keys.commitment, lead[SALT:]):
        raise WrongKey("the key is not the one that the payload commits to")
    return keys


class Reader(io.RawIOBase):
    """The plain bytes of a stream that lies in a file from its present place to its end, read from wherever one likes,
    chunk by chunk. Closing it closes the file. Raises WrongKey, NotAuthentic; in reading OSError (EIO), before a byte
    of a changed chunk is given out."""

    def __init__(self, how: Construction, file: BinaryIO, *, key: bytes, context: bytes) -> None:
        lead = file.read(LEAD)
        if len(lead) < LEAD:
            raise NotAuthentic("cut off before the first chunk")
        self._keys = _opened(how, lead, key=key, context=context)
        self._aead, self._file, self._start = how.aead(self._keys.key), file, file.tell()
        full, last = divmod(file.seek(0, io.SEEK_END) - self._start, CHUNK + TAG)
        if last < TAG:
            raise NotAuthentic("cut off at a chunk")
        self.size, self._at = full * CHUNK + last - TAG, 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence] + offset
        if at < 0:
            raise ValueError("before the beginning")
        self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        if self._at > self.size:
            return 0
        number, skipped = divmod(self._at, CHUNK)
        if self._held[0] != number:
            self._held = (number, self._chunk(number))
        piece = self._held[1][skipped : skipped + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _chunk(self, number: int) -> bytes:
        self._file.seek(self._start + number * (CHUNK + TAG))
        try:
            return self._aead.decrypt(self._keys.nonce(number), self._file.read(CHUNK + TAG), None)
        except (InvalidTag, ValueError) as error:
            raise OSError(errno.EIO, f"chunk {number} is not authentic") from error

    def close(self) -> None:
        self._file.close()
        super().close()


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
