"""What is due on a budget item, an intention and a plan?"""

import datetime
from collections.abc import Iterator

from django.utils import timezone

from yangcai import law
from yangcai.funds.models import Appropriation
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.planning import queries
from yangcai.planning.models import Intention, PlanItem
from yangcai.planning.queries import PlanState


@tasks.due_on(Appropriation)
def plans_to_draft(appropriation: Appropriation, *, now: datetime.datetime) -> Iterator[Due]:
    """A published intention waits for its plan."""
    for intention in queries.unplanned_intentions(appropriation_id=appropriation.pk):
        yield Due(
            action="plan.draft",
            subject=appropriation.ref,
            role=Role.BUYER_OFFICER,
            organisation_id=appropriation.buyer_id,
            since=intention.published_at,
        )


@tasks.due_on(Intention)
def intention_stands(intention: Intention, *, now: datetime.datetime) -> Iterator[Due]:
    """C01: from when the procurement may begin."""
    if intention.withdrawn_at is not None:
        return
    yield Due(
        action="",
        subject=intention.ref,
        role="",
        since=intention.published_at,
        clock="C01",
        due_at=law.due_at(
            "C01",
            since=intention.published_at,
            on=timezone.localdate(intention.published_at),
            jurisdiction=intention.appropriation.buyer.jurisdiction,
        ),
    )


@tasks.due_on(PlanItem)
def next_step(plan_item: PlanItem, *, now: datetime.datetime) -> Iterator[Due]:
    """Send, review, file: each waits for one role of the buyer."""
    steps = {
        PlanState.DRAFT: ("plan.submit", Role.BUYER_OFFICER, plan_item.drafted_at),
        PlanState.RETURNED: ("plan.submit", Role.BUYER_OFFICER, plan_item.returned_at),
        PlanState.REVIEW: ("plan.review", Role.BUYER_REVIEWER, plan_item.submitted_at),
        PlanState.APPROVED: ("plan.file", Role.BUYER_OFFICER, plan_item.approved_at),
    }
    step = steps.get(queries.state_of(plan_item))
    if step is None:
        return
    action, role, since = step
    yield Due(action=action, subject=plan_item.ref, role=role, organisation_id=plan_item.buyer_id, since=since or now)
