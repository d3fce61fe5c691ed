"""How does a sealed bid come in, before the deadline by the database's own clock, once and for good?

One transaction (SBP/1 §2.5, appendix A): the locks in their order, then the clock, the bid, its blinded leaf and its
receipt. Bids for one lot that come in at the same moment share it, each with its own stamp, leaf and receipt, and its
own refusal. The answer leaves only when the COMMIT has come back, and not with the notice that the standby was not
waited for. The Entry is written right after, by whoever comes first for all that wait (`note_in`): in the transaction
itself the one lock of the log would make every bidder wait for every other's disk.
"""

import datetime
import json
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from yangcai.cases.models import Case, Stage
from yangcai.kernel import entries, prepared, tasks
from yangcai.kernel.batches import Batches
from yangcai.kernel.encoding import base64_of, read_base64, timestamp
from yangcai.kernel.leaves import append_leaves
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.kernel.sm2 import sm3
from yangcai.kernel.tlog.note import Signer
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.sealing.faults import HEADER_MISMATCH, SIGNATURE_WRONG, STATEMENT_MALFORMED, Faulty
from yangcai.sealing.header import Core, Header
from yangcai.sealing.receipt import Receipt
from yangcai.sealing.statement import Message, Submit
from yangcai.sealing.suites import of_sign_key
from yangcai.tendering import receipts
from yangcai.tendering.models import Bid, SealedBid, SigningKey

#: What PostgreSQL says when a commit stands here and was not confirmed by its standby.
NOT_REPLICATED = "canceling wait for synchronous replication"
#: The advisory lock of whoever writes the Entries.
NOTING = 7391026
BATCH = 500
#: Of bids that share a transaction; below the 64 subtransactions that PostgreSQL keeps in memory of each connection.
TOGETHER = 50


class TooLate(Exception):
    """SB001: the deadline has passed, by the database's clock (87号令 art. 33)."""


class Mismatch(Exception):
    """SB002: the idempotency key stands for another statement."""


class NotVerified(Exception):
    """SB003: the envelope has not been checked, or its session was given up."""


class NotFound(Exception):
    """The organisation that asks began no such session."""


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
    #: The bytes are not here yet: they follow until so many seconds after the closing (0: they are here).
    follows_s: int = 0


def request_of(sid: uuid.UUID, message: Message, *, by: Post, now: datetime.datetime) -> Request:
    """What a signed statement asks for the upload of this session, once it is seen to speak of its envelope and to be
    signed by a key of the post.

    Raises NotFound where this post's organisation began no such session; Faulty; Mismatch where the key of the session
    has become a bid by another statement; Refused where another post of the supplier began it; NotVerified where the
    envelope was not checked yet, or the session was given up."""
    said = message.statement
    statement = message.said.decode() if isinstance(said, Submit) else ""
    upload = _upload(sid, statement=statement, by=by)
    if upload is None:
        raise NotFound(str(sid))
    if not (upload.is_verified or upload.is_promised) or upload.envelope is None or upload.size is None:
        raise NotVerified(str(sid))
    if upload.is_given_up:
        raise NotVerified("this session was given up")
    if not isinstance(said, Submit):
        raise Faulty(STATEMENT_MALFORMED, "not a submission")
    header = Header.parse(upload.header.encode())
    core = header.core
    for what, ours, theirs in (
        *((name, getattr(core, name), getattr(said, name)) for name in OF_CORE),
        ("header_sha256", header.sha256, said.header_sha256),
        ("env_digest", bytes.fromhex(upload.envelope), said.env_digest),
        ("env_len", upload.size, said.env_len),
        # Of suite G1 both digests are recorded (SBP/1 §2.2); of any other there is one.
        ("header_sm3", sm3(header.content) if upload.sm3 else b"", said.header_sm3),
        ("env_sm3", bytes.fromhex(upload.sm3), said.env_sm3),
        ("idem", upload.idem, said.idem.hex()),
    ):
        if ours != theirs:
            if said.idem.hex() == upload.idem and SealedBid.objects.filter(upload=upload.id).exists():
                raise Mismatch(str(sid))
            raise Faulty(HEADER_MISMATCH, what)
    if upload.known_key is None and upload.post != by.pk:
        # Bid and Entry name the post of the upload as the one that handed in: it is the one that signs.
        raise Refused([ANOTHER_POST])
    return Request(
        upload=upload.id,
        sid=sid,
        case=upload.case,
        idem=upload.idem,
        statement=statement,
        signature=base64_of(message.sig),
        # What was taken in is answered alike, whatever became of the key since.
        signing_key=upload.known_key
        or _key_of(message, zip(upload.keys, upload.publics, strict=True), code=core.suite),
        core=core,
        header_digest=header.sha256.hex(),
        envelope=upload.envelope,
        size=upload.size,
        now=now,
        follows_s=0 if upload.is_verified else upload.window_seconds,
    )


