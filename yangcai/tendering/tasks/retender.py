"""What waits for the buyer when a purchase failed or was terminated? To procure again, while it is still needed."""

import datetime
from collections.abc import Iterator

from yangcai.cases.actions import TerminationGround, chinese
from yangcai.cases.models import Case
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.tendering.actions import retender
from yangcai.tendering.rules.award import UnsuccessfulGround

#: After these nothing is to be bought any more (政府采购法 art. 37: 除采购任务取消情形外).
OVER = (UnsuccessfulGround.CANCELLED, TerminationGround.TASK_CANCELLED, TerminationGround.NOT_PUBLISHED)


@tasks.due_on(PlanItem)
def again(plan_item: PlanItem, *, now: datetime.datetime) -> Iterator[Due]:
    """废标后，除采购任务取消情形外，应当重新组织招标 (政府采购法 art. 37): on the plan, which outlives the case."""
    last = Case.objects.filter(plan_item=plan_item).select_related("plan_item").order_by("-pk").first()
    if last is None or last.ended_at is None or last.end_reason.startswith(tuple(chinese(one.label) for one in OVER)):
        return
    if retender.ended_without_result(last, by=None, now=now) or retender.plan_still_stands(last, by=None, now=now):
        return
    yield Due("case.retender", last.ref, Role.BUYER_OFFICER, last.ended_at, organisation_id=last.buyer_id)
