"""What is due while sealed bids are opened: the reading out, and the answer to whoever asks to wait no longer?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case
from yangcai.cases.rules import runner
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering.models import BidClosing, OpeningAbandonment
from yangcai.tendering.standstill import window_ends_at


@tasks.due_on(Case, having=[BidClosing])
def unsealing(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Whoever runs the case unseals once the window for keys is over, or asks a second person to wait no longer."""
    if case.published_at is None or case.ended_at is not None:
        return
    role, organisation = runner(case)
    for closing in BidClosing.objects.filter(lot__case=case, unsealed_at__isnull=True, lot__outcome="").order_by("pk"):
        yield Due(
            "opening.unseal",
            closing.lot.ref,
            role,
            closing.closed_at,
            organisation_id=organisation,
            due_at=window_ends_at(closing, now=now),
        )
        for asked in OpeningAbandonment.objects.filter(closing=closing, answered_at__isnull=True):
            yield Due(
                "opening.confirm_abandonment",
                asked.ref,
                Role.BUYER_REVIEWER,
                asked.proposed_at,
                organisation_id=case.buyer_id,
            )
