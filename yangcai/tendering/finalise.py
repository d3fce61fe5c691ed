"""How does a sealed bid come in, before the deadline by the database's own clock, once and for good?

One transaction (SBP/1 §2.5, appendix A): the locks in their order, then the clock, the bid, its blinded leaf and its
receipt. The answer leaves only when the COMMIT has come back, and not with the notice that the standby was not waited
for. The Entry is written right after, by whoever comes first for all that wait (`note_in`): in the transaction itself
the one lock of the log would make every bidder wait for every other's disk.
"""

import datetime
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from yangcai.kernel import entries, tasks
from yangcai.kernel.encoding import base64_of, read_base64, timestamp
from yangcai.kernel.leaves import append_leaf
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.parties.models import Post
from yangcai.sealing.faults import HEADER_MISMATCH, SIGNATURE_WRONG, STATEMENT_MALFORMED, Faulty
from yangcai.sealing.header import Core, Header
from yangcai.sealing.receipt import Receipt
from yangcai.sealing.statement import Message, Submit, content_of
from yangcai.sealing.suites import suite
from yangcai.tendering import receipts
from yangcai.tendering.models import Bid, BidUpload, SealedBid, SigningKey
from yangcai.tendering.policies import SUITE

#: What PostgreSQL says when a commit stands here and was not confirmed by its standby.
NOT_REPLICATED = "canceling wait for synchronous replication"
#: The advisory lock of whoever writes the Entries.
NOTING = 7391026
BATCH = 500


class TooLate(Exception):
    """SB001: the deadline has passed, by the database's clock (87号令 art. 33)."""


class Mismatch(Exception):
    """SB002: the idempotency key stands for another statement."""


class NotVerified(Exception):
    """SB003: the envelope has not been checked."""


class NotDurable(Exception):
    """The bid may be lost with this machine: no receipt is given; ask again with the same key."""


@dataclass(frozen=True)
class Taken:
    """A bid that is in, with the receipt that was stored; `again` when it had come in before."""

    bid: int
    note: str
    again: bool


@dataclass(frozen=True)
class Request:
    """What finalises an upload: everything in it was checked before; nothing here is looked at but the time."""

    upload: int
    sid: uuid.UUID
    case: int
    idem: str
    statement: str
    signature: str
    signing_key: int
    core: Core
    header_digest: str
    envelope: str
    size: int
    now: datetime.datetime


def request_of(upload: BidUpload, message: Message, *, by: Post, now: datetime.datetime) -> Request:
    """What a signed statement asks, once it is seen to speak of this envelope and to be signed by a key of the post.

    Raises Faulty; Refused where another post of the supplier began the upload; NotVerified where the envelope was not
    checked yet."""
    if upload.verified_at is None or upload.envelope_id is None or upload.envelope_size is None:
        raise NotVerified(str(upload))
    said = message.statement
    if not isinstance(said, Submit):
        raise Faulty(STATEMENT_MALFORMED, "not a submission")
    header = Header.parse(upload.header.encode())
    core = header.core
    for what, ours, theirs in (
        *((name, getattr(core, name), getattr(said, name)) for name in OF_CORE),
        ("header_sha256", header.sha256, said.header_sha256),
        ("env_digest", bytes.fromhex(upload.envelope_id), said.env_digest),
        ("env_len", upload.envelope_size, said.env_len),
        ("idem", upload.idem, said.idem.hex()),
    ):
        if ours != theirs:
            raise Faulty(HEADER_MISMATCH, what)
    statement = content_of(said).decode()
    known = SealedBid.objects.filter(upload=upload, statement=statement).first()
    if known is None and upload.post_id != by.pk:
        # Bid and Entry name the post of the upload as the one that handed in: it is the one that signs.
        raise Refused([ANOTHER_POST])
    return Request(
        upload=upload.pk,
        sid=upload.sid,
        case=upload.lot.case_id,
        idem=upload.idem,
        statement=statement,
        signature=base64_of(message.sig),
        # What was taken in is answered alike, whatever became of the key since.
        signing_key=known.signing_key_id if known else signer_of(message, by=by).pk,
        core=core,
        header_digest=header.sha256.hex(),
        envelope=upload.envelope_id,
        size=upload.envelope_size,
        now=now,
    )


ANOTHER_POST = Refusal(
    "begun_by_another_post",
    "该上传由本单位另一岗位开始，须由该岗位签名递交；也可由本岗位另行上传后递交",
    "Another post of your organisation began this upload and signs it; or upload the bid from your own post",
)
#: What statement and header both say.
OF_CORE = ("tender", "rev", "lot", "cover", "round", "supplier")


def signer_of(message: Message, *, by: Post) -> SigningKey:
    """The key of this post under which the message is signed. Raises Faulty (signature_wrong)."""
    for key in SigningKey.objects.filter(post_id=by.pk, revoked_at__isnull=True).order_by("-pk"):
        try:
            message.check(suite=suite(SUITE), public=read_base64(key.public_key))
        except Faulty:
            continue
        return key
    raise Faulty(SIGNATURE_WRONG, "no key of this post")


def finalise(request: Request) -> Taken:
    """Take the bid in. Raises TooLate, Mismatch, NotVerified, NotDurable; OperationalError where the database is away:
    the same request again then gives the one outcome that there is."""
    try:
        return _committed(request)
    except IntegrityError as error:
        if _named(error) == "late_bid_is_refused":
            raise TooLate(str(error)) from error
        if _named(error) != "one_bid_per_key":
            raise
        return _committed(request)  # another transaction with this key was faster: what it left is the answer


