"""Whose conduct has still to be recorded, by whom, until when?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case
from yangcai.cases.rules import runner
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering.models import (
    AgentConductRecord,
    CommitteeMember,
    ConductGrade,
    ConductRecord,
    ConductSide,
    EvaluationReport,
)
from yangcai.tendering.rules import conduct


@tasks.due_on(Case, having=[EvaluationReport])
def conduct_tasks(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Clock C45, both ways: whoever runs the case for each expert, each expert for them. Ends with the case."""
    if case.ended_at is not None:
        return
    since = conduct.evaluated_at(case)
    if since is None:
        return
    due_at = conduct.record_by(case, now=now)
    yield from _statements(case)
    yield from _of_the_agent(case, since=since, now=now)
    written = set(
        ConductRecord.objects.filter(member__committee__case=case).values_list("member_id", "side", "organisation_id")
    )
    role, organisation_id = runner(case)
    members = CommitteeMember.objects.filter(committee__case=case, expert__isnull=False, signed_in_at__isnull=False)
    for member in members.select_related("post").order_by("pk"):
        if (member.pk, ConductSide.EXPERT, organisation_id) not in written:
            yield Due(
                action="conduct.record",
                subject=member.ref,
                role=role,
                organisation_id=organisation_id,
                since=since,
                clock=conduct.CLOCK,
                due_at=due_at,
            )
        if member.replaced_at is None and (
            (member.pk, ConductSide.ORGANISER, member.post.organisation_id) not in written
        ):
            yield Due(
                action="conduct.answer",
                subject=member.ref,
                role=Role.EXPERT,
                person_id=member.post.person_id,
                since=since,
                clock=conduct.CLOCK,
                due_at=due_at,
            )


def _statements(case: Case) -> Iterator[Due]:
    """Whoever is called poor is asked for its view before anybody draws conclusions; no instrument sets a time."""
    poor = ConductRecord.objects.filter(
        member__committee__case=case, side=ConductSide.EXPERT, grade=ConductGrade.POOR, stated_at__isnull=True
    )
    for record in poor.select_related("member__post").order_by("pk"):
        yield Due(
            "conduct.explain", record.ref, Role.EXPERT, record.recorded_at, person_id=record.member.post.person_id
        )


def _of_the_agent(case: Case, *, since: datetime.datetime, now: datetime.datetime) -> Iterator[Due]:
    """Clock C45b: the buyer says how the agent whom it commissioned did."""
    if case.agent_id is None or AgentConductRecord.objects.filter(case=case).exists():
        return
    yield Due(
        action="agent_conduct.record",
        subject=case.ref,
        role=Role.BUYER_OFFICER,
        organisation_id=case.buyer_id,
        since=since,
        clock=conduct.AGENT_CLOCK,
        due_at=conduct.record_agent_by(case, now=now),
    )
