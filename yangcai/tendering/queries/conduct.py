"""Who reads how an expert worked, how the organisers did, and what was paid?"""

import datetime

from django.db.models import Q, QuerySet

from yangcai.cases import queries as cases
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.tendering.models import AgentConductRecord, ConductRecord, ExpertFee
from yangcai.tendering.queries.evaluation import concerns_member

_CASE = "member__committee__case__"


def _among(post: Post) -> Q | None:
    """Whoever runs the case, and the expert that it is about; None for the overseers, who read all."""
    if post.role in cases.OVERSEERS:
        return None
    if post.role in BUYER:
        return Q(**{f"{_CASE}buyer_id": post.organisation_id})
    if post.role == Role.AGENT:
        return Q(**{f"{_CASE}agent_id": post.organisation_id})
    return Q(member__post__person_id=post.person_id) if post.role == Role.EXPERT else Q(pk__in=())


@scope(ConductRecord)
def visible_conduct(post: Post | None, now: datetime.datetime) -> QuerySet[ConductRecord]:
    """Both ways: each side reads what it wrote and what was written of it (财库〔2016〕198号 art. 21)."""
    found = ConductRecord.objects.select_related("member__committee__case", "member__post__person", "organisation")
    if post is None:
        return found.none()
    among = _among(post)
    return (found if among is None else found.filter(among)).order_by("pk")


@standing(ConductRecord)
def concerns_conduct(record: ConductRecord, post: Post) -> bool:
    """Whom its member concerns."""
    return concerns_member(record.member, post)


@scope(ExpertFee)
def visible_fees(post: Post | None, now: datetime.datetime) -> QuerySet[ExpertFee]:
    """Who runs the case, the expert who is paid, and the overseers."""
    found = ExpertFee.objects.select_related("member__committee__case", "member__post__person", "payer")
    if post is None:
        return found.none()
    among = _among(post)
    return (found if among is None else found.filter(among)).order_by("pk")


@standing(ExpertFee)
def concerns_fee(fee: ExpertFee, post: Post) -> bool:
    """Whom its member concerns."""
    return concerns_member(fee.member, post)


@scope(AgentConductRecord)
def visible_agent_conduct(post: Post | None, now: datetime.datetime) -> QuerySet[AgentConductRecord]:
    """The buyer who wrote it, the agent of whom it was written, and the overseers."""
    found = AgentConductRecord.objects.select_related("case", "agent")
    if post is None:
        return found.none()
    if post.role in cases.OVERSEERS:
        return found
    if post.role in BUYER:
        return found.filter(case__buyer_id=post.organisation_id)
    return found.filter(agent_id=post.organisation_id) if post.role == Role.AGENT else found.none()


@standing(AgentConductRecord)
def concerns_agent_conduct(record: AgentConductRecord, post: Post) -> bool:
    """Whom its case concerns."""
    return cases.concerns_case(record.case, post)
