"""Which signed evaluation reports still wait for their paper?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case, Stage
from yangcai.kernel import papers, tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering.models import EvaluationReport


@tasks.due_on(Case)
def report_papers(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """The platform's own step, whatever becomes of the case."""
    if not case.has_reached(Stage.EVALUATION):
        return
    signed = list(EvaluationReport.objects.filter(lot__case=case, signed_at__isnull=False).order_by("pk"))
    issued = papers.issued_under(case) if signed else set()
    for report in signed:
        if report.ref not in issued:
            yield Due("report.issue_paper", report.ref, Role.PLATFORM, report.signed_at)
