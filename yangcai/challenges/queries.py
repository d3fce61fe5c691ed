"""Who may see which enquiries? The one who asked, those who answer, and the overseers."""

import datetime

from django.db.models import QuerySet

from yangcai.cases.queries import OVERSEERS, concerns_case
from yangcai.challenges.models import Enquiry, PublicEnquiry
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role


@scope(Enquiry)
def visible_to(post: Post | None, now: datetime.datetime) -> QuerySet[Enquiry]:
    """Never other suppliers or the public: who asks is a potential bidder, which is secret (87号令 art. 28)."""
    enquiries = Enquiry.objects.select_related("case", "prequalification", "supplier").order_by("asked_at")
    if post is None:
        return enquiries.none()
    if post.role in OVERSEERS:
        return enquiries
    if post.role in BUYER:
        return enquiries.filter(case__buyer_id=post.organisation_id)
    if post.role == Role.AGENT:
        return enquiries.filter(case__agent_id=post.organisation_id)
    if post.role == Role.SUPPLIER:
        return enquiries.filter(supplier_id=post.organisation_id)
    return enquiries.none()


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
