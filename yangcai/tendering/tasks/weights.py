"""Which applications for a weight of price outside the range wait for the treasury?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering.models import PriceWeightApproval


@tasks.due_on(Case, having=[PriceWeightApproval])
def weight_to_decide(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """As long as the notice is not out: after that no consent changes anything."""
    if case.published_at is not None or case.ended_at is not None:
        return
    waiting = PriceWeightApproval.objects.filter(lot__case=case, approved_at__isnull=True, returned_at__isnull=True)
    for approval in waiting.order_by("pk"):
        yield Due(
            action="price_weight_approval.decide", subject=approval.ref, role=Role.TREASURY, since=approval.applied_at
        )
