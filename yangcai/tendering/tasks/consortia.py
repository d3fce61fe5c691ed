"""Who is asked to confirm that it takes part in a consortium, and until when?"""

import datetime
from collections.abc import Iterator

from yangcai.cases import periods
from yangcai.cases.models import Case
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering.models import Consortium, ConsortiumMember
from yangcai.tendering.rules.opening import opening_of

#: Whoever lets the deadline pass is in no consortium; it owed nobody an answer.
tasks.LAPSES |= {"consortium.confirm"}


@tasks.due_on(Case, having=[Consortium])
def consortia(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Each member that a leader named and that has said neither yes nor no, until the deadline."""
    closes_at = periods.closing_at(case) if case.published_at and case.ended_at is None else None
    if closes_at is None or now >= closes_at or opening_of(case) is not None:
        return
    asked = ConsortiumMember.objects.filter(
        consortium__lot__case=case,
        consortium__withdrawn_at__isnull=True,
        confirmed_at__isnull=True,
        declined_at__isnull=True,
    )
    for member in asked.select_related("consortium").order_by("pk"):
        yield Due(
            "consortium.confirm",
            member.ref,
            Role.SUPPLIER,
            member.consortium.registered_at,
            organisation_id=member.organisation_id,
            due_at=closes_at,
        )
