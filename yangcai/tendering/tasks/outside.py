"""Which filings of a draw from another province wait for the treasury?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering.models import OutsideLibrary
from yangcai.tendering.rules.committee.outside import filings


@tasks.due_on(Case, having=[OutsideLibrary])
def filing_to_take_in(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """The treasury takes the filing in with the list, or sends it back."""
    if case.ended_at is not None:
        return
    for library in filings(case):
        if library.received_at is not None or library.refused_at is not None:
            continue
        yield Due(action="outside_library.receive", subject=library.ref, role=Role.TREASURY, since=library.filed_at)
