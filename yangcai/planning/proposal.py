"""What does the law propose to a plan: which methods, on what grounds, from which day on?"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from yangcai.parties.models import Organisation
from yangcai.planning.models import Intention, MethodApproval, PlanItem, Publicity
from yangcai.procedures import choice

#: What a proposal is made from, as a plan and its form call it.
FACTS = ("amount", "category", "in_catalogue", "original_amount")


def approvals(plan_item: PlanItem) -> QuerySet[MethodApproval]:
    """Its applications for another method, the latest first."""
    return MethodApproval.objects.filter(plan_item=plan_item).select_related("consent_by", "publicity").order_by("-pk")


def approved_methods(plan_item: PlanItem) -> tuple[str, ...]:
    """The methods that the treasury has approved for this plan: for its sum, and on its ground where it names one."""
    found = approvals(plan_item).filter(approved_at__isnull=False, amount__gte=plan_item.amount)
    return tuple(
        one.procedure for one in found if one.procedure != plan_item.procedure or one.ground == plan_item.ground
    )


def last_publicity(plan_item: PlanItem) -> Publicity | None:
    """The latest single-source publicity of a plan."""
    return Publicity.objects.filter(plan_item=plan_item).order_by("-pk").first()


def of_plan(
    plan_item: PlanItem,
    *,
    now: datetime.datetime,
    grounds: Iterable[str] = (),
    with_approvals: bool = True,
    **more: Any,
) -> choice.Proposal:
    """The proposal to a plan as it stands. `grounds` in the place of its own; `with_approvals` counts what the treasury
    has approved; `more` as for `choice.propose`."""
    publicity = last_publicity(plan_item)
    facts: dict[str, Any] = {name: getattr(plan_item, name) for name in FACTS}
    facts["amount"] = plan_item.purchase_amount
    return of_facts(
        plan_item.buyer,
        now=now,
        ground=plan_item.ground,
        grounds=grounds,
        intention=plan_item.intention,
        exempt=plan_item.intention_exemption,
        publicity_on=timezone.localdate(publicity.opens_at) if publicity else None,
        approved=approved_methods(plan_item) if with_approvals else (),
        **facts,
        **more,
    )


def of_facts(
    buyer: Organisation,
    *,
    now: datetime.datetime,
    ground: str = "",
    grounds: Iterable[str] = (),
    intention: Intention | None = None,
    exempt: str = "",
    on: datetime.date | None = None,
    **facts: Any,
) -> choice.Proposal:
    """The proposal to the facts of a form that is not a plan yet, by the law of the day on which one begins: today
    unless `on` is given."""
    stands = intention is not None and intention.withdrawn_at is None
    return choice.propose(
        on=on or timezone.localdate(now),
        jurisdiction=buyer.jurisdiction,
        grounds=tuple(grounds) or ((ground,) if ground else ()),
        intention_on=timezone.localdate(intention.published_at) if intention is not None and stands else None,
        intention_exempt=bool(exempt.strip()),
        **facts,
    )
