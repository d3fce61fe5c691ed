"""Which signed evaluation reports and records of openings still wait for their paper?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case, Stage
from yangcai.kernel import papers, tasks
from yangcai.kernel.models import Attachment
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering import opening_record
from yangcai.tendering.models import BidClosing, EvaluationReport, Opening
from yangcai.tendering.rules.opening import opening_of


@tasks.due_on(Case, having=[EvaluationReport])
def report_papers(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """The platform's own step, whatever becomes of the case."""
    if not case.has_reached(Stage.EVALUATION):
        return
    signed = list(EvaluationReport.objects.filter(lot__case=case, signed_at__isnull=False).order_by("pk"))
    issued = papers.issued_under(case) if signed else set()
    for report in signed:
        if report.ref not in issued:
            yield Due("report.issue_paper", report.ref, Role.PLATFORM, report.signed_at)


@tasks.due_on(Case, having=[Opening])
def opening_papers(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """The platform's own step, from the end of an opening that was read out."""
    if not case.has_reached(Stage.OPENING):
        return
    opening = opening_of(case)
    if opening is None or opening.record_id is None or opening.concluded_at is None:
        return
    if opening.ref not in papers.issued_under(case):
        yield Due("opening.issue_paper", opening.ref, Role.PLATFORM, opening.concluded_at)


@tasks.due_on(Case, having=[BidClosing])
def closing_papers(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Likewise of every record that stands by itself, once it is public."""
    if not case.has_reached(Stage.OPENING):
        return
    public = Attachment.objects.filter(root=case.ref, kind=opening_record.OF_CLOSING, is_public=True)
    if told := dict(public.values_list("subject", "at")):
        for subject in told.keys() - papers.issued_under(case):
            yield Due("closing.issue_paper", subject, Role.PLATFORM, told[subject])
