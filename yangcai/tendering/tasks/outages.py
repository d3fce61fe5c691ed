"""Who is to learn that an outage moved a deadline?"""

import datetime
from collections.abc import Iterator

from yangcai.cases import periods
from yangcai.cases.models import Case, Stage
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering.models import ExtensionReceipt, OutageExtension
from yangcai.tendering.rules.bids import holders_at


@tasks.due_on(Case, having=[OutageExtension])
def extensions(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Whoever has the documents is told of every extension, until it acknowledges or the deadline has come."""
    closes_at = periods.closing_at(case) if case.published_at and case.ended_at is None else None
    if closes_at is None or now >= closes_at:
        return
    for extension in OutageExtension.objects.filter(case=case, stage=Stage.SUBMISSION):
        read = ExtensionReceipt.objects.filter(extension=extension).values("supplier_id")
        for participation in holders_at(case, at=extension.at).exclude(supplier_id__in=read):
            yield Due(
                "extension.acknowledge",
                extension.ref,
                Role.SUPPLIER,
                extension.at,
                organisation_id=participation.supplier_id,
                due_at=closes_at,
            )