def _committed(request: Request) -> Taken:
    """The transaction, and what the database said while it was committed."""
    connection.ensure_connection()
    raw, said = connection.connection, []

    def heard(diagnostic: Any) -> None:
        said.append(diagnostic.message_primary or "")

    raw.add_notice_handler(heard)
    try:
        with transaction.atomic(durable=True):
            taken = receive(request)
    except DatabaseError as error:
        if refused := REFUSALS.get(getattr(error.__cause__, "sqlstate", None) or ""):
            raise refused(str(error)) from error
        raise
    finally:
        raw.remove_notice_handler(heard)
    if any(line.startswith(NOT_REPLICATED) for line in said):
        raise NotDurable(said[0])
    return taken


REFUSALS: dict[str, type[Exception]] = {"SB001": TooLate, "SB002": Mismatch, "SB003": NotVerified}


def _named(error: DatabaseError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def receive(request: Request) -> Taken:
    """Inside a transaction: the bid by the database's function, then leaf and receipt, which wait for its stamp."""
    number = f"TB{timezone.localdate(request.now):%Y%m%d}-{secrets.token_hex(6).upper()}"
    found = _asked(
        "SELECT bid_id, received_at, closes_at, revision, note FROM tendering_receive_bid(%s, %s, %s)",
        [request.upload, request.statement, number],
    ).fetchone()
    assert found is not None  # it answers or raises
    bid, received_at, closes_at, revision, note = found
    if note is not None:
        return Taken(bid, note, again=True)
    leaf = append_leaf(body=body_of(request, received_at=received_at, revision=revision), root=f"case:{request.case}")
    note = _receipt(request, leaf.hash, received_at=received_at, closes_at=closes_at, revision=revision)
    keep(request, bid=bid, leaf=leaf.id, note=note)
    return Taken(bid, note, again=False)


def body_of(request: Request, *, received_at: datetime.datetime, revision: int) -> dict[str, Any]:
    """What the log commits to, and tells when the bids lie open."""
    core = request.core
    return {
        "t": "submit",
        "tender": core.tender,
        "rev": core.rev,
        "lot": core.lot,
        "cover": core.cover,
        "round": core.round,
        "supplier": core.supplier,
        "submission": str(request.sid),
        "seq": revision,
        "header_sha256": request.header_digest,
        "env_digest": request.envelope,
        "env_len": request.size,
        "price_commit": core.price_commit.hex(),
        "received_at": timestamp(received_at),
    }


def _receipt(
    request: Request,
    leaf: bytes,
    *,
    received_at: datetime.datetime,
    closes_at: datetime.datetime,
    revision: int,
) -> str:
    core = request.core
    return receipts.signed(
        Receipt(
            tender=core.tender,
            rev=core.rev,
            lot=core.lot,
            cover=core.cover,
            round=core.round,
            supplier=core.supplier,
            submission=str(request.sid),
            seq=revision,
            received_at=received_at,
            deadline=closes_at,
            header_sha256=bytes.fromhex(request.header_digest),
            env_digest=bytes.fromhex(request.envelope),
            env_len=request.size,
            leaf=leaf,
        )
    )


def keep(request: Request, *, bid: int, leaf: int, note: str) -> None:
    """What belongs to the bid, in the same transaction."""
    _asked(
        "INSERT INTO tendering_sealedbid (bid_id, upload_id, tender, idem, statement, signature, signing_key_id,"
        " header_digest, recovery, leaf_id, note, is_noted, price_salt, price)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, false, '', '')",
        [
            bid,
            request.upload,
            request.core.tender,
            request.idem,
            request.statement,
            request.signature,
            request.signing_key,
            request.header_digest,
            request.core.recovery,
            leaf,
            note,
        ],
    )


def _asked(statement: str, values: list[Any]) -> psycopg.Cursor[Any]:
    """A statement that the server prepares once for each connection; Django's cursor would have it planned each time.
    Errors come as Django's."""
    with connection.wrap_database_errors:
        return psycopg.Cursor(connection.connection).execute(statement, values, prepare=True)


def note_in(*, now: datetime.datetime, wait: bool = False) -> int:
    """Write the Entry of every bid that came in and has none: as `bid.submit`, at the time of its receipt, through the
    post that handed it in. Somebody else may be at it: then nothing is done, unless `wait`. Returns how many."""
    written = 0
    while batch := _note_batch(now=now, wait=wait):
        written += batch
    return written


def _note_batch(*, now: datetime.datetime, wait: bool) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NOTING])
        else:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [NOTING])
            if not cursor.fetchone()[0]:
                return 0
        waiting = (
            SealedBid.objects.filter(is_noted=False)
            .order_by("bid_id")
            .select_related("bid__lot__case", "bid__submitted_by__organisation")
        )
        found = list(waiting[:BATCH])
        for sealed in found:
            _note(sealed.bid)
        SealedBid.objects.filter(pk__in=[sealed.pk for sealed in found]).update(is_noted=True)
        for case in {sealed.bid.lot.case_id: sealed.bid.lot.case for sealed in found}.values():
            tasks.refresh(case, now=now)
        return len(found)


def _note(bid: Bid) -> None:
    by = bid.submitted_by
    entries.append(
        action="bid.submit",
        outcome="done",
        root=bid.lot.case.ref,
        subject=bid.ref,
        by=by,
        now=bid.received_at,
        data={"input": bid.entry_facts, "actor": str(by), "value": bid},
    )