class _Upload(NamedTuple):
    """What is asked of an upload before its statement is taken in, in the order of ASKED."""

    id: int
    case: int
    post: int
    idem: str
    header: str
    envelope: str | None
    size: int | None
    sm3: str
    is_verified: bool
    is_promised: bool
    is_given_up: bool
    window_seconds: int
    #: Under which this very statement came in before.
    known_key: int | None
    #: Of the post that asks, the newest first.
    keys: list[int]
    publics: list[str]


#: One question for all of it: here every bidder waits for every other.
ASKED = """
SELECT u.id, l.case_id, u.post_id, u.idem, u.header, u.envelope_id, u.envelope_size, u.envelope_sm3,
  u.verified_at IS NOT NULL, u.promised_at IS NOT NULL, u.given_up_at IS NOT NULL, p.window_seconds,
  (SELECT s.signing_key_id FROM tendering_sealedbid s WHERE s.upload_id = u.id AND s.statement = $1), k.ids, k.publics
FROM tendering_bidupload u
JOIN cases_lot l ON l.id = u.lot_id
JOIN tendering_openingpolicy p ON p.id = u.policy_id
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(id ORDER BY id DESC), '{}') ids,
    coalesce(array_agg(public_key ORDER BY id DESC), '{}') publics
  FROM tendering_signingkey WHERE post_id = $2 AND revoked_at IS NULL) k
WHERE u.sid = $3 AND u.supplier_id = $4
"""


def _upload(sid: uuid.UUID, *, statement: str, by: Post) -> _Upload | None:
    if by.role != Role.SUPPLIER:
        return None
    values = [statement, by.pk, sid, by.organisation_id]
    found = prepared.first_row("upload_to_finalise", "text, bigint, uuid, bigint", lambda: ASKED, values)
    return _Upload(*found) if found else None


ANOTHER_POST = Refusal(
    "begun_by_another_post",
    "该上传由本单位另一岗位开始，须由该岗位签名递交；也可由本岗位另行上传后递交",
    "Another post of your organisation began this upload and signs it; or upload the bid from your own post",
)
#: What statement and header both say.
OF_CORE = ("tender", "rev", "lot", "cover", "round", "supplier")


def signer_of(message: Message, *, by: Post, code: str) -> int:
    """The key of this post under which the message is signed, of the suite that the bid is sealed in. Raises Faulty
    (signature_wrong)."""
    keys = SigningKey.objects.filter(post_id=by.pk, revoked_at__isnull=True).order_by("-pk")
    return _key_of(message, keys.values_list("pk", "public_key"), code=code)


def _key_of(message: Message, keys: Iterable[tuple[int, str]], *, code: str) -> int:
    for key, public_key in keys:
        public = read_base64(public_key)
        try:
            how = of_sign_key(public)
            message.check(suite=how, public=public)
        except Faulty:
            continue
        if how.code == code:
            return key
    raise Faulty(SIGNATURE_WRONG, "no key of this post")


def finalise(request: Request) -> Taken:
    """Take the bid in. Raises TooLate, Mismatch, NotVerified, NotDurable; OperationalError where the database is away:
    the same request again then gives the one outcome that there is."""
    outcome = _BATCHES.ask(request)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


