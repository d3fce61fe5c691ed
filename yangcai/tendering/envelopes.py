"""How does an envelope of up to 2 GiB come in, part by part, and how is it read again?

Each part is a document of its own, named by its SHA-256. The envelope is one more: the digests of its parts in order,
32 bytes each, whose own SHA-256 is the digest of the envelope (SBP/1, amendment 1). So nothing is written twice, every
byte is checked whenever it is read, and a part that was damaged heals when the same bytes come in again.
"""

import datetime
import hashlib
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from yangcai.kernel import documents
from yangcai.kernel.models import Document
from yangcai.sealing.envelope import Envelope
from yangcai.sealing.faults import ENVELOPE_MALFORMED, HEADER_MISMATCH, NOT_FOLLOWED, POLICY_UNKNOWN, Faulty
from yangcai.sealing.header import Header
from yangcai.sealing.policy import Policy
from yangcai.tendering import policies
from yangcai.tendering.models import BidClosing, BidPart, BidUpload, OpeningPolicy
from yangcai.tendering.rules.sealed import MOST_TAKEN
from yangcai.tendering.standstill import window_is_over

#: All parts but the last have this size; an envelope has at most so many bytes.
PART, LARGEST = 8 * 2**20, 2 * 2**30
MOST_PARTS = LARGEST // PART
DIGEST = 32
_READ = 1 << 20


