"""Whose consent does a choice of experts wait for?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering.models import ExpertChoice
from yangcai.tendering.rules.committee.chosen import choices


@tasks.due_on(Case, having=[ExpertChoice])
def choice_to_decide(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """An application waits for the main budget unit (87号令 art. 48)."""
    if case.ended_at is not None:
        return
    for choice in (one for one in choices(case) if one.is_open):
        yield Due(
            action="experts.consent",
            subject=choice.ref,
            role=Role.BUYER_REVIEWER,
            organisation_id=choice.consent_by_id,
            since=choice.asked_at,
        )
