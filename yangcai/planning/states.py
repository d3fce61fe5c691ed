"""Where does a plan stand?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.planning.models import PlanItem


class PlanState(models.TextChoices):
    """Where a plan stands; derived from its times, never stored."""

    DRAFT = "draft", _("起草")
    RETURNED = "returned", _("退回修改")
    REVIEW = "review", _("审核中")
    APPROVED = "approved", _("审核通过")
    FILED = "filed", _("已备案")
    CANCELLED = "cancelled", _("已取消")


def state_of(plan_item: PlanItem) -> PlanState:
    if plan_item.cancelled_at:
        return PlanState.CANCELLED
    if plan_item.filed_at:
        return PlanState.FILED
    if plan_item.approved_at:
        return PlanState.APPROVED
    if plan_item.submitted_at:
        return PlanState.REVIEW
    return PlanState.RETURNED if plan_item.returned_at else PlanState.DRAFT
