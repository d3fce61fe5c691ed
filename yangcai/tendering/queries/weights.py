"""Who reads an application for a weight of price outside the range?"""

import datetime

from django.db.models import QuerySet

from yangcai.cases.queries import run_by, runs_or_oversees
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.tendering.models import PriceWeightApproval


@scope(PriceWeightApproval)
def visible_price_weight_approvals(post: Post | None, now: datetime.datetime) -> QuerySet[PriceWeightApproval]:
    """Whoever runs or oversees the case; bidders read in the notice what was consented to."""
    found = PriceWeightApproval.objects.select_related("lot__case").order_by("pk")
    return found.filter(run_by(post, "lot__case__")) if post is not None else found.none()


@standing(PriceWeightApproval)
def concerns_price_weight_approval(approval: PriceWeightApproval, post: Post) -> bool:
    """Whoever runs or oversees the case."""
    return runs_or_oversees(approval.lot.case, post)
