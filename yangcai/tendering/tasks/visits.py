"""Which visits and meetings are to be held and recorded?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import runner
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.tendering.models import SiteVisit


@tasks.due_on(Case, having=[SiteVisit])
def visits_to_hold(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Of a published case, until its deadline: from its beginning on a visit is recorded."""
    if case.published_at is None or case.stage_at(now) != Stage.SUBMISSION:
        return
    role, organisation_id = runner(case)
    for visit in SiteVisit.objects.filter(case=case, held_at__isnull=True, cancelled_at__isnull=True):
        yield Due(
            action="site_visit.hold",
            subject=visit.ref,
            role=role,
            organisation_id=organisation_id,
            since=visit.told_at or case.published_at,
            due_at=visit.begins_at,
        )
