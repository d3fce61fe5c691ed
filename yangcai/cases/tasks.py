"""What is due on a plan whose case is to be opened, and on a case that nobody runs yet?"""

import datetime
from collections.abc import Iterator

from django.utils import timezone

from yangcai import law, procedures
from yangcai.cases.models import Case, Stage
from yangcai.kernel import tasks
from yangcai.kernel.models import Entry
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem


@tasks.due_on(PlanItem)
def opening_of_a_case(plan_item: PlanItem, *, now: datetime.datetime) -> Iterator[Due]:
    """A filed plan waits for its case; C01 says from when the procurement may begin."""
    if not plan_item.filed_at or plan_item.cancelled_at or Case.objects.filter(plan_item=plan_item).exists():
        return
    intention = plan_item.intention
    if intention is not None and not plan_item.intention_exemption:
        published, jurisdiction = intention.published_at, plan_item.buyer.jurisdiction
        yield Due(
            action="",
            subject=plan_item.ref,
            role="",
            since=published,
            clock="C01",
            due_at=law.due_at("C01", since=published, on=timezone.localdate(now), jurisdiction=jurisdiction),
        )
    method = procedures.get(plan_item.procedure)
    if method.draws_on or method.follows:
        return  # a call-off opens its case itself, and so does what follows another purchase's contracts
    yield Due(
        action="case.open",
        subject=plan_item.ref,
        role=Role.BUYER_OFFICER,
        organisation_id=plan_item.buyer_id,
        since=plan_item.filed_at,
    )


@tasks.due_on(Case)
def appointment(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Who runs the case is decided first: an agent, or the buyer itself."""
    if case.agent_id is not None or case.published_at is not None or case.stage_at(now) != Stage.PREPARATION:
        return
    if Entry.objects.filter(root=case.ref, action="agent.appoint", outcome="done").exists():
        return
    yield Due(
        action="agent.appoint",
        subject=case.ref,
        role=Role.BUYER_OFFICER,
        organisation_id=case.buyer_id,
        since=case.opened_at,
    )
