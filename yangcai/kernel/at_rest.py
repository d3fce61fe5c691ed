"""How does a file lie enciphered in the store? A magic, the wrapped data key, and the content as chunks of ciphertext.

    "YANGCAI-FILE/1\\n" ‖ u16(len header) ‖ header ‖ chunks

The header is canonical JSON: `key`, the name of the key that wraps, and `wrapped`, the data key in base64. The chunks
are Cobblestone-256 (chunked.py) under the data key, with all that stands before them as the context. Nothing here knows
digests: the file's name is that of its plain bytes, and whoever opens it asks for that (documents.py).
"""

import contextlib
import hashlib
import io
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from yangcai.kernel import chunked, durable, file_keys
from yangcai.kernel.encoding import BadEncoding, base64_of, jcs, parse_jcs, read_base64
from yangcai.kernel.file_keys import Keeper, Wrapped

MAGIC = b"YANGCAI-FILE/1\n"
LENGTH, LARGEST = 2, 8192
HOW = chunked.COBBLESTONE
#: Folder of the store that has, of each key by which something in it was wrapped, one header.
KEYS = ".keys"
READ = 1 << 16


class NotReadable(ValueError):
    """What begins like an enciphered file is none, or was changed."""


class Writer:
    """Enciphers what is written behind it, under a data key of its own; whole only after `finish`. Raises KeyAway."""

    def __init__(self, out: BinaryIO, keeper: Keeper) -> None:
        key = secrets.token_bytes(HOW.key_size)
        self.wrapped = keeper.wrap(key)
        head = head_of(self.wrapped)
        self._out, salt = out, secrets.token_bytes(chunked.SALT)
        self._running = chunked.Encryption(HOW, key=key, salt=salt, context=head)
        out.write(head + self._running.lead)

    def write(self, piece: bytes) -> None:
        for chunk in self._running.update(piece):
            self._out.write(chunk)

    def finish(self) -> None:
        self._out.write(self._running.finish())


def head_of(wrapped: Wrapped) -> bytes:
    """What stands before the chunks."""
    header = jcs({"key": wrapped.key_id, "wrapped": base64_of(wrapped.content)})
    if len(header) > LARGEST:
        raise ValueError("the keeper's wrapped key is too long")
    return MAGIC + len(header).to_bytes(LENGTH) + header


def is_enciphered(file: BinaryIO) -> bool:
    """Whether it begins so; the file is at its first byte before and after. A plain file may begin so too."""
    begins = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    return begins


def read_head(file: BinaryIO) -> tuple[Wrapped, bytes]:
    """The wrapped key, and the bytes that name it; the file stands behind them. Raises NotReadable."""
    lead = file.read(len(MAGIC) + LENGTH)
    size = int.from_bytes(lead[len(MAGIC) :])
    header = file.read(min(size, LARGEST))
    try:
        if not lead.startswith(MAGIC) or len(header) != size:
            raise NotReadable("cut off in its header")
        told = parse_jcs(header)
        if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in ("key", "wrapped")):
            raise NotReadable("a header of another form")
        return Wrapped(told["key"], read_base64(told["wrapped"])), lead + header
    except BadEncoding as error:
        raise NotReadable(str(error)) from error


def reader(file: BinaryIO, keeper: Keeper, *, root: Path) -> io.BufferedReader:
    """The plain bytes of an enciphered file of this store at its first byte, as a file that can be read from any place;
    closing it closes both. Raises KeyAway, NotReadable; the latter too where it names a key that the store never had:
    then the name was changed, and no key mends it."""
    wrapped, context = read_head(file)
    try:
        raw = chunked.Reader(HOW, file, key=keeper.unwrap(wrapped), context=context)
    except file_keys.KeyAway:
        known = {one.key_id for one in _noted(root)}
        if known and wrapped.key_id not in known:
            raise NotReadable(f"no key of this store is called {wrapped.key_id!r}") from None
        raise
    except (file_keys.NotWrapped, chunked.WrongKey, chunked.NotAuthentic) as error:
        raise NotReadable(str(error)) from error
    return io.BufferedReader(raw, READ)


# --- which keys a store needs ------------------------------------------------------------------------------------


def note(root: Path, wrapped: Wrapped) -> None:
    """Before the first file that needs this key: a store says by which keys it is read."""
    path = root / KEYS / hashlib.sha256(wrapped.key_id.encode()).hexdigest()[:16]
    if not path.exists():
        durable.write(path, head_of(wrapped), replace=False)


def keys_away(root: Path, keeper: Keeper) -> dict[str, str]:
    """Key by which something in this store was wrapped -> why it does not open it now. Empty where all is well."""
    away = {}
    for wrapped in _noted(root):
        try:
            keeper.unwrap(wrapped)
        except (file_keys.KeyAway, file_keys.NotWrapped) as error:
            away[wrapped.key_id] = str(error)
    return away


def keys_noted(root: Path) -> int:
    """By how many keys something in this store was wrapped."""
    return sum(1 for _one in _noted(root))


def _noted(root: Path) -> Iterator[Wrapped]:
    for path in sorted((root / KEYS).glob("[0-9a-f]*")):
        with path.open("rb") as file, contextlib.suppress(NotReadable):
            yield read_head(file)[0]


# --- on the way there --------------------------------------------------------------------------------------------


class Spool:
    """Bytes on the disk that are gone with this object, and that nobody reads who finds them there: their key is in
    memory alone."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file: Any = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the object
        self._key = secrets.token_bytes(HOW.key_size)
        salt = secrets.token_bytes(chunked.SALT)
        self._running = chunked.Encryption(HOW, key=self._key, salt=salt, context=b"spool")
        self._file.write(self._running.lead)

    def write(self, piece: bytes, /) -> None:
        for chunk in self._running.update(piece):
            self._file.write(chunk)

    def finish(self) -> None:
        """Nothing more is written."""
        self._file.write(self._running.finish())

    def pieces(self) -> Iterator[bytes]:
        """What was written, from its beginning; after `finish`."""
        self._file.seek(0)
        yield from chunked.decrypted(HOW, iter(lambda: self._file.read(READ), b""), key=self._key, context=b"spool")

    def close(self) -> None:
        self._file.close()
