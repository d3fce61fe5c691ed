"""Which agreements, entrants, requests and call-offs may a post see, and which are its own?"""

import datetime
from typing import Any

from django.db.models import Q, QuerySet

from yangcai.cases.queries import OVERSEERS, concerns_case, visible_to
from yangcai.frameworks.models import CallOff, Entrant, EntryRequest, Framework
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role


@scope(Framework)
def visible_frameworks(post: Post | None, now: datetime.datetime) -> QuerySet[Framework]:
    """As public as the call."""
    return Framework.objects.filter(lot__case__in=visible_to(post, now)).select_related(
        "lot__case", "tops_up__lot__case"
    )


@standing(Framework)
def concerns_framework(framework: Framework, post: Post) -> bool:
    return concerns_case(framework.lot.case, post)


@scope(Entrant)
def visible_entrants(post: Post | None, now: datetime.datetime) -> QuerySet[Entrant]:
    """Public from the notice of the entry on (art. 28)."""
    found = Entrant.objects.filter(entered_at__lte=now, framework__lot__case__in=visible_to(post, now))
    return found.select_related("supplier", "framework__lot__case")


@standing(Entrant)
def concerns_entrant(entrant: Entrant, post: Post) -> bool:
    if post.role == Role.SUPPLIER:
        return entrant.supplier_id == post.organisation_id
    return concerns_case(entrant.root, post)


@scope(EntryRequest)
def visible_requests(post: Post | None, now: datetime.datetime) -> QuerySet[EntryRequest]:
    """One's own; whoever runs or oversees the call sees all."""
    found = EntryRequest.objects.select_related("supplier", "framework__lot__case")
    if post is None:
        return found.none()
    if post.role in OVERSEERS:
        return found
    own: dict[str, Any] = {"supplier_id": post.organisation_id}
    if post.role in BUYER:
        own = {"framework__lot__case__buyer_id": post.organisation_id}
    elif post.role == Role.AGENT:
        own = {"framework__lot__case__agent_id": post.organisation_id}
    return found.filter(Q(**own))


@standing(EntryRequest)
def concerns_request(request: EntryRequest, post: Post) -> bool:
    if post.role == Role.SUPPLIER:
        return request.supplier_id == post.organisation_id
    return concerns_case(request.root, post)


@scope(CallOff)
def visible_call_offs(post: Post | None, now: datetime.datetime) -> QuerySet[CallOff]:
    """As public as their cases."""
    found = CallOff.objects.filter(lot__case__in=visible_to(post, now))
    return found.select_related("lot__case", "framework__lot__case")


@standing(CallOff)
def concerns_call_off(call_off: CallOff, post: Post) -> bool:
    return concerns_case(call_off.lot.case, post)
