"""Who signed this text? C2SP signed-note, with the key types 0x01 (Ed25519) and 0x04 (a witness's cosignature).

And 0xff with the text `sm2sm3` after it (SBP/1 §2.2): SM2 with SM3, r‖s, over the text of the note. Who does not know
it passes its line over, as signed-note wants for every key that one does not know.
"""

import functools
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from yangcai.kernel import sm2
from yangcai.kernel.encoding import BadEncoding, base64_of, read_base64
from yangcai.kernel.tlog.faults import Malformed, Unproven

ED25519, COSIGNATURE, SM2 = 0x01, 0x04, 0xFF
#: What stands before the bytes of a key: its type, and after 0xff the text that says which.
_MARKS = {ED25519: b"\x01", COSIGNATURE: b"\x04", SM2: b"\xffsm2sm3"}
KEY, KEY_ID, SIGNATURE, TIME = 32, 4, 64, 8
LATEST = (1 << 63) - 1
#: Like Go's: a note has at most so many signatures and bytes.
MOST_SIGNATURES, MOST_BYTES = 100, 1_000_000
_DASH = "\N{EM DASH} "
_PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True)
class Signature:
    """A line under a note: whose, and what (without the key id)."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {base64_of(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class Verifier:
    """A public key with its name, as a `vkey` writes it: 32 bytes, of SM2 65 (04‖x‖y)."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise Malformed(f"no name of a key: {self.name!r}")
        if self.kind not in _MARKS:
            raise Malformed(f"unknown signature type {self.kind:#04x}")
        if self.kind == SM2:
            try:
                sm2.point(self.public)
            except sm2.NoKey as error:
                raise Malformed(str(error)) from error
        elif len(self.public) != KEY:
            raise Malformed(f"a public key of {len(self.public)} bytes")

    @functools.cached_property
    def key_id(self) -> bytes:
        return key_id(name=self.name, kind=self.kind, public=self.public)

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64_of(_MARKS[self.kind] + self.public)}"

    def is_of(self, signature: Signature) -> bool:
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def verifies(self, text: str, signature: bytes) -> bool:
        if self.kind == COSIGNATURE:
            if len(signature) != TIME + SIGNATURE or (at := int.from_bytes(signature[:TIME])) > LATEST:
                return False
            return self._signed(cosigned(text=text, at=at), signature[TIME:])
        if self.kind == SM2:
            return sm2.is_signed(message=text.encode(), signature=signature, public=self.public)
        return self._signed(text.encode(), signature)

    def _signed(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key with its name; one of SM2 is an `Sm2Signer`."""

    name: str
    kind: int
    private: Ed25519PrivateKey

    @functools.cached_property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.kind, self.private.public_key().public_bytes_raw())

    @property
    def skey(self) -> str:
        """As Go's note package writes a private key."""
        return _skey(self.verifier, self.private.private_bytes_raw())

    def sign(self, text: str, *, at: int = 0) -> Signature:
        """`at` is the time in a cosignature, in seconds since 1970; otherwise it says nothing."""
        if self.kind == COSIGNATURE:
            if not 0 <= at <= LATEST:
                raise ValueError(f"no time of a cosignature: {at}")
            signed = at.to_bytes(TIME) + self.private.sign(cosigned(text=text, at=at))
        else:
            signed = self.private.sign(text.encode())
        return Signature(self.name, self.verifier.key_id, signed)


@dataclass(frozen=True)
class Sm2Signer:
    """A private key of SM2 (32 bytes) with its name. OpenSSL signs with it."""

    name: str
    private: bytes = field(repr=False)

    @functools.cached_property
    def verifier(self) -> Verifier:
        return Verifier(self.name, SM2, sm2.public_of(self.private))

    @property
    def skey(self) -> str:
        """As that of a Signer."""
        return _skey(self.verifier, self.private)

    def sign(self, text: str, *, at: int = 0) -> Signature:
        """Verified before anybody sees it; `at` says nothing. Raises ValueError, sm2.NoProgram."""
        signed = sm2.sign(message=text.encode(), private=self.private)
        if not self.verifier.verifies(text, signed):
            raise ValueError("OpenSSL made a signature that does not verify")
        return Signature(self.name, self.verifier.key_id, signed)


@dataclass(frozen=True)
class Note:
    """A text (it ends in a newline) and the lines under it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(s.line for s in self.signatures)}"


def key_id(*, name: str, kind: int, public: bytes) -> bytes:
    """The first bytes of SHA-256(name, newline, kind, public key), as C2SP signed-note has them; the kind 0xff has its
    text after it."""
    return hashlib.sha256(name.encode() + b"\n" + _MARKS[kind] + public).digest()[:KEY_ID]


def _skey(verifier: Verifier, secret: bytes) -> str:
    return f"{_PRIVATE}{verifier.name}+{verifier.key_id.hex()}+{base64_of(_MARKS[verifier.kind] + secret)}"


def cosigned(*, text: str, at: int) -> bytes:
    """What a witness signs of a checkpoint (tlog-cosignature, Ed25519)."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def is_name(name: str) -> bool:
    """Not empty, no space of any alphabet, no plus, no control character."""
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)


