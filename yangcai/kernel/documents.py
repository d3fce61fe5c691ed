"""Where do files live? By their SHA-256 in a content-addressed store; the database keeps what they are.

Most lie there as they are. Some lie enciphered (at_rest.py), under the same name: that of their plain bytes. Whoever
reads one does not see the difference; whoever has a copy of the store has no file of theirs.
"""

import contextlib
import datetime
import errno
import hashlib
import io
import logging
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.http import UnreadablePostError
from django.utils.translation import gettext as _

from yangcai.kernel import at_rest, durable, file_keys, room
from yangcai.kernel.models import Attachment, Document, Rooted, Upload

logger = logging.getLogger(__name__)

CHUNK = 1 << 20
#: How a file is called while it is written, and for how long that may take.
UNFINISHED, UNFINISHED_SECONDS = ".part-", 24 * 60 * 60

#: First bytes -> media type. What a file calls itself is not believed (ASVS 5.2.2).
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
OFFICE = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


#: What people call them.
NAMES = {"text/csv": "CSV", "application/pdf": "PDF", OFFICE[".xlsx"]: "XLSX", OFFICE[".docx"]: "DOCX"}


class BadDocument(Exception):
    """A file was refused; `code` says why. Of one in the store: `missing`, `damaged`, or `locked`, where the key is
    away by which it is read."""

    def __init__(self, code: str, message: str):
        self.code = code
        super().__init__(message)


class NoRoom(Exception):
    """The store is full, or so nearly that nothing new may begin: nothing of it was kept; ask again later."""


class StoreDown(OSError):
    """The store takes no files, for whatever reason its disk has: nothing was kept; ask again later."""


FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def require_room() -> None:
    """Before something new begins. Raises NoRoom."""
    root = Path(settings.YANGCAI_FILES)
    root.mkdir(parents=True, exist_ok=True)
    if room.is_nearly_full(root):
        raise NoRoom(f"{room.free_bytes(root)} bytes are free")


def media_type(*, head: bytes, name: str) -> str:
    """Media type by content; text only when it is text; the rest is octet-stream. Hostile types never come out."""
    suffix = Path(name).suffix.lower()
    for magic, kind in MAGIC:
        if head.startswith(magic):
            return OFFICE.get(suffix, kind) if kind == "application/zip" else kind
    if suffix in {".csv", ".txt", ".yaml", ".json"} and b"\x00" not in head:
        return "text/csv" if suffix == ".csv" else "text/plain"
    return "application/octet-stream"


