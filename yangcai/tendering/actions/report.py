"""Who signs the evaluation report, with what dissent, and when does the buyer get it?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Candidate, LotOutcome, Stage
from yangcai.cases.queries import candidates
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.roles import Role
from yangcai.procedures import every
from yangcai.tendering import arithmetic, method
from yangcai.tendering.models import EvaluationReport, OpenedBid, ReportSignature
from yangcai.tendering.rules import award as results
from yangcai.tendering.rules import reevaluation, review, signing
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.evaluation import abnormal, reporting
from yangcai.tendering.rules.prequalification.changes import changes_are_decided


class SignReport(Input):
    dissent = TextField(
        label=_("不同意见"), lines=3, required=False, help_text=_("不写明不同意见和理由的，视为同意评标报告")
    )
    reasons = TextField(label=_("不同意见的理由"), lines=4, required=False)


@action(
    "report.sign",
    zh="签署评标报告",
    en="Sign the evaluation report",
    on=EvaluationReport,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(
        seats.sits,
        reporting.is_latest,
        reporting.not_signed_by_me,
        reporting.nothing_to_put_right,
        abnormal.nothing_to_vote_on,
        reevaluation.committee_is_another,
        review.none_is_open,
    ),
    checks=(signing.dissent_has_reasons,),
    input=SignReport,
    sentence=("{post}签署了评标报告", "{post} signed the evaluation report"),
    is_public=False,
    cites=("evaluation.report", "evaluation.dissent", "evaluation.corrections", "evaluation.new_committee"),
)
def sign_report(
    report: EvaluationReport, *, by: Any, now: datetime.datetime, dissent: str, reasons: str
) -> ReportSignature:
    """Sign; with the last signature the report stands and its candidates are recommended."""
    member = seats.member_at(report.lot.case, by)
    signature = ReportSignature.objects.create(
        report=report, member=member, dissent=dissent, reasons=reasons, signed_at=now
    )
    _stand(report, now=now)
    return signature


class DeemConsent(Input):
    member = forms.TypedChoiceField(label=_("未签署的成员"), coerce=int)
    circumstances = TextField(
        label=_("未签署的情况"), lines=3, help_text=_("何时请其签署，如何拒绝，是否书面说明不同意见")
    )

    def scope(self) -> None:
        if isinstance(self.subject, EvaluationReport):
            waiting = signing.unsigned(self.subject)
            self.fields["member"].choices = [(seat, numbered(number)) for number, seat in waiting]  # type: ignore[attr-defined]


def numbered(number: int) -> str:
    """A member without a name: who sits may be secret to whoever reads the form."""
    return gettext("第 %(n)d 席") % {"n": number}


@action(
    "report.deem_consent",
    zh="记录视为同意",
    en="Record that silence is consent",
    on=EvaluationReport,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.EVALUATION},
    needs=(
        results.is_run_by,
        reporting.is_latest,
        reporting.nothing_to_put_right,
        abnormal.nothing_to_vote_on,
        review.none_is_open,
        signing.somebody_is_missing,
        signing.most_have_signed,
    ),
    input=DeemConsent,
    sentence=(
        "{post}记录一名成员拒绝签署且未书面说明不同意见，视为同意",
        "{post} recorded that a member neither signed nor wrote a different opinion, which is consent",
    ),
    is_public=False,
    cites=("evaluation.dissent",),
    hint=(
        "只用于拒绝签署又不书面说明不同意见和理由的成员；缺席、回避的成员须更换",
        "Only for a member who refuses both to sign and to write down its reasons; the absent are replaced",
    ),
)
def deem_consent(
    report: EvaluationReport, *, by: Any, now: datetime.datetime, member: int, circumstances: str
) -> ReportSignature:
    """否则视为同意评标报告 (87号令 art. 61): the record says so, and never that the member signed."""
    signature = ReportSignature.objects.create(
        report=report, member_id=member, is_deemed=True, circumstances=circumstances, signed_at=now
    )
    _stand(report, now=now)
    return signature


def _stand(report: EvaluationReport, *, now: datetime.datetime) -> None:
    """With the last of the members the report stands."""
    signed = set(report.signatures.values_list("member_id", flat=True))
    if signed >= {seat.pk for seat in arithmetic.seated(report.lot)}:
        EvaluationReport.objects.filter(pk=report.pk).update(signed_at=now)
        _recommend(report, now=now)


def _recommend(report: EvaluationReport, *, now: datetime.datetime) -> None:
    """The candidates in the order of the report; the amount is the (last) offer, never the evaluated price."""
    bids = {str(bid.pk): bid for bid in OpenedBid.objects.filter(lot=report.lot)}
    for lot in report.lot.case.ranked_together(report.lot):
        candidates(lot).update(superseded_at=now)
        for bidder in report.result["candidates"]:
            found = report.result["bids"][bidder]
            Candidate.objects.create(
                lot=lot,
                supplier_id=bids[bidder].supplier_id,
                rank=found["rank"],
                amount=found["bid_price"],
                evaluated_price=found["evaluated_price"],
                score=found["total"],
                at=now,
            )


@action(
    "report.send",
    zh="送交评标报告",
    en="Send the evaluation report",
    on=EvaluationReport,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.EVALUATION},
    needs=(
        results.is_run_by,
        results.report_is_signed,
        results.report_is_not_sent,
        reporting.is_latest,
        changes_are_decided,
    ),
    sentence=("{post}向采购人送交了评标报告", "{post} sent the evaluation report to the buyer"),
    cites=(*every(Stage.EVALUATION, "decide"), "prequalification.change"),
)
def send_report(report: EvaluationReport, *, by: Any, now: datetime.datetime) -> None:
    """The evaluation is over; the buyer's five working days begin."""
    EvaluationReport.objects.filter(pk=report.pk).update(sent_at=now)
    case, after = report.lot.case, method.follows(report.lot.case, Stage.EVALUATION)
    periods.advance(case, to=after, at=now, lot=report.lot)
    for lot in case.ranked_together(report.lot):
        if lot.pk != report.lot_id and lot.outcome == LotOutcome.PENDING and lot.stage_at(now) != after:
            periods.open_period(case, stage=after, opens_at=now, lot=lot)
