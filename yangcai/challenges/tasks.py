"""Which enquiries wait for an answer, from whom, and until when?"""

import datetime
from collections.abc import Iterator

from yangcai import law
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable
from yangcai.challenges.models import Enquiry
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering.models import Prequalification


@tasks.due_on(Case, having=[Enquiry])
def enquiry_tasks(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """On the case itself."""
    yield from _unanswered(case, None, now=now)


@tasks.due_on(Prequalification)
def prequalification_enquiry_tasks(found: Prequalification, *, now: datetime.datetime) -> Iterator[Due]:
    """On its prequalification; they are answered though it may be over."""
    yield from _unanswered(found.case, found, now=now)


def _unanswered(case: Case, about: Prequalification | None, *, now: datetime.datetime) -> Iterator[Due]:
    """The agent answers within its mandate, else the buyer."""
    for enquiry in Enquiry.objects.filter(case=case, prequalification=about, answered_at__isnull=True):
        yield Due(
            "enquiry.answer",
            enquiry.ref,
            Role.AGENT if case.agent_id else Role.BUYER_OFFICER,
            enquiry.asked_at,
            organisation_id=case.agent_id or case.buyer_id,
            clock="C27",
            due_at=law.due_at("C27", since=enquiry.asked_at, **applicable(case, now=now)),
        )