class BadPart(ValueError):
    """A part is not what was said: `code` says how."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def take_part(upload: BidUpload, *, number: int, digest: str, stream: Any, now: datetime.datetime) -> BidPart:
    """Keep a part: on the disk and synced first, then its row. The same part again changes nothing (and mends what was
    damaged), also after the deadline; another one in its place pushes it aside until the envelope is verified. Raises
    BadPart, BadDocument, NoRoom."""
    known = BidPart.objects.filter(upload=upload, number=number).first()
    if known is None or known.document_id != digest:
        _takes_new_parts(upload, now=now)
    document = documents.store_chunks(
        chunks=_checked(stream, digest),
        name=f"{upload.sid}.{number}",
        kinds=(),
        limit=PART,
        person_id=None,
        now=None,
    )
    if known is not None and known.document_id == document.pk:
        return known
    try:
        with transaction.atomic():
            part, _made = BidPart.objects.update_or_create(
                upload=upload, number=number, defaults={"document": document}
            )
            BidUpload.objects.filter(pk=upload.pk).update(taken_bytes=F("taken_bytes") + document.size)
    except IntegrityError as error:
        same = BidPart.objects.filter(upload=upload, number=number, document=document).first()
        if same is None:
            raise BadPart("verified", "the envelope was verified meanwhile") from error
        return same  # whoever asked again overtook this request
    return part


def _takes_new_parts(upload: BidUpload, *, now: datetime.datetime) -> None:
    """Raises BadPart where only a part that is known is taken again."""
    if upload.verified_at is not None:
        raise BadPart("verified", "the envelope was verified: only the same part is taken again")
    is_owed = _is_owed(upload)
    if is_owed:
        if _is_overdue(upload, now=now):
            raise BadPart("closed", "the time in which the ciphertext follows is over")
    elif not _is_open(upload, now=now):
        raise BadPart("closed", "submission is closed: only the same part is taken again")
    if upload.given_up_at is not None:
        raise BadPart("given_up", "this session was given up: begin another one")
    if upload.taken_bytes + PART > MOST_TAKEN:  # parts that come in at the same time may pass it by their own size
        raise BadPart("too_much", f"more than {MOST_TAKEN} bytes came in for this session: begin another one")
    if not is_owed or upload.taken_bytes >= (upload.envelope_size or 0):
        documents.require_room()  # what is verified already can still be handed in


def _is_open(upload: BidUpload, *, now: datetime.datetime) -> bool:
    """Whether offers of this round still come in."""
    closes_at = policies.closing_at(upload.lot, round=upload.policy.round)
    return closes_at is not None and now < closes_at


def _is_overdue(upload: BidUpload, *, now: datetime.datetime) -> bool:
    """Whether the window for keys, in which the bytes are to follow, is over: before that no trustee's share is out.
    Time in which the platform took no files does not count: that is an outage, and halts the window."""
    policy = upload.policy
    closing = BidClosing.objects.filter(lot=upload.lot_id, cover=policy.cover, round=policy.round).first()
    return closing is not None and window_is_over(closing, now=now)


def _is_owed(upload: BidUpload) -> bool:
    """Whether a bid that is in waits for these bytes. What is kept free is for what has begun, and a bid with a receipt
    has begun more than anything else: as many bytes as were promised may use it, and follow after the deadline. A
    promise alone, which nobody signed, has neither; nor has what was replaced or withdrawn: of those there is no end.
    On a disk that is full to the last byte the answer is to come again (no-room), and the window stands still as in
    any outage."""
    return _owed().filter(pk=upload.pk).exists()


def _owed() -> QuerySet[BidUpload]:
    return BidUpload.objects.filter(
        promised_at__isnull=False,
        verified_at__isnull=True,
        sealed__isnull=False,
        sealed__bid__replaced_at__isnull=True,
        sealed__bid__withdrawn_at__isnull=True,
        sealed__bid__damage="",
    )


def bytes_owed() -> int:
    """So many bytes are still to come of bids that are in by their digest, in lots that may still open them: the store
    has to have room for them."""
    owed = _owed().filter(lot__outcome="", lot__case__ended_at__isnull=True)
    return sum(max(0, size - taken) for size, taken in owed.values_list("envelope_size", "taken_bytes"))


def _checked(stream: Any, digest: str) -> Iterator[bytes]:
    """The bytes of a part; at their end it is refused unless they are what was said, before anything is kept."""
    running = hashlib.sha256()
    while chunk := stream.read(_READ):
        running.update(chunk)
        yield chunk
    if running.hexdigest() != digest:
        raise BadPart("digest", "the bytes are not those of Content-SHA256")


def numbers(upload: BidUpload) -> list[int]:
    """Which parts are there, for whoever resumes."""
    return list(BidPart.objects.filter(upload=upload).order_by("number").values_list("number", flat=True))


def whole(upload: BidUpload) -> list[Document]:
    """The parts in order. Raises BadPart where one is missing or has not the size that parts have."""
    parts = list(BidPart.objects.filter(upload=upload).order_by("number").select_related("document"))
    if not parts or [part.number for part in parts] != list(range(1, len(parts) + 1)):
        raise BadPart("incomplete", "parts are missing")
    if any(part.document.size != PART for part in parts[:-1]):
        raise BadPart("part_size", f"every part but the last has {PART} bytes")
    return [part.document for part in parts]


def bind(parts: list[Document]) -> Document:
    """The document that stands for the envelope."""
    return documents.store_bytes(data=b"".join(bytes.fromhex(part.pk) for part in parts), name="envelope.sbe")


class Stream(io.RawIOBase):
    """Every byte of these parts in order. Reading raises BadDocument at a part that is damaged or missing, before any
    byte of it is given out."""

    def __init__(self, parts: list[Document]) -> None:
        self.parts, self.at = parts, 0
        self._left = iter(parts)
        self._file: BinaryIO | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        """Back to the beginning, and nowhere else."""
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        if (offset, whence) != (0, 0):
            raise OSError("an envelope is read from its beginning")
        self.close_part()
        self._left, self.at = iter(self.parts), 0
        return 0

    def readinto(self, buffer: Any) -> int:
        while True:
            if self._file is None:
                part = next(self._left, None)
                if part is None:
                    return 0
                self._file = documents.opened(part)
            if content := self._file.read(len(buffer)):
                buffer[: len(content)] = content
                self.at += len(content)
                return len(content)
            self.close_part()

    def close_part(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def close(self) -> None:
        self.close_part()
        super().close()


def stream(parts: list[Document]) -> io.BufferedReader:
    """The envelope as a file; to be closed."""
    return io.BufferedReader(Stream(parts), _READ)


def parts_of(envelope: Document) -> list[Document]:
    """The parts that a stored envelope names. Raises BadDocument."""
    content = documents.read(envelope)
    digests = [content[at : at + DIGEST].hex() for at in range(0, len(content), DIGEST)]
    known = Document.objects.in_bulk(digests)
    if missing := set(digests) - set(known):
        raise documents.BadDocument("missing", f"{len(missing)} parts have no document")
    return [known[digest] for digest in digests]


def _policy_of(upload: BidUpload, said: Header) -> OpeningPolicy:
    """The policy that a header was sealed under, once it is seen to be this supplier's. Raises Faulty."""
    begun = upload.policy
    chain = OpeningPolicy.objects.filter(lot=upload.lot_id, cover=begun.cover, round=begun.round)
    policy = chain.filter(revision=said.core.rev, published_at__isnull=False).first()
    if policy is None:
        raise Faulty(POLICY_UNKNOWN, f"revision {said.core.rev}")
    said.check(Policy.parse(policy.content.encode()))
    if (said.core.supplier, said.core.round) != (upload.supplier.uscc, begun.round):
        raise Faulty(HEADER_MISMATCH, "supplier or round")
    return policy


