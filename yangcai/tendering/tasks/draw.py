"""Which party does a draw of all parties wait for?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case
from yangcai.cases.rules import runner
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering import draws
from yangcai.tendering.models import ExpertDraw


@tasks.due_on(Case, having=[ExpertDraw])
def draw_tasks(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """First every digest, then every number, then the draw itself."""
    draw = draws.open_draw(case)
    if draw is None or case.ended_at is not None:
        return
    told = {party.party: party for party in draw.parties.all()}
    waiting = False
    for party in draw.sides:
        own = told.get(party)
        step = "draw.promise" if own is None else "draw.reveal"
        if own is not None and (own.revealed_at is not None or draw.committed_at is None):
            continue
        waiting = True
        role, organisation_id = {
            "buyer": (Role.BUYER_OFFICER, case.buyer_id),
            "agent": (Role.AGENT, case.agent_id),
            "supervisor": (Role.TREASURY, None),
        }[party]
        since = draw.committed_at or draw.opened_at
        yield Due(action=step, subject=draw.ref, role=role, organisation_id=organisation_id, since=since)
    if not waiting and draw.committed_at is not None:
        role_, organisation_id = runner(case)
        yield Due(
            action="draw.complete",
            subject=draw.ref,
            role=role_,
            organisation_id=organisation_id,
            since=draw.committed_at,
        )
