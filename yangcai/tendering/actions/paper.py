"""How does a signed evaluation report become a paper that anybody's reader can verify?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.kernel import papers
from yangcai.kernel.actions import action
from yangcai.kernel.models import Document
from yangcai.kernel.refusals import Refusal
from yangcai.parties.roles import Role
from yangcai.tendering import paper as text
from yangcai.tendering.models import EvaluationReport
from yangcai.tendering.rules import award as results


def bears_every_signature(
    report: EvaluationReport, *, by: Any, now: datetime.datetime, paper: Document, **data: Any
) -> Iterator[Refusal]:
    yield from papers.missing(paper, expected=text.signatures(report))


@action(
    "report.issue_paper",
    zh="出具评标报告签署文本",
    en="Issue the signed paper of the evaluation report",
    on=EvaluationReport,
    by={Role.PLATFORM},
    needs=(results.report_is_signed, papers.not_issued),
    checks=(bears_every_signature,),
    input=papers.IssuePaper,
    sentence=(
        "{post}出具了成员签名并加盖时间戳的评标报告文本",
        "{post} issued the evaluation report with the members' signatures and their timestamps",
    ),
    is_public=False,
    despite_block=True,
    cites=("evaluation.report", "submission.signature"),
    hint=(
        "全体成员签署后由平台自动出具；签名或者时间戳服务不可用时排队等候，报告的效力不受影响",
        "The platform does so by itself once all have signed; where seals or stamps are not to be had it waits, and "
        "the report stands all the same",
    ),
)
def issue_report_paper(
    report: EvaluationReport, *, by: Any, now: datetime.datetime, paper: Document
) -> EvaluationReport:
    """A signature that meets art. 13 has the force of a handwritten one (电子签名法 art. 14)."""
    papers.put(paper, to=report, title=f"{report.lot.case.title}评标报告（签署文本）", by=by, now=now)
    return report
