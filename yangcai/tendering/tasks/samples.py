"""Which samples wait to be returned or sealed once the procurement is over (87号令 art. 22)?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case
from yangcai.cases.rules import runner
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.tendering.models import Sample
from yangcai.tendering.rules.samples import over_since


@tasks.due_on(Case, having=[Sample])
def samples_to_settle(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """及时, from when settling became open: no number of days stands in the article, so none is due on a day."""
    role, organisation_id = runner(case)
    waiting = Sample.objects.filter(lot__case=case, received_at__isnull=False, settled_at__isnull=True)
    for sample in waiting.select_related("lot__case").order_by("pk"):
        if (since := over_since(sample)) is not None:
            yield Due(
                action="sample.settle",
                subject=sample.ref,
                role=role,
                organisation_id=organisation_id,
                since=since,
            )