def label(name: str) -> str:
    """What a file calls itself, without folders and what cannot be printed (the database takes no U+0000)."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:200] or "file"


def path_of(digest: str) -> Path:
    """Where the file of this digest (64 hexadecimal digits) lies in the store, be it there or not."""
    return Path(settings.YANGCAI_FILES) / digest[:2] / digest[2:4] / digest


def store(
    *,
    file: Any,
    kinds: tuple[str, ...] = (),
    max_bytes: int | None = None,
    person_id: int | None = None,
    now: datetime.datetime | None = None,
) -> Document:
    """Keep an uploaded file (anything with chunks(), name and size). Refuses the oversized before reading it all."""
    limit = max_bytes or settings.YANGCAI_UPLOAD_MAX_BYTES
    if getattr(file, "size", 0) and file.size > limit:
        raise BadDocument("too_large", _("文件超过 %(mb)s MB") % {"mb": limit // CHUNK})
    return store_chunks(
        chunks=file.chunks(CHUNK),
        name=str(file.name or ""),
        kinds=kinds,
        limit=limit,
        person_id=person_id,
        now=now,
    )


def store_bytes(
    *, data: bytes, name: str, person_id: int | None = None, now: datetime.datetime | None = None
) -> Document:
    """Keep bytes that the platform made, of any kind and length. Raises BadDocument for none at all, NoRoom."""
    return store_chunks(chunks=iter([data]), name=name, kinds=(), limit=max(len(data), 1), person_id=person_id, now=now)


def store_enciphered(*, chunks: Iterator[bytes], name: str, limit: int) -> Document:
    """Keep these bytes so that they are read through the keeper's key alone (file_keys.py). What lies there in the
    clear already stays so: somebody handed it in for others to read. Raises BadDocument, NoRoom, StoreDown."""
    return store_chunks(chunks=chunks, name=name, kinds=(), limit=limit, person_id=None, now=None, is_enciphered=True)


def store_chunks(
    *,
    chunks: Iterator[bytes],
    name: str,
    kinds: tuple[str, ...],
    limit: int,
    person_id: int | None,
    now: datetime.datetime | None,
    is_enciphered: bool = False,
) -> Document:
    """Keep these bytes, on the disk and synced before the row is there. Raises BadDocument, NoRoom, StoreDown."""
    root = Path(settings.YANGCAI_FILES)
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=root, prefix=UNFINISHED)
    except OSError as error:
        raise _not_kept(error) from error
    try:
        with os.fdopen(handle, "wb") as out:
            kept = at_rest.Writer(out, file_keys.keeper()) if is_enciphered else None
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise BadDocument("too_large", _("文件超过 %(mb)s MB") % {"mb": limit // CHUNK})
                head = head or chunk[:512]
                digest.update(chunk)
                (kept or out).write(chunk)
            if not size:
                raise BadDocument("empty", _("文件是空的"))
            kind = media_type(head=head, name=name)
            if kinds and kind not in kinds:
                wanted = ", ".join(NAMES.get(one, one) for one in kinds)
                said = _("不接受这种文件（%(kind)s），可以上传：%(wanted)s")
                raise BadDocument("wrong_kind", said % {"kind": NAMES.get(kind, kind), "wanted": wanted})
            if kept is not None:
                kept.finish()
                at_rest.note(root, kept.wrapped)
            out.flush()
            os.fsync(out.fileno())  # a receipt may rest on this file: it must survive a power cut
        target = path_of(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        if is_enciphered and _lies_in_the_clear(digest.hexdigest()):
            Path(temporary).unlink()
        else:
            os.replace(temporary, target)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, UnreadablePostError):  # there the line broke
            raise _not_kept(error) from error
        raise
    document = _row(Document(digest=digest.hexdigest(), size=size, media_type=kind, name=label(name)))
    if person_id is not None and now is not None:
        Upload.objects.get_or_create(document=document, person_id=person_id, defaults={"at": now})
    return document


def _lies_in_the_clear(digest: str) -> bool:
    """Whether the store has these very bytes as they are."""
    try:
        with path_of(digest).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except FileNotFoundError:
        return False


def _row(wanted: Document) -> Document:
    """The row of a file: this one, or where the same bytes came before, the one that they have."""
    Document.objects.bulk_create([wanted], ignore_conflicts=True)  # which of the two it is, that does not say
    return Document.objects.get(digest=wanted.digest)


def _not_kept(error: OSError) -> Exception:
    return NoRoom(str(error)) if error.errno in FULL else StoreDown(*error.args)


def sweep(*, now: datetime.datetime) -> int:
    """Remove what processes that died in the middle of writing left in the store: nothing that is still being written
    is a day old. How many files."""
    removed = 0
    for path in Path(settings.YANGCAI_FILES).glob(f"{UNFINISHED}*"):
        with contextlib.suppress(FileNotFoundError):  # it was finished, or somebody else sweeps
            if now.timestamp() - path.stat().st_mtime > UNFINISHED_SECONDS:
                path.unlink()
                removed += 1
    return removed


def require_kept(*, size: int) -> None:
    """Does the store keep what it is given? A file of so many bytes is written, read back and gone again. Raises
    OSError."""
    path, content = Path(settings.YANGCAI_FILES) / f"{UNFINISHED}{secrets.token_hex(8)}", secrets.token_bytes(size)
    try:
        durable.write(path, content)
        if path.read_bytes() != content:
            raise OSError(errno.EIO, "the store gives back other bytes")
    finally:
        path.unlink(missing_ok=True)


def keeps_files(*, size: int) -> bool:
    """Whether the store keeps a part of so many bytes that it owes a place, be it nearly full or not."""
    try:
        require_kept(size=size)
    except OSError:
        return False
    return True


def takes_files(*, size: int) -> bool:
    """Whether the store takes a new part of so many bytes now: it keeps files, and what is kept free is free."""
    return keeps_files(size=size) and not is_nearly_full()


def is_nearly_full() -> bool:
    """Whether nothing new may begin, which is an alarm and no outage: bids still come in, by their digests (decision
    28). Of a store that is away nobody can say; the health journal does."""
    try:
        return room.is_nearly_full(Path(settings.YANGCAI_FILES))
    except OSError:
        return False


def attach(
    document: Document | None,
    *,
    to: Rooted,
    title: str,
    kind: str,
    by: Any,
    now: datetime.datetime,
    is_public: bool = False,
) -> Attachment | None:
    """Put a document in its place under the row it belongs to; nothing when there is no document."""
    if document is None:
        return None
    return Attachment.objects.create(
        document=document,
        root=to.root.ref,
        subject=to.ref,
        title=title,
        kind=kind,
        is_public=is_public,
        organisation_id=by.organisation_id,
        at=now,
    )


def uploaded_before(*, digest: str, person_id: int | None) -> Document:
    """The Document that this person uploaded; somebody else's digest opens nothing (no access by guessing)."""
    is_digest = re.fullmatch(r"[0-9a-f]{64}", digest)  # the database takes not every text (U+0000)
    found = None
    if is_digest and person_id:
        found = Document.objects.filter(digest=digest, upload__person_id=person_id).first()
    if found is None:
        raise BadDocument("unknown_document", _("没有您上传过的这个文件"))
    return found


