"""Who may see which enquiries and objections? Who asked or objected, those who answer, and the overseers."""

import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from yangcai.cases.queries import OVERSEERS, concerns_case
from yangcai.challenges.models import Enquiry, Objection, PublicEnquiry
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.tendering.models import AwardLetter, OpenedBid
from yangcai.tendering.queries.bids import NEVER_OPENED, READ_OUT, has_been_opened


@scope(Enquiry)
def visible_to(post: Post | None, now: datetime.datetime) -> QuerySet[Enquiry]:
    """Never other suppliers or the public: who asks is a potential bidder, which is secret (87号令 art. 28), before the
    opening also for the overseers."""
    enquiries = Enquiry.objects.select_related("case", "prequalification", "supplier").order_by("asked_at")
    if post is None:
        return enquiries.none()
    if post.role in OVERSEERS:
        return enquiries.filter(told_to_overseers(now))
    if post.role in BUYER:
        return enquiries.filter(case__buyer_id=post.organisation_id)
    if post.role == Role.AGENT:
        return enquiries.filter(case__agent_id=post.organisation_id)
    if post.role == Role.SUPPLIER:
        return enquiries.filter(supplier_id=post.organisation_id)
    return enquiries.none()


def told_to_overseers(now: datetime.datetime) -> Q:
    """Rows of a case by which nobody learns any more who may bid: it was opened, has ended, or opens nothing."""
    ended = Q(case__ended_at__lte=now) | Q(case__procedure__in=NEVER_OPENED)
    return has_been_opened(now, "case_id") | ended


@standing(Enquiry)
def concerns_enquiry(enquiry: Enquiry, post: Post) -> bool:
    if post.role == Role.SUPPLIER:
        return enquiry.supplier_id == post.organisation_id
    return concerns_case(enquiry.case, post)


#: Whose worklists the public's enquiries reach, and who may read them there.
ANSWERING = frozenset({*BUYER, Role.AGENT, Role.TREASURY})


@scope(PublicEnquiry)
def visible_public_enquiries(post: Post | None, now: datetime.datetime) -> QuerySet[PublicEnquiry]:
    """The office that answers, and nobody else: the platform, which took it in, does not read it either."""
    found = PublicEnquiry.objects.select_related("organisation", "case").order_by("-asked_at", "-pk")
    if post is None or post.role not in ANSWERING:
        return found.none()
    return found.filter(organisation_id=post.organisation_id)


@standing(PublicEnquiry)
def concerns_public_enquiry(enquiry: PublicEnquiry, post: Post) -> bool:
    """The office that answers; the platform, which erases."""
    return post.role == Role.PLATFORM or enquiry.organisation_id == post.organisation_id


def published_answers(*, now: datetime.datetime, case: int | None = None) -> QuerySet[PublicEnquiry]:
    """What was asked by somebody and answered for everybody, newest first: its public wording alone is meant to be
    shown."""
    found = PublicEnquiry.objects.filter(published_at__lte=now).select_related("organisation", "case")
    return (found.filter(case_id=case) if case is not None else found).order_by("-published_at", "-pk")


@scope(Objection)
def visible_objections(post: Post | None, now: datetime.datetime) -> QuerySet[Objection]:
    """Before the answer the one who objected, the buyer, its agent and the overseers; after it also the other suppliers
    concerned (政府采购法 art. 53): who took part in the lot, or in the case. Never the public; and of who only obtained
    a document nobody but the two sides learns before the opening (87号令 art. 28), as in the timeline."""
    found = Objection.objects.select_related("case", "lot", "supplier", "answered_by").order_by("received_at", "pk")
    if post is None:
        return found.none()
    if post.role in OVERSEERS:
        return found.filter(told_to_overseers(now))
    if post.role in BUYER:
        return found.filter(case__buyer_id=post.organisation_id)
    if post.role == Role.AGENT:
        return found.filter(case__agent_id=post.organisation_id)
    if post.role == Role.SUPPLIER:
        return found.filter(Q(supplier_id=post.organisation_id) | concerned(post.organisation_id))
    return found.none()


def concerned(supplier_id: int) -> Q:
    """Answered objections that another supplier is told of: where bidders are not read out, with the result and not
    before, for who takes part is nobody else's business until then (政府采购法 art. 38(4))."""
    in_case = Q(lot__case=OuterRef("case"), supplier_id=supplier_id)
    in_lot = (Q(lot=OuterRef("lot")) | Q(lot=OuterRef("lot__follows"))) & Q(supplier_id=supplier_id)

    def took_part(kind: type[models.Model]) -> Q:
        rows = kind._default_manager
        return Q(Exists(rows.filter(in_case)), lot=None) | Q(Exists(rows.filter(in_lot)))

    told = took_part(AwardLetter) | Q(case__procedure__in=READ_OUT) & took_part(OpenedBid)
    return Q(answered_at__isnull=False) & told


def suppliers_concerned(objection: Objection) -> set[int]:
    """The other suppliers to whom the answer goes, as `concerned` has it."""
    found: set[int] = set()
    lots = [objection.lot_id, objection.lot.follows_id] if objection.lot else []
    kinds = (OpenedBid, AwardLetter) if objection.case.procedure in READ_OUT else (AwardLetter,)
    for kind in kinds:
        rows = kind.objects.filter(lot__in=lots) if lots else kind.objects.filter(lot__case=objection.case_id)
        found.update(rows.values_list("supplier_id", flat=True))
    return found - {objection.supplier_id}


@standing(Objection)
def concerns_objection(objection: Objection, post: Post) -> bool:
    """Whose it is: another supplier reads its answer and does nothing with it."""
    if post.role == Role.SUPPLIER:
        return objection.supplier_id == post.organisation_id
    return concerns_case(objection.case, post)
