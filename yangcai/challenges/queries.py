"""Who may see which enquiries? The one who asked, those who answer, and the overseers."""

import datetime

from django.db.models import QuerySet

from yangcai.cases.queries import OVERSEERS, concerns_case
from yangcai.challenges.models import Enquiry
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