def parse_vkey(text: str) -> Verifier:
    """A public key. Raises Malformed: a wrong id, a key that is too short, a type that nobody here knows."""
    name, kind, public = _parse_key(text)
    verifier = Verifier(name, kind, public)
    if verifier.vkey != text:
        raise Malformed(f"the id does not fit the key: {text!r}")
    return verifier


def parse_skey(text: str) -> Signer:
    """A private key of Ed25519. Raises Malformed, without the key in its text."""
    name, kind, secret = _parse_skey(text)
    if kind == SM2:
        raise Malformed("a private key of SM2")
    signer = Signer(name, kind, Ed25519PrivateKey.from_private_bytes(secret))
    if signer.skey != text:
        raise Malformed("the id does not fit the private key")
    return signer


@functools.lru_cache(maxsize=4)  # its public half takes some milliseconds
def parse_sm2_skey(text: str) -> Sm2Signer:
    """A private key of SM2. Raises Malformed, without the key in its text."""
    name, kind, secret = _parse_skey(text)
    if kind != SM2 or not 1 <= int.from_bytes(secret) <= sm2.N - 2:
        raise Malformed("no private key of SM2")
    signer = Sm2Signer(name, secret)
    if signer.skey != text:
        raise Malformed("the id does not fit the private key")
    return signer


def _parse_skey(text: str) -> tuple[str, int, bytes]:
    if not text.startswith(_PRIVATE):
        raise Malformed("no private key")
    name, kind, secret = _parse_key(text.removeprefix(_PRIVATE), secret=True)
    if len(secret) != KEY:
        raise Malformed(f"a private key of {len(secret)} bytes")
    return name, kind, secret


def _parse_key(text: str, *, secret: bool = False) -> tuple[str, int, bytes]:
    shown = "a private key" if secret else repr(text)
    parts = text.split("+", 2)
    if len(parts) != 3 or not re.fullmatch(r"[0-9a-f]{8}", parts[1]):
        raise Malformed(f"not of the form name+id+key: {shown}")
    try:
        content = read_base64(parts[2])
    except BadEncoding as error:
        raise Malformed(f"not of the form name+id+key: {shown}") from error
    if not content:
        raise Malformed(f"an empty key: {shown}")
    mark = _MARKS[SM2] if content.startswith(_MARKS[SM2]) else content[:1]
    if mark == b"\xff":
        raise Malformed(f"a key of a type that nobody here knows: {shown}")
    return parts[0], content[0], content[len(mark) :]


#: What no text of a note holds.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def sign(text: str, *signers: Signer | Sm2Signer, at: int = 0) -> Note:
    """A signed note. Raises ValueError at a text that no note can carry; of an Sm2Signer also sm2.NoProgram."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise ValueError("the text of a note ends in a newline and has no control characters")
    return Note(text, tuple(signer.sign(text, at=at) for signer in signers))


def parse(content: bytes) -> Note:
    """A note as it is written, nothing verified. Raises Malformed."""
    if len(content) > MOST_BYTES:
        raise Malformed("the note is too large")
    try:
        whole = content.decode()
    except UnicodeDecodeError as error:
        raise Malformed("the note is not UTF-8") from error
    if _CONTROL.search(whole):
        raise Malformed("the note has control characters")
    head, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise Malformed("no signatures under the note")
    return Note(f"{head}\n", parse_signatures(tail))


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """Signature lines, at least one. Raises Malformed."""
    found = []
    if not lines.endswith("\n"):
        raise Malformed("a signature line without its end")
    for line in lines[:-1].split("\n"):
        name, _space, signature = line.removeprefix(_DASH).partition(" ")
        try:
            content = read_base64(signature)
        except BadEncoding as error:
            raise Malformed("a signature that is not base64") from error
        if not line.startswith(_DASH) or not is_name(name) or len(content) <= KEY_ID:
            raise Malformed(f"no signature line: {line!r}")
        found.append(Signature(name, content[:KEY_ID], content[KEY_ID:]))
    if len(found) > MOST_SIGNATURES:
        raise Malformed("too many signatures")
    return tuple(found)


def verified(note: Note, verifiers: Iterable[Verifier]) -> list[tuple[Verifier, Signature]]:
    """The signatures of known keys, each key once; those of others are passed over. Raises Unproven where one of a
    known key is wrong."""
    known: Sequence[Verifier] = tuple(dict.fromkeys(verifiers))
    found: dict[Verifier, Signature] = {}
    for signature in note.signatures:
        for verifier in known:
            if verifier in found or not verifier.is_of(signature):
                continue
            if not verifier.verifies(note.text, signature.signature):
                raise Unproven(f"the signature of {verifier.name} is wrong", zh=f"{verifier.name} 的签名不符")
            found[verifier] = signature
    return list(found.items())


def opened(content: bytes, verifiers: Iterable[Verifier]) -> Note:
    """The note, with the verified signatures alone. Raises Malformed; Unproven where no known key signed it."""
    note = parse(content)
    good = verified(note, verifiers)
    if not good:
        raise Unproven("no known key signed this note", zh="没有已知的密钥签署这份文件")
    return Note(note.text, tuple(signature for _verifier, signature in good))