def opened(document: Document) -> BinaryIO:
    """The stored file at its first byte, after every byte was checked against the digest, chunk by chunk: a damaged
    file is never served, however large. Of one that lies enciphered the plain bytes, each chunk held against its tag
    once more when it is read. Raises BadDocument: `damaged`, `missing` from the store, or `locked`."""
    digest, why = document.digest, _damaged()
    file = _file(digest)
    if at_rest.is_enciphered(file):
        try:
            return _deciphered(file, digest)
        except BadDocument as bad:
            why = bad
        file = _file(digest)  # it may be a plain file that begins so
    if hashlib.file_digest(file, "sha256").hexdigest() != digest:
        file.close()
        raise why
    file.seek(0)
    return file


def _file(digest: str) -> io.BufferedReader:
    try:
        return path_of(digest).open("rb")
    except OSError as error:
        raise BadDocument("missing", _("文件不在存储中")) from error


def _damaged() -> BadDocument:
    return BadDocument("damaged", _("文件内容与摘要不符"))


def _deciphered(file: io.BufferedReader, digest: str) -> io.BufferedReader:
    """The plain bytes at their beginning, all of them held against the digest. Where it raises BadDocument (`damaged`,
    `locked`) the file is closed."""
    with contextlib.ExitStack() as held:
        held.callback(file.close)
        try:
            plain = at_rest.reader(file, file_keys.keeper(), root=Path(settings.YANGCAI_FILES))
            is_whole = hashlib.file_digest(plain, "sha256").hexdigest() == digest
        except file_keys.KeyAway as error:
            logger.error("the key of stored file %s is away: %s", digest, error)
            raise BadDocument("locked", _("文件加密存放，现在没有解密它的密钥")) from error
        except (at_rest.NotReadable, OSError) as error:
            raise _damaged() from error
        if not is_whole:
            raise _damaged()
        held.pop_all()
        plain.seek(0)
        return plain


def state_of(digest: str) -> str:
    """How the file of this digest lies there: `missing`, `damaged`, `locked`, or nothing where all is well."""
    try:
        opened(Document(digest=digest)).close()
    except BadDocument as bad:
        return bad.code
    return ""


def read(document: Document) -> bytes:
    """The whole content, checked like `opened`."""
    with opened(document) as file:
        return file.read()
