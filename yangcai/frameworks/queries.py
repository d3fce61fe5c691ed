"""Which agreements, entrants, requests and call-offs may a post see, and which are its own?"""

import datetime
from typing import Any

from django.db.models import Q, QuerySet

from yangcai.cases.queries import OVERSEERS, concerns_case, visible_to
from yangcai.frameworks.models import (
    AgreedConsumable,
    CallOff,
    Dealer,
    Entrant,
    EntryRequest,
    Feedback,
    Framework,
    FrameworkApproval,
    OutsideOffer,
    QuantityDiscount,
    Replacement,
)
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


@scope(QuantityDiscount)
def visible_discounts(post: Post | None, now: datetime.datetime) -> QuerySet[QuantityDiscount]:
    """Terms of the call, as public as it is."""
    found = QuantityDiscount.objects.filter(framework__in=visible_frameworks(post, now))
    return found.select_related("framework__lot__case")


@standing(QuantityDiscount)
def concerns_discount(discount: QuantityDiscount, post: Post) -> bool:
    return concerns_framework(discount.framework, post)


@scope(Dealer)
def visible_dealers(post: Post | None, now: datetime.datetime) -> QuerySet[Dealer]:
    """As public as the entry: buyers must know whom they may award to (art. 18, 30)."""
    found = Dealer.objects.filter(entrant__in=visible_entrants(post, now))
    return found.select_related("organisation", "entrant__supplier", "entrant__framework__lot__case")


@standing(Dealer)
def concerns_dealer(dealer: Dealer, post: Post) -> bool:
    """Its entrant's alone: who is commissioned is between the two."""
    return post.role == Role.SUPPLIER and dealer.entrant.supplier_id == post.organisation_id


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


@scope(FrameworkApproval)
def visible_approvals(post: Post | None, now: datetime.datetime) -> QuerySet[FrameworkApproval]:
    """The convener's, the unit's above it, and the overseers'."""
    found = FrameworkApproval.objects.select_related("case__plan_item", "case__buyer", "consent_by")
    if post is None:
        return found.none()
    if post.role in OVERSEERS:
        return found
    own = Q(case__buyer_id=post.organisation_id) | Q(consent_by_id=post.organisation_id)
    if post.role in BUYER:
        return found.filter(own)
    return found.filter(case__agent_id=post.organisation_id) if post.role == Role.AGENT else found.none()


@standing(FrameworkApproval)
def concerns_approval(approval: FrameworkApproval, post: Post) -> bool:
    if post.role in BUYER and approval.consent_by_id == post.organisation_id:
        return True
    return concerns_case(approval.case, post)


@scope(Replacement)
def visible_replacements(post: Post | None, now: datetime.datetime) -> QuerySet[Replacement]:
    """As public as the agreement once it was admitted (art. 30); before that its supplier's, the convener's and the
    overseers'."""
    found = Replacement.objects.select_related("entrant__supplier", "entrant__framework__lot__case")
    told = Q(is_admitted=True, entrant__framework__lot__case__in=visible_to(post, now))
    if post is None:
        return found.filter(told)
    if post.role in OVERSEERS:
        return found
    own = {
        "entrant__supplier_id" if post.role == Role.SUPPLIER
        else "entrant__framework__lot__case__agent_id" if post.role == Role.AGENT
        else "entrant__framework__lot__case__buyer_id": post.organisation_id
    }  # fmt: skip
    return found.filter(told | Q(**own))


@standing(Replacement)
def concerns_replacement(replacement: Replacement, post: Post) -> bool:
    return concerns_entrant(replacement.entrant, post)


@scope(Feedback)
def visible_feedback(post: Post | None, now: datetime.datetime) -> QuerySet[Feedback]:
    """Open to buyers and users, that is as public as the agreement (art. 16(5))."""
    found = Feedback.objects.select_related("supplier", "buyer", "framework__lot__case", "call_off__lot__case")
    return found.filter(framework__lot__case__in=visible_to(post, now))


@standing(Feedback)
def concerns_feedback(feedback: Feedback, post: Post) -> bool:
    return concerns_case(feedback.root, post)


@scope(OutsideOffer)
def visible_outside_offers(post: Post | None, now: datetime.datetime) -> QuerySet[OutsideOffer]:
    """The buyer's, its entrant's, the convener's and the overseers': nobody else's prices."""
    found = OutsideOffer.objects.select_related(
        "supplier",
        "entrant__supplier",
        "entrant__framework__lot__case",
        "plan_item__appropriation__buyer",
        "plan_item__reserved_fund",
        "plan_item__intention",
    )
    if post is None:
        return found.none()
    if post.role in OVERSEERS:
        return found
    if post.role == Role.SUPPLIER:
        return found.filter(entrant__supplier_id=post.organisation_id)
    if post.role == Role.AGENT:
        return found.filter(entrant__framework__lot__case__agent_id=post.organisation_id)
    if post.role not in BUYER:
        return found.none()
    own = Q(plan_item__appropriation__buyer_id=post.organisation_id)
    return found.filter(own | Q(entrant__framework__lot__case__buyer_id=post.organisation_id))


@standing(OutsideOffer)
def concerns_outside_offer(offer: OutsideOffer, post: Post) -> bool:
    """The unit that buys and the entrant that is asked; the convener reads, and does nothing about it."""
    if post.role == Role.SUPPLIER:
        return offer.entrant.supplier_id == post.organisation_id
    return post.role in BUYER and offer.plan_item.buyer_id == post.organisation_id


@scope(AgreedConsumable)
def visible_agreed_consumables(post: Post | None, now: datetime.datetime) -> QuerySet[AgreedConsumable]:
    """As public as the entry (art. 28, 30)."""
    found = AgreedConsumable.objects.filter(entrant__in=visible_entrants(post, now))
    return found.select_related("entrant__supplier", "entrant__framework__lot__case")


@standing(AgreedConsumable)
def concerns_agreed_consumable(consumable: AgreedConsumable, post: Post) -> bool:
    return concerns_entrant(consumable.entrant, post)
