"""Will each trustee be able to read its share when a bid is opened? Tried before the deadline, so that a bidder whose
bid would stay closed can seal it again in time (SBP/1 §2.9).

The platform tries its own share as bids come in; supervisor and notary try theirs in the last two hours. Never the
buyer's or the agent's trustee: it would learn how many bids there are (87号令 art. 78). Nothing but ok or a fault is
told.
"""

import datetime
import json
import logging

from django.db.models import Exists, OuterRef, QuerySet

from yangcai.cases import periods
from yangcai.cases.models import Lot
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post
from yangcai.parties.queries import platform_post
from yangcai.sealing.faults import Faulty
from yangcai.sealing.header import Header
from yangcai.sealing.opening import share_fault
from yangcai.sealing.suites import suite
from yangcai.tendering import policies, unsealing
from yangcai.tendering.models import SBP, Bid, Cover, OpeningPolicy, PolicySeat, ShareTest, Trustee, TrusteeRole
from yangcai.tendering.rules.bids import live_bids
from yangcai.tendering.rules.trustees import on_duty

logger = logging.getLogger(__name__)

#: When supervisor and notary may look (SBP/1 §2.9); the platform looks all the time.
LAST_HOURS = datetime.timedelta(hours=2)
#: No law: what comes in later nobody could seal again, and the lock of the case belongs to those who hand in.
TOO_LATE = datetime.timedelta(minutes=1)
TESTING = frozenset({TrusteeRole.PLATFORM, TrusteeRole.SUPERVISOR, TrusteeRole.NOTARY})
OK = ""


def opens_for(role: str, *, closes_at: datetime.datetime) -> datetime.datetime | None:
    """From when a trustee of this role may try; None for the platform, whose time it always is."""
    return None if role == TrusteeRole.PLATFORM else closes_at - LAST_HOURS


def seat_of(lot: Lot, *, by: Post, now: datetime.datetime) -> PolicySeat | None:
    """The seat for which this post may try shares now; None without one, off duty, or at another time."""
    if not policies.takes_sealed(lot):
        return None
    policy, closes_at = policies.in_force(lot), periods.closing_at(lot.case)
    if policy is None or closes_at is None or now >= closes_at:
        return None
    seats = policy.seats.select_related("trustee").filter(trustee__role__in=TESTING)
    for seat in seats.filter(trustee__organisation_id=by.organisation_id):
        begins_at = opens_for(seat.trustee.role, closes_at=closes_at)
        if on_duty(seat.trustee, by=by, now=now) and (begins_at is None or begins_at <= now):
            return seat
    return None


def untested(lot: Lot, trustee: Trustee) -> QuerySet[Bid]:
    """The bids of a lot whose share nobody tried for this trustee."""
    tried = ShareTest.objects.filter(bid=OuterRef("pk"), trustee=trustee)
    bids = live_bids(lot=lot) | live_bids(lot=lot, cover=Cover.PRICE)  # of two covers both
    found = bids.filter(~Exists(tried), seal_scheme=SBP)
    return found.select_related("sealed", "lot").order_by("received_at", "pk")


def try_own(header: Header, *, x: int, trustee: Trustee) -> str:
    """The platform's share of one bid: OK, or the code of the fault. The share itself is forgotten."""
    core = header.core
    pairs = unsealing.platform_keys(trustee, core.suite)
    if pairs is None:
        return "wrap_unreadable"
    how = suite(core.suite)
    try:
        share = how.unwrap(wrapped=header.wraps[x], x=x, core=core.content, private=pairs["wrap"].private)
    except Faulty as faulty:
        return faulty.fault.code
    fault = share_fault(header.core, x, share)
    return fault.code if fault else OK


def try_what_came_in(*, now: datetime.datetime) -> int:
    """Try the platform's share of every bid that came in since the last time; how many. For the worker. Of bids alone:
    last offers come in within minutes, while the committee sits."""
    done = 0
    waiting = OpeningPolicy.objects.filter(
        round=policies.BID,
        published_at__isnull=False,
        closes_at__gt=now + TOO_LATE,
        seats__trustee__role=TrusteeRole.PLATFORM,
    )
    for lot in Lot.objects.filter(pk__in=waiting.values("lot"), outcome="").select_related("case").order_by("pk"):
        done += _try_lot(lot, now=now)
    return done


def _try_lot(lot: Lot, *, now: datetime.datetime) -> int:
    policy = policies.in_force(lot)
    seat = policy.seats.select_related("trustee").filter(trustee__role=TrusteeRole.PLATFORM).first() if policy else None
    if seat is None:
        return 0
    results = [
        {
            "header_sha256": bid.sealed.header_digest,
            "fault": try_own(Header.parse(bid.sealed_key.encode()), x=seat.number, trustee=seat.trustee),
        }
        for bid in untested(lot, seat.trustee)
    ]
    if not results:
        return 0
    try:
        perform(ACTIONS["bid.test_shares"], lot, by=platform_post(now=now), now=now, results=json.dumps(results))
    except Refused as refused:  # the case was suspended, or the deadline passed meanwhile
        logger.info("shares of lot %s are not tested now: %s", lot.pk, refused)
        return 0
    return len(results)


def keep(seat: PolicySeat, found: dict[str, str], *, by: Post, now: datetime.datetime) -> ShareTest | None:
    """Write down what was found for each header digest; what is known already stays. Returns one of the rows."""
    bids = {bid.sealed.header_digest: bid for bid in untested(seat.policy.lot, seat.trustee)}
    rows = [
        ShareTest(bid=bids[digest], trustee=seat.trustee, tested_by=by, tested_at=now, fault=fault)
        for digest, fault in found.items()
        if digest in bids
    ]
    ShareTest.objects.bulk_create(rows)
    return rows[0] if rows else None


def failed(**of: object) -> QuerySet[ShareTest]:
    """Shares that could not be read, of bids that still count."""
    found = ShareTest.objects.exclude(fault=OK).filter(
        bid__replaced_at__isnull=True, bid__withdrawn_at__isnull=True, **of
    )
    return found.select_related("trustee__organisation", "bid__lot").order_by("tested_at", "pk")
