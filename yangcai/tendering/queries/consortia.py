"""Who learns which suppliers take part together? Before the opening they themselves, and nobody else."""

import datetime

from django.db.models import Q, QuerySet

from yangcai.cases.queries import run_by
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import Consortium, ConsortiumMember
from yangcai.tendering.queries.bids import has_been_opened


@scope(Consortium)
def visible_consortia(post: Post | None, now: datetime.datetime) -> QuerySet[Consortium]:
    """Its leader and those it names; once the bids lie open what stands, for whoever runs or oversees the case
    (87号令 art. 28). Who reads it nowhere else reads the members in the bid."""
    found = Consortium.objects.select_related("lot__case", "leader")
    if post is None:
        return found.none()
    if post.role == Role.SUPPLIER:
        named = ConsortiumMember.objects.filter(organisation=post.organisation_id).values("consortium")
        return found.filter(Q(leader=post.organisation_id) | Q(pk__in=named))
    lies_open = has_been_opened(now, "lot__case")
    return found.filter(lies_open, run_by(post, "lot__case__"), withdrawn_at__isnull=True)


@standing(Consortium)
def concerns_consortium(consortium: Consortium, post: Post) -> bool:
    """Its leader withdraws it."""
    return consortium.leader_id == post.organisation_id


@scope(ConsortiumMember)
def visible_members(post: Post | None, now: datetime.datetime) -> QuerySet[ConsortiumMember]:
    """With the agreement."""
    found = ConsortiumMember.objects.select_related("consortium__lot__case", "consortium__leader", "organisation")
    return found.filter(consortium__in=visible_consortia(post, now))


@standing(ConsortiumMember)
def concerns_member(member: ConsortiumMember, post: Post) -> bool:
    """The one that is named, and nobody for it."""
    return member.organisation_id == post.organisation_id
