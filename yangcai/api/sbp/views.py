"""Uploads in parts, the check, the one step that races the deadline, and the receipt (SBP/1 §2.5)."""

import datetime
import logging
import re
import uuid
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from yangcai.api import bodies, problem
from yangcai.api.sbp import stalls
from yangcai.api.sbp.doors import door, reply, text
from yangcai.api.sbp.noting import notes
from yangcai.cases import words
from yangcai.cases.models import Lot
from yangcai.cases.queries import visible_lots
from yangcai.kernel import log_proofs, wording
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.encoding import read_base64, timestamp
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.sealing import opening_file
from yangcai.sealing.faults import HEADER_MISMATCH, STATEMENT_MALFORMED, Faulty
from yangcai.sealing.header import LARGEST_HEADER
from yangcai.sealing.statement import LARGEST, Message, Reconfirm, Withdraw
from yangcai.tendering import envelopes, finalise, opening_files, unsealing
from yangcai.tendering import policies as policies_of
from yangcai.tendering.models import BidUpload, OpeningPolicy, SealedBid
from yangcai.tendering.queries.sealed import own_upload
from yangcai.tendering.rules import sealed as rules

log = logging.getLogger(__name__)
DIGEST = re.compile(r"[0-9a-f]{64}")
#: A statement of the largest size, its signature, and what JSON puts around them.
STATEMENT = LARGEST + 1024
HEADER = 2 * LARGEST_HEADER


def lot_of(tender: uuid.UUID, *, number: str, post: Post | None, now: datetime.datetime) -> Lot | None:
    """The lot of a tender for which bidders seal their offers; the only one where none is named. From here on its
    method's words are spoken."""
    lots = visible_lots(post, now).filter(
        pk__in=OpeningPolicy.objects.filter(tender=tender, published_at__isnull=False).values("lot")
    )
    found = list((lots.filter(number=number) if number else lots)[:2])
    if len(found) != 1:
        return None
    wording.speak(words.of(found[0]))
    return found[0]


@door("GET", public=True)
def policies(request: HttpRequest, *, tender: uuid.UUID, post: Any, now: datetime.datetime) -> HttpResponse:
    """Every published revision of the opening policies, in the canonical bytes that headers name."""
    found = OpeningPolicy.objects.filter(
        tender=tender, published_at__isnull=False, lot__in=visible_lots(post, now)
    ).order_by("lot_id", "round", "cover", "revision")
    items = [
        {"lot": p.lot.number, "cover": p.cover, "round": p.round, "sha256": p.digest, "policy": p.content}
        for p in found.select_related("lot")
    ]
    return reply({"items": items, "now": now.isoformat()}) if items else problem.not_found()