#: What became of a request among others: in, or refused by the database on one of the three grounds.
Outcome = Taken | TooLate | Mismatch | NotVerified
REFUSALS: dict[str, type[TooLate] | type[Mismatch] | type[NotVerified]] = {
    "SB001": TooLate,
    "SB002": Mismatch,
    "SB003": NotVerified,
}


def _committed(requests: Sequence[Request]) -> list[Outcome]:
    """The transaction, and what the database said while it was committed."""
    connection.ensure_connection()
    raw, said = connection.connection, []

    def heard(diagnostic: Any) -> None:
        said.append(diagnostic.message_primary or "")

    raw.add_notice_handler(heard)
    try:
        with transaction.atomic(durable=True):
            outcomes = receive(requests)
    except DatabaseError as error:  # what a trigger refuses with
        if refused := REFUSALS.get(getattr(error.__cause__, "sqlstate", None) or ""):
            raise refused(str(error)) from error
        raise
    finally:
        raw.remove_notice_handler(heard)
    if any(line.startswith(NOT_REPLICATED) for line in said):
        raise NotDurable(said[0])
    return outcomes


def _together(requests: Sequence[Request]) -> list[Outcome]:
    """Of one lot, each of another supplier and in their order: the order of the locks. What came in with the key of an
    upload before is found under the supplier's lock, so no other transaction can be faster in between."""
    return _committed(requests)


_BATCHES: Batches[Request, Outcome] = Batches(
    _together,
    queue=lambda request: f"{request.case} {request.core.lot}",
    apart=lambda request: request.core.supplier,
    most=TOGETHER,
)


@dataclass(frozen=True)
class _Stamped:
    """A bid that the database took in: when, before which deadline, as the supplier's which."""

    request: Request
    bid: int
    received_at: datetime.datetime
    closes_at: datetime.datetime
    revision: int


def receive(requests: Sequence[Request]) -> list[Outcome]:
    """Inside a transaction: the bids by the database's function, then leaves and receipts, which wait for its stamp.
    All of one case."""
    day = f"{timezone.localdate(requests[0].now):%Y%m%d}"
    found = _asked(
        "SELECT fault, bid_id, received_at, closes_at, revision, note FROM tendering_receive_bids(%t) ORDER BY place",
        [
            {
                "upload": request.upload,
                "statement": request.statement,
                "receipt": f"TB{day}-{secrets.token_hex(6).upper()}",
            }
            for request in requests
        ],
    ).fetchall()
    outcomes: list[Outcome | None] = []
    stamped: list[_Stamped] = []
    for request, (fault, bid, received_at, closes_at, revision, note) in zip(requests, found, strict=True):
        if fault is None and note is None:
            stamped.append(_Stamped(request, bid, received_at, closes_at, revision))
            outcomes.append(None)
        else:
            outcomes.append(Taken(bid, note, again=True) if fault is None else REFUSALS[fault](str(request.sid)))
    kept = iter(_kept(stamped))
    return [outcome or next(kept) for outcome in outcomes]


def _kept(stamped: Sequence[_Stamped]) -> list[Taken]:
    """Leaf and receipt of each."""
    if not stamped:
        return []
    leaves = append_leaves(bodies=[body_of(one) for one in stamped], root=f"case:{stamped[0].request.case}")
    signer = receipts.signer()
    notes = [_receipt(one, leaf.hash, by=signer) for one, leaf in zip(stamped, leaves, strict=True)]
    keep(stamped, leaves=[leaf.id for leaf in leaves], notes=notes)
    return [Taken(one.bid, note, again=False) for one, note in zip(stamped, notes, strict=True)]


def body_of(stamped: _Stamped) -> dict[str, Any]:
    """What the log commits to, and tells when the bids lie open."""
    request, core = stamped.request, stamped.request.core
    owed = {"follows_s": request.follows_s} if request.follows_s else {}
    return {
        "t": "submit",
        "tender": core.tender,
        "rev": core.rev,
        "lot": core.lot,
        "cover": core.cover,
        "round": core.round,
        "supplier": core.supplier,
        "submission": str(request.sid),
        "seq": stamped.revision,
        "header_sha256": request.header_digest,
        "env_digest": request.envelope,
        "env_len": request.size,
        "price_commit": core.price_commit.hex(),
        "received_at": timestamp(stamped.received_at),
        **owed,
    }


