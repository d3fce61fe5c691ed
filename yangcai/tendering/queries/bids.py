"""Who may see documents, bids and securities? Before the opening nobody learns who takes part, or how many."""

import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from yangcai.cases.models import Period, Stage
from yangcai.cases.queries import OVERSEERS, concerns_case, visible_to
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.tendering.models import (
    Bid,
    BidSecurity,
    Clause,
    Correction,
    Criterion,
    OpenedBid,
    Opening,
    Participation,
    PaymentTerm,
    Solicitation,
)


def _run_by(post: Post, prefix: str) -> Q:
    """Rows of cases that this post's organisation buys for or runs; every case for overseers."""
    if post.role in OVERSEERS:
        return Q()
    if post.role in BUYER:
        return Q(**{f"{prefix}buyer_id": post.organisation_id})
    if post.role == Role.AGENT:
        return Q(**{f"{prefix}agent_id": post.organisation_id})
    return Q(pk__in=[])


def _opened(now: datetime.datetime, case_ref: str) -> Exists:
    """The case has come to its opening: 投标截止前不得透露潜在投标人的名称、数量 (87号令 art. 28)."""
    return Exists(Period.objects.filter(case=OuterRef(case_ref), stage=Stage.OPENING, opens_at__lte=now))


# --- the documents: as public as the case --------------------------------------------------------------------------


@scope(Solicitation)
def visible_solicitations(post: Post | None, now: datetime.datetime) -> QuerySet[Solicitation]:
    return Solicitation.objects.filter(case__in=visible_to(post, now)).select_related("case")


@scope(Clause)
def visible_clauses(post: Post | None, now: datetime.datetime) -> QuerySet[Clause]:
    return Clause.objects.filter(case__in=visible_to(post, now)).select_related("case", "lot")


@scope(Criterion)
def visible_criteria(post: Post | None, now: datetime.datetime) -> QuerySet[Criterion]:
    return Criterion.objects.filter(lot__case__in=visible_to(post, now)).select_related("lot__case")


@scope(PaymentTerm)
def visible_payment_terms(post: Post | None, now: datetime.datetime) -> QuerySet[PaymentTerm]:
    return PaymentTerm.objects.filter(case__in=visible_to(post, now)).select_related("case")


@scope(Correction)
def visible_corrections(post: Post | None, now: datetime.datetime) -> QuerySet[Correction]:
    return Correction.objects.filter(case__in=visible_to(post, now)).select_related("case")


# --- who takes part ------------------------------------------------------------------------------------------------


@scope(Participation)
def visible_participations(post: Post | None, now: datetime.datetime) -> QuerySet[Participation]:
    """One's own; whoever runs or oversees the case learns of them at the opening."""
    found = Participation.objects.select_related("case", "supplier")
    if post is None:
        return found.none()
    return found.filter(Q(supplier_id=post.organisation_id) | _run_by(post, "case__") & Q(_opened(now, "case_id")))


@scope(Bid)
def visible_bids(post: Post | None, now: datetime.datetime) -> QuerySet[Bid]:
    """One's own sealed bids; whoever runs or oversees the case learns of them at the opening."""
    found = Bid.objects.select_related("lot__case", "supplier")
    if post is None:
        return found.none()
    own = Q(supplier_id=post.organisation_id) if post.role == Role.SUPPLIER else Q(pk__in=[])
    return found.filter(own | _run_by(post, "lot__case__") & Q(_opened(now, "lot__case_id")))


@standing(Bid)
def concerns_bid(bid: Bid, post: Post) -> bool:
    return post.role == Role.SUPPLIER and bid.supplier_id == post.organisation_id


@scope(BidSecurity)
def visible_securities(post: Post | None, now: datetime.datetime) -> QuerySet[BidSecurity]:
    """One's own, and those that whoever runs the case holds."""
    found = BidSecurity.objects.select_related("case", "supplier")
    if post is None:
        return found.none()
    own = Q(supplier_id=post.organisation_id) if post.role == Role.SUPPLIER else Q(pk__in=[])
    held = _run_by(post, "case__")
    return found.filter(own | (held & Q(_opened(now, "case_id")) if post.role in OVERSEERS else held))


@standing(BidSecurity)
def concerns_security(security: BidSecurity, post: Post) -> bool:
    if post.role == Role.SUPPLIER:
        return security.supplier_id == post.organisation_id
    return concerns_case(security.case, post)


# --- the opening ---------------------------------------------------------------------------------------------------


@scope(Opening)
def visible_openings(post: Post | None, now: datetime.datetime) -> QuerySet[Opening]:
    return Opening.objects.filter(case__in=visible_to(post, now), begun_at__lte=now).select_related("case")


@scope(OpenedBid)
def visible_opened_bids(post: Post | None, now: datetime.datetime) -> QuerySet[OpenedBid]:
    """The opening is public: bidders' names and prices are read out (87号令 art. 41)."""
    found = OpenedBid.objects.filter(opened_at__lte=now, lot__case__in=visible_to(post, now))
    return found.select_related("lot__case", "supplier", "bid")


@standing(OpenedBid)
def concerns_opened_bid(opened: OpenedBid, post: Post) -> bool:
    if post.role == Role.SUPPLIER:
        return opened.supplier_id == post.organisation_id
    return concerns_case(opened.lot.case, post)