@door("GET", "POST", by_database=True)
def submissions(request: HttpRequest, *, tender: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """GET: one's own sessions that became no bid. POST: open one."""
    doing = begin if request.method == "POST" else unfinished
    return doing(request, tender=tender, post=post, now=now)


def unfinished(request: HttpRequest, *, tender: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """What of this organisation's waits to be gone on with or given up."""
    if post.role != Role.SUPPLIER:
        return problem.not_found()
    lots = visible_lots(post, now).filter(
        pk__in=OpeningPolicy.objects.filter(tender=tender, published_at__isnull=False).values("lot")
    )
    if not lots:
        return problem.not_found()
    found = [
        {
            "sid": str(one.sid),
            "lot": lot.number,
            "idem": one.idem,
            "begun_at": timestamp(one.begun_at),
            "bytes": one.taken_bytes,
            "verified": one.verified_at is not None,
        }
        for lot in lots.order_by("pk")
        for one in rules.unfinished_uploads(lot, supplier_id=post.organisation_id)
    ]
    return reply({"items": found})


@door("DELETE")
def give_up(request: HttpRequest, *, sid: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """Give up a session that became no bid; once more, and it is answered alike."""
    upload = own_upload(sid, by=post)
    if upload is None:
        return problem.not_found()
    if upload.given_up_at is None:
        perform(ACTIONS["bid_upload.give_up"], upload, by=post, now=now)
    return reply({"submission": str(sid), "state": "GIVEN_UP"})


def begin(request: HttpRequest, *, tender: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """Open a session, or find the one of this key again: {idem, lot, cover, round} -> {sid, part_size}; the cover may
    be left out where there is one, the round where it is the bid's."""
    data, _files = bodies.body_of(request)
    lot = lot_of(tender, number=str(data.get("lot", "")), post=post, now=now)
    if lot is None:
        return problem.not_found()
    idem = str(data.get("idem", ""))
    upload = _session(lot, post, idem)
    again = upload is not None
    if upload is None:
        try:
            upload = perform(**_begun(data), subject=lot, by=post, now=now, idem=idem).value
        except IntegrityError:  # the same request was faster
            upload = _session(lot, post, idem)
    if upload is None:
        return problem.not_found()
    if upload.given_up_at is not None:
        return problem.problem(status=409, title="该上传已经放弃 / this session was given up", code="given-up")
    return reply({"sid": str(upload.sid), "part_size": envelopes.PART, "lot": lot.number}, status=200 if again else 201)


def _begun(data: dict[str, Any]) -> dict[str, Any]:
    """The Action that opens a session for an offer of this round, with what it wants to know."""
    if str(data.get("round", policies_of.BID)) == str(policies_of.LAST):
        return {"action": ACTIONS["final_offer.upload"]}
    return {"action": ACTIONS["bid.upload"], "cover": str(data.get("cover", ""))}


def _session(lot: Lot, post: Post, idem: str) -> BidUpload | None:
    return BidUpload.objects.filter(lot=lot, supplier_id=post.organisation_id, idem=idem).first()


@door("PUT", most=envelopes.PART, by_database=True)
def part(request: HttpRequest, *, sid: uuid.UUID, number: int, post: Post, now: datetime.datetime) -> HttpResponse:
    """One part, streamed to the disk and synced before it is confirmed; again and again without harm."""
    upload = own_upload(sid, by=post)
    if upload is None:
        return problem.not_found()
    if not request.META.get("CONTENT_LENGTH"):
        return problem.problem(status=411, title="Content-Length", code="length")
    digest = request.headers.get("Content-SHA256", "")
    if not DIGEST.fullmatch(digest) or not 1 <= number <= envelopes.MOST_PARTS:
        return problem.bad_request(f"Content-SHA256: 64 hex digits; parts 1 to {envelopes.MOST_PARTS}")
    try:
        taken = envelopes.take_part(upload, number=number, digest=digest, stream=request, now=now)
    except UnreadablePostError:  # the line broke, not the store
        raise
    except OSError as error:
        log.warning("the file store refused a part: %s", error)
        return problem.store_is_down()
    return reply({"sha256": taken.document_id})


@door("GET")
def parts(request: HttpRequest, *, sid: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """Which parts are there, for whoever resumes."""
    upload = own_upload(sid, by=post)
    return reply(envelopes.numbers(upload)) if upload else problem.not_found()


@door("POST", most=HEADER, by_database=True)
def check(request: HttpRequest, *, sid: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """Read every byte once, long before the deadline: {header_b64} -> VERIFIED."""
    upload = own_upload(sid, by=post)
    if upload is None:
        return problem.not_found()
    data, _files = bodies.body_of(request)
    header = read_base64(str(data.get("header_b64", "")))
    if upload.verified_at is None:
        upload = envelopes.verify(upload, header=header, now=now)
    elif upload.header.encode() != header:
        raise Faulty(HEADER_MISMATCH, "another header was verified")
    return reply({"state": "VERIFIED", "env_digest": upload.envelope_id, "env_len": upload.envelope_size})


@door("POST", most=HEADER, by_database=True)
def promise(request: HttpRequest, *, sid: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """The file store takes no parts: {header_b64, env_digest, env_len} -> PROMISED. The statement can then be finalised
    in time; the parts follow, and must be those. Refused while the store works."""
    upload = own_upload(sid, by=post)
    if upload is None:
        return problem.not_found()
    data, _files = bodies.body_of(request)
    digest, size = str(data.get("env_digest", "")), data.get("env_len")
    if not DIGEST.fullmatch(digest) or isinstance(size, bool) or not isinstance(size, int) or size < 1:
        return problem.bad_request("env_digest: 64 hex digits; env_len: bytes")
    header = read_base64(str(data.get("header_b64", "")))
    sm3 = str(data.get("env_sm3", ""))
    if sm3 and not DIGEST.fullmatch(sm3):
        return problem.bad_request("env_sm3: 64 hex digits")
    upload = envelopes.promise(upload, header=header, digest=digest, size=size, sm3=sm3, now=now)
    return reply({"state": state_of(upload), "env_digest": upload.envelope_id, "env_len": upload.envelope_size})


def state_of(upload: BidUpload) -> str:
    return "VERIFIED" if upload.verified_at is not None else "PROMISED"


@door("POST", most=STATEMENT)
def hand_in(request: HttpRequest, *, sid: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """The one step that races the deadline: the signed statement -> the receipt, at once and for good."""
    asked = finalise.request_of(sid, Message.parse(request.body), by=post, now=now)
    with stalls.PLACES.one():
        taken = finalise.finalise(asked)
    notes.write(now=now)
    return text(taken.note, status=200 if taken.again else 201)


@door("GET", "PUT", most=opening_file.LARGEST)
def opening_copy(request: HttpRequest, *, sid: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """The bidder's own opening file, locked as it is: left here, if it wants to, and fetched again by it alone."""
    upload = own_upload(sid, by=post)
    if upload is None:
        return problem.not_found()
    if request.method == "PUT":
        opening_files.keep(upload, content=request.body, now=now)
        return reply({"sid": str(sid)}, status=201)
    kept = opening_files.of(upload)
    return text(kept.content) if kept else problem.not_found()


@door("GET")
def receipt(request: HttpRequest, *, sid: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """The receipt as it was given out."""
    upload = own_upload(sid, by=post)
    sealed = SealedBid.objects.filter(upload=upload).first() if upload else None
    return text(sealed.note) if sealed else problem.not_found()


@door("GET")
def proof(request: HttpRequest, *, sid: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """The place of the bid in the public log, once it has one (tlog-proof); 202 until then."""
    upload = own_upload(sid, by=post)
    sealed = SealedBid.objects.filter(upload=upload).select_related("leaf").first() if upload else None
    if sealed is None:
        return problem.not_found()
    found = log_proofs.proof_of(sealed.leaf, with_nonce=True)
    return text(found) if found else reply({"state": "WAITING"}, status=202)


def own_bid(sid: uuid.UUID, *, by: Post) -> SealedBid | None:
    """The sealed bid that this submission of the bidder's own became; None before that, and for anybody else."""
    upload = own_upload(sid, by=by)
    return SealedBid.objects.filter(upload=upload).select_related("bid__lot__case").first() if upload else None


@door("POST", most=STATEMENT, by_database=True)
def withdraw(request: HttpRequest, *, sid: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """Take the bid back by a signed statement; the same statement again answers alike."""
    sealed = own_bid(sid, by=post)
    if sealed is None:
        return problem.not_found()
    message = Message.parse(request.body)
    said = message.statement
    if not isinstance(said, Withdraw) or (said.tender, said.submission) != (str(sealed.tender), str(sid)):
        raise Faulty(STATEMENT_MALFORMED, "not a withdrawal of this submission")
    finalise.signer_of(message, by=post, code=unsealing.header_of(sealed.bid).core.suite)
    done = perform(
        ACTIONS["bid.withdraw"], sealed.bid, by=post, now=now, idempotency_key=f"sbp:{said.idem.hex()}", reason=""
    )
    return reply({"submission": str(sid), "again": done.again})


@door("POST", most=STATEMENT, by_database=True)
def reconfirm(request: HttpRequest, *, sid: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """After a correction: the bid stands as it is, by a signed statement; the same statement again answers alike."""
    sealed = own_bid(sid, by=post)
    if sealed is None:
        return problem.not_found()
    message = Message.parse(request.body)
    said = message.statement
    named = (str(sealed.tender), str(sid), sealed.header_digest)
    if not isinstance(said, Reconfirm) or (said.tender, said.submission, said.header_sha256.hex()) != named:
        raise Faulty(STATEMENT_MALFORMED, "not a confirmation of this submission")
    finalise.signer_of(message, by=post, code=unsealing.header_of(sealed.bid).core.suite)
    done = perform(
        ACTIONS["bid.reconfirm"],
        sealed.bid,
        by=post,
        now=now,
        idempotency_key=f"sbp:{said.idem.hex()}",
        message=message.content.decode(),
    )
    return reply({"submission": str(sid), "rev": said.rev, "again": done.again})
