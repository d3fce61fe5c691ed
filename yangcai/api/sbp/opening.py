"""Where does an opening stand, and by which doors do shares come in? (SBP/1 §2.5, §2.8)"""

import datetime
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse

from yangcai.api import problem
from yangcai.api.sbp.doors import door, reply
from yangcai.cases.queries import runs_or_oversees, visible_lots
from yangcai.kernel import log_proofs
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.encoding import base64_of, jcs, timestamp
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post
from yangcai.sealing.faults import STATEMENT_MALFORMED, Faulty
from yangcai.sealing.statement import LARGEST_RELEASE, Message, Release
from yangcai.tendering import method, unsealing
from yangcai.tendering.models import Bid, BidClosing, OpeningPolicy, SealedBid, ShareRelease
from yangcai.tendering.policies import BID, LAST, all_in_force
from yangcai.tendering.rules import sealed as rules
from yangcai.tendering.standstill import window_ends_at

MOST = LARGEST_RELEASE + 1024


def taken(code: str, subject: Any, message: Message, *, kept: Any, by: Post, now: datetime.datetime) -> int:
    """Do the Action `code` with this signed message: 201; or 200 where the very same one, statement and signature, is
    among the releases `kept` already, as whoever sends it may never have had the answer. Raises Refused."""
    same = kept.filter(statement=jcs(message.statement.as_dict()).decode(), signature=base64_of(message.sig))
    if same.exists():
        return 200
    try:
        perform(ACTIONS[code], subject, by=by, now=now, message=message.content.decode())
    except Refused:
        if not same.exists():  # it came twice at once
            raise
        return 200
    return 201


def _released(request: HttpRequest, tender: uuid.UUID) -> tuple[Message, list[str], list[SealedBid]]:
    """The message, the headers whose shares it holds, and the bids that it names, also those whose share its
    sender cannot read. Raises Faulty."""
    message = Message.parse(request.body)
    said = message.statement
    if not isinstance(said, Release) or said.tender != str(tender):
        raise Faulty(STATEMENT_MALFORMED, "not a release for this tender")
    shared = {one.header_sha256.hex() for one in said.shares}
    named = shared | {one.header_sha256.hex() for one in said.failed}
    found = SealedBid.objects.filter(
        tender=tender, header_digest__in=named, bid__replaced_at__isnull=True, bid__withdrawn_at__isnull=True
    )
    return message, sorted(shared), list(found.select_related("bid__lot__case"))


@door("POST", most=MOST)
def supplier_release(request: HttpRequest, *, tender: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """A bidder's own shares: of its one bid."""
    message, _shared, found = _released(request, tender)
    own = [sealed for sealed in found if sealed.bid.supplier_id == post.organisation_id]
    if len(found) != 1 or len(own) != 1:
        return problem.not_found()
    kept = ShareRelease.objects.filter(bid=own[0].bid)
    status = taken("bid.release", own[0].bid, message, kept=kept, by=post, now=now)
    return reply({"released": own[0].header_digest}, status=status)


@door("POST", most=MOST)
def trustee_release(request: HttpRequest, *, tender: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """A trustee's shares: one of each bid in the close set of one lot."""
    message, shared, found = _released(request, tender)
    lots = {sealed.bid.lot_id for sealed in found}
    lot = visible_lots(post, now).filter(pk__in=lots).first() if len(lots) == 1 else None
    if lot is None:
        return problem.not_found()
    kept = ShareRelease.objects.filter(closing__lot=lot, trustee__organisation=post.organisation_id)
    return reply({"released": shared}, status=taken("trustee.release", lot, message, kept=kept, by=post, now=now))


@door("GET", public=True)
def state(request: HttpRequest, *, tender: uuid.UUID, post: Any, now: datetime.datetime) -> HttpResponse:
    """Each cover and round of each lot: its phase, its times, its close set, and who has released. Headers for whoever
    holds a seat in it, and each bidder its own; before the deadline nothing but the times. How many bid is a secret
    until the bids are read out (87号令 art. 78)."""
    policies = OpeningPolicy.objects.filter(tender=tender, published_at__isnull=False)
    lots = visible_lots(post, now).filter(pk__in=policies.values("lot")).order_by("pk")
    items = [_lot(lot, policy, post, now) for lot in lots for policy in _offers(lot)]
    return reply({"now": timestamp(now), "lots": items}) if items else problem.not_found()


def _offers(lot: Any) -> list[OpeningPolicy]:
    return [one for round in (BID, LAST) for one in all_in_force(lot, round=round)]


def _lot(lot: Any, policy: OpeningPolicy, post: Any, now: datetime.datetime) -> dict[str, Any]:
    of = (policy.cover, policy.round)
    closing = next((one for one in rules.closings(lot) if (one.cover, one.round) == of), None)
    policy = closing.policy if closing else policy
    said = {
        "lot": lot.number,
        "cover": policy.cover,
        "round": policy.round,
        "policy_sha256": policy.digest,
        "open_at": timestamp(policy.opens_at),
        "phase": _phase(closing, now),
    }
    if closing is None:
        return said
    bids = unsealing.in_close_set(closing)
    released = ShareRelease.objects.filter(closing=closing)
    numbers = policy.seats.filter(trustee__in=released.filter(trustee__isnull=False).values("trustee"))
    seat = rules.seat_of(lot, by=post, now=now) if post is not None else None
    counts = {"size": closing.size, "released": released.filter(bid__isnull=False).count()}
    return said | {
        "closed_at": timestamp(closing.closed_at),
        "close_set": closing.digest,
        "close_leaf": closing.leaf.index,
        # What a client wants to see before it gives out a share; empty until the line is merged.
        "close_proof": log_proofs.proof_of(closing.leaf) or "",
        "window_closes_at": timestamp(window_ends_at(closing, now=now)),
        "trustees_released": sorted(numbers.values_list("number", flat=True)),
        "headers": [
            {"header_sha256": digest.hex(), "header": bid.sealed_key}
            for digest, bid in sorted(bids.items())
            if seat is not None or _is_own(bid, post)
        ],
        **(counts if _may_count(closing, post) else {}),
    }


def _may_count(closing: BidClosing, post: Any) -> bool:
    """Whether the number of bids is told: to everybody once they lie open and are read out, else to those who work on
    it."""
    if closing.unsealed_at is not None and method.reads_out(closing.lot.case):
        return True
    if post is None:
        return False
    seats = closing.policy.seats.filter(trustee__organisation_id=post.organisation_id)
    return runs_or_oversees(closing.lot.case, post) or seats.exists()


def _is_own(bid: Bid, post: Any) -> bool:
    return post is not None and bid.supplier_id == post.organisation_id


def _phase(closing: BidClosing | None, now: datetime.datetime) -> str:
    if closing is None:
        return "SEALED"
    if closing.unsealed_at is not None:
        return "UNSEALED"
    return "TRUSTEES" if rules.keys_are_in(closing, now=now) else "SUPPLIERS"