def _receipt(stamped: _Stamped, leaf: bytes, *, by: Signer) -> str:
    request, core = stamped.request, stamped.request.core
    return receipts.signed(
        Receipt(
            tender=core.tender,
            rev=core.rev,
            lot=core.lot,
            cover=core.cover,
            round=core.round,
            supplier=core.supplier,
            submission=str(request.sid),
            seq=stamped.revision,
            received_at=stamped.received_at,
            deadline=stamped.closes_at,
            header_sha256=bytes.fromhex(request.header_digest),
            env_digest=bytes.fromhex(request.envelope),
            env_len=request.size,
            leaf=leaf,
            follows_s=request.follows_s,
        ),
        by=by,
    )


def keep(stamped: Sequence[_Stamped], *, leaves: Sequence[int], notes: Sequence[str]) -> None:
    """What belongs to each bid, in the same transaction."""
    _asked(
        "SELECT tendering_keep_bids(%t)",
        [
            {
                "bid_id": one.bid,
                "upload_id": one.request.upload,
                "tender": str(one.request.core.tender),
                "idem": one.request.idem,
                "statement": one.request.statement,
                "signature": one.request.signature,
                "signing_key_id": one.request.signing_key,
                "header_digest": one.request.header_digest,
                "recovery": one.request.core.recovery,
                "leaf_id": leaf,
                "note": note,
            }
            for one, leaf, note in zip(stamped, leaves, notes, strict=True)
        ],
    )


def _asked(statement: str, rows: list[dict[str, Any]]) -> psycopg.Cursor[Any]:
    """A statement of one value, a list that goes over as one text: to bind a list for each column takes as long as the
    database needs for what it does with them. Errors come as Django's. It is planned each time: if psycopg prepared
    anything, it would give back every prepared statement of the connection after a rollback, those of
    kernel/beneath.py among them."""
    with connection.wrap_database_errors:
        return psycopg.Cursor(connection.connection).execute(statement, [json.dumps(rows)])


def note_in(*, now: datetime.datetime, wait: bool = False) -> int:
    """Write the Entry of every offer that came in and has none: as `bid.submit` or `final_offer.submit`, at the time of
    its receipt, through the post that handed it in. Somebody else may be at it: then nothing is done, unless `wait`.
    Returns how many."""
    written, cases = 0, dict[int, Case]()
    while batch := _note_batch(cases, now=now, wait=wait):
        written += batch
        if batch < BATCH:
            break  # what came in since is the next one's, or its own bidder's
    return written


def _note_batch(cases: dict[int, Case], *, now: datetime.datetime, wait: bool) -> int:
    """The tasks of the cases that bids came in for are derived with the last batch, once."""
    with transaction.atomic(), connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NOTING])
        else:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [NOTING])
            if not cursor.fetchone()[0]:
                return 0
        waiting = (
            SealedBid.objects.filter(is_noted=False)
            .order_by("bid__received_at", "leaf_id")
            .select_related("bid__lot__case", "bid__submitted_by__organisation")
        )
        found = list(waiting[:BATCH])
        entries.append_all([_draft(sealed.bid) for sealed in found])
        SealedBid.objects.filter(pk__in=[sealed.pk for sealed in found]).update(is_noted=True)
        cases |= {sealed.bid.lot.case_id: sealed.bid.lot.case for sealed in found}
        if len(found) < BATCH:
            for case in cases.values():
                tasks.refresh(case, now=now)
        return len(found)


def _draft(bid: Bid) -> entries.Draft:
    by = bid.submitted_by
    return entries.Draft(
        action="bid.submit" if bid.stage == Stage.SUBMISSION else "final_offer.submit",
        outcome="done",
        root=bid.lot.case.ref,
        subject=bid.ref,
        by=by,
        now=bid.received_at,
        data={"input": bid.entry_facts, "actor": str(by), "value": bid},
    )
