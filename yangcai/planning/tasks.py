"""What is due on a budget item, an intention, a plan and a publicity?"""

import datetime
from collections.abc import Iterator

from django.utils import timezone

from yangcai import law, procedures
from yangcai.funds.models import Appropriation
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.planning import proposal, queries
from yangcai.planning.models import Intention, PlanItem, Publicity
from yangcai.planning.queries import PlanState
from yangcai.planning.rules.method import last_day, needs_approval
from yangcai.planning.rules.publicity import is_a_duty
from yangcai.procedures import grounds


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


@tasks.due_on(PlanItem)
def method_to_ask_for(plan_item: PlanItem, *, now: datetime.datetime) -> Iterator[Due]:
    """What a drafted plan still needs before it is sent: the treasury's approval of its method (政府采购法 art. 27),
    and before that, of a single source, its publicity (74号令 art. 38)."""
    since = plan_item.returned_at or plan_item.drafted_at
    if queries.state_of(plan_item) not in {PlanState.DRAFT, PlanState.RETURNED}:
        return
    if plan_item.procedure not in procedures.PROCEDURES or not needs_approval(plan_item, now=now):
        return
    if plan_item.procedure in proposal.approved_methods(plan_item):
        return
    if any(one.is_open for one in proposal.approvals(plan_item)):
        return
    ground = grounds.GROUNDS.get(plan_item.ground)
    asked = ground is not None and ground.publicity and is_a_duty(plan_item, now=now)
    asked = asked and proposal.last_publicity(plan_item) is None
    action = "publicity.publish" if asked else "method_approval.apply"
    role, organisation = Role.BUYER_OFFICER, plan_item.buyer_id
    yield Due(action=action, subject=plan_item.ref, role=role, organisation_id=organisation, since=since)


@tasks.due_on(PlanItem)
def method_to_decide(plan_item: PlanItem, *, now: datetime.datetime) -> Iterator[Due]:
    """An application waits for the main budget unit, then for the treasury (74号令 art. 4)."""
    approval = next((one for one in proposal.approvals(plan_item) if one.is_open), None)
    if approval is None:
        return
    if approval.awaits_consent:
        yield Due(
            action="method_approval.consent",
            subject=approval.ref,
            role=Role.BUYER_REVIEWER,
            organisation_id=approval.consent_by_id,
            since=approval.applied_at,
        )
        return
    yield Due(
        action="method_approval.decide",
        subject=approval.ref,
        role=Role.TREASURY,
        since=approval.consented_at or approval.applied_at,
    )


@tasks.due_on(PlanItem)
def import_to_decide(plan_item: PlanItem, *, now: datetime.datetime) -> Iterator[Due]:
    """An application for imported products waits for the treasury."""
    for approval in plan_item.import_approvals.filter(approved_at__isnull=True, returned_at__isnull=True):
        yield Due(action="import_approval.decide", subject=approval.ref, role=Role.TREASURY, since=approval.applied_at)


@tasks.due_on(Publicity)
def publicity_runs(publicity: Publicity, *, now: datetime.datetime) -> Iterator[Due]:
    """C09: until when anybody may object. C10: by when the buyer reasons anew on what came in."""
    if publicity.concluded_at is not None:
        return
    yield Due(
        action="",
        subject=publicity.ref,
        role="",
        since=publicity.opens_at,
        clock="C09",
        due_at=publicity.closes_at,
    )
    if publicity.objections.exists():
        yield Due(
            action="publicity.conclude",
            subject=publicity.ref,
            role=Role.BUYER_OFFICER,
            organisation_id=publicity.plan_item.buyer_id,
            since=publicity.closes_at,
            clock="C10",
            due_at=law.due_at(
                "C10",
                since=last_day(publicity.closes_at),
                on=timezone.localdate(publicity.opens_at),
                jurisdiction=publicity.buyer.jurisdiction,
            ),
        )
