"""From when on may a failed lot be procured again while the other lots of its case go on?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case
from yangcai.kernel import tasks
from yangcai.kernel.calendar import HorizonError
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.tendering.rules import releases

RELEASE = "plan.release_unsuccessful_lots"
tasks.NOT_BEFORE.add(RELEASE)


@tasks.due_on(PlanItem)
def failed_lots_to_release(plan_item: PlanItem, *, now: datetime.datetime) -> Iterator[Due]:
    """The buyer's, as soon as the first failure is final."""
    try:
        ends = [releases.remedies_end(lot, now=now) for lot in releases.failed_lots(plan_item)]
    except HorizonError:
        return
    since = min((one for one in ends if one is not None), default=None)
    if since is not None:
        role = Role.BUYER_OFFICER
        yield Due(RELEASE, plan_item.ref, role, since, organisation_id=plan_item.buyer_id)


def keep_the_plans_tasks(subject: Case, *, by: object, now: datetime.datetime) -> None:
    """A lot failed, or the case was suspended, resumed or ended: its plan waits for something else now."""
    tasks.refresh(subject.root.plan_item, now=now)
