"""What when an error is found after the signatures? It is evaluated anew, by the same committee or, where the error
lies in the committee, by another one, and the treasury is told."""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Lot, Stage
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.actions.evaluation import write_report
from yangcai.tendering.models import EvaluationReport, ReopenGround
from yangcai.tendering.rules import award as results
from yangcai.tendering.rules import reevaluation as rules


class ReopenEvaluation(Input):
    ground = forms.ChoiceField(label=_("重新评审情形"), choices=ReopenGround.choices)
    reason = TextField(label=_("发现的问题"), lines=4)

    def scope(self) -> None:
        if isinstance(self.subject, Lot):
            # Only what the method knows is offered; another ground is refused with the article.
            known = [(code, ReopenGround(code).label) for code in rules.grounds(self.subject)]
            self.fields["ground"].widget.choices = [("", _("请选择")), *known]


@action(
    "evaluation.reopen",
    zh="组织重新评审",
    en="Have the evaluation taken up again",
    on=Lot,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.EVALUATION, Stage.AWARD},
    needs=(results.is_run_by, rules.something_may_be_wrong, rules.report_stands, rules.nothing_determined),
    checks=(rules.ground_is_the_method_s,),
    input=ReopenEvaluation,
    sentence=(
        "{post}组织重新评审",
        "{post} had the evaluation taken up again",
    ),
    is_public=False,
    cites=("evaluation.corrections", "evaluation.new_committee"),
    hint=(
        "只限法定情形；评委更正评分并重新签署，或者更换有关评委后重新评审；改变结果、重新组成评标委员会的，书面报告财政部门",
        "On the lawful grounds only: members correct and sign anew, or those concerned are replaced and it is evaluated"
        " anew; a changed result and a new committee are reported in writing",
    ),
)
def reopen_evaluation(lot: Lot, *, by: Post, now: datetime.datetime, ground: str, reason: str) -> EvaluationReport:
    """Back to the evaluation, with a revision of the report that nobody has signed yet."""
    if lot.stage_at(now) == Stage.AWARD:
        periods.advance(lot.case, to=Stage.EVALUATION, at=now, lot=lot)
    return write_report(lot, now=now, correction_ground=ground, reopen_reason=reason)


class ReportReevaluation(Input):
    document = DocumentField(label=_("书面报告"))


@action(
    "reevaluation.report",
    zh="报告重新评审结果",
    en="Report the re-evaluation to the treasury",
    on=EvaluationReport,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(results.is_run_by, rules.is_to_be_reported),
    input=ReportReevaluation,
    sentence=(
        "{post}向财政部门书面报告重新评审情况",
        "{post} reported in writing on the re-evaluation",
    ),
    is_public=False,
    cites=("evaluation.corrections", "evaluation.new_committee"),
)
def report_reevaluation(
    report: EvaluationReport, *, by: Post, now: datetime.datetime, document: Document
) -> EvaluationReport:
    """The treasury finds the report with the case."""
    documents.attach(document, to=report, title="重新评审情况报告", kind="reevaluation", by=by, now=now)
    report.reported_at = now
    report.save(update_fields=["reported_at"])
    return report