def verify(upload: BidUpload, *, header: bytes, now: datetime.datetime) -> BidUpload:
    """Look at every byte once before the deadline is near: parts, length, header, the policy it was sealed under, whose
    it is. From here on only the signed statement is missing. Raises BadPart, BadDocument, Faulty."""
    if upload.given_up_at is not None:
        raise BadPart("given_up", "this session was given up: begin another one")
    parts = whole(upload)
    size = sum(part.size for part in parts)
    with stream(parts) as file:
        envelope = Envelope(file)
        said = envelope.header
        if said.content != header:
            raise Faulty(HEADER_MISMATCH, "the envelope begins with another header")
        if said.envelope_size != size:
            raise Faulty(ENVELOPE_MALFORMED, f"{size} bytes instead of {said.envelope_size}")
        policy = _policy_of(upload, said)  # before up to 2 GiB are read for nothing
        imprint = envelope.imprint()  # reads all of it, each part held against its digest
    found = (said.content.decode(), imprint.env_digest.hex(), size, imprint.env_sm3.hex())
    if upload.promised_at is not None and found != (
        upload.header,
        upload.envelope_id,
        upload.envelope_size,
        upload.envelope_sm3,
    ):
        raise Faulty(NOT_FOLLOWED, "another envelope than the one that was signed for")
    bound = bind(parts)
    if bound.pk != imprint.env_digest.hex():
        raise BadPart("incomplete", "parts changed while they were read")
    BidUpload.objects.filter(pk=upload.pk, verified_at__isnull=True, given_up_at__isnull=True).update(
        header=said.content.decode(),
        policy=policy,
        envelope=bound,
        envelope_size=size,
        envelope_sm3=imprint.env_sm3.hex(),
        verified_at=now,
    )
    return BidUpload.objects.get(pk=upload.pk)


def promise(
    upload: BidUpload, *, header: bytes, digest: str, size: int, now: datetime.datetime, sm3: str = ""
) -> BidUpload:
    """While the file store takes no files: bind header, digest and length of an envelope whose bytes follow, so that
    its statement can be signed in time. What was bound stays; later only those bytes are taken. Raises Faulty; BadPart
    where the store works, or the time is over."""
    if upload.verified_at is not None or upload.promised_at is not None:
        bound = (upload.header.encode(), upload.envelope_id, upload.envelope_size, upload.envelope_sm3)
        if bound != (header, digest, size, sm3):
            raise Faulty(HEADER_MISMATCH, "another envelope was bound")
        return upload
    if not _is_open(upload, now=now):
        raise BadPart("closed", "submission is closed")
    said = Header.parse(header)
    if said.envelope_size != size or size > LARGEST:
        raise Faulty(ENVELOPE_MALFORMED, f"{size} bytes instead of {said.envelope_size}")
    policy = _policy_of(upload, said)
    if (said.core.suite == "G1") != bool(sm3):
        raise Faulty(HEADER_MISMATCH, "env_sm3")  # of suite G1 both digests are recorded (SBP/1 §2.2)
    if documents.takes_files(size=min(size, PART)):
        raise BadPart("store_works", "the file store works: send the parts")
    envelope, _made = Document.objects.get_or_create(
        digest=digest,
        defaults={"size": DIGEST * -(-size // PART), "media_type": "application/octet-stream", "name": "envelope.sbe"},
    )
    BidUpload.objects.filter(pk=upload.pk, verified_at__isnull=True, promised_at__isnull=True).update(
        header=header.decode(),
        policy=policy,
        envelope=envelope,
        envelope_size=size,
        envelope_sm3=sm3,
        promised_at=now,
    )
    return BidUpload.objects.get(pk=upload.pk)
