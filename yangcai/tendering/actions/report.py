"""Who signs the evaluation report, with what dissent, and when does the buyer get it?"""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Candidate, Stage
from yangcai.cases.queries import candidates
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.roles import Role
from yangcai.procedures import every
from yangcai.tendering import arithmetic, method
from yangcai.tendering.models import EvaluationReport, OpenedBid, ReportSignature
from yangcai.tendering.rules import award as results
from yangcai.tendering.rules import committee as seats
from yangcai.tendering.rules import evaluation as rules


class SignReport(Input):
    dissent = TextField(
        label=_("不同意见及理由"), lines=4, required=False, help_text=_("不写明不同意见的，视为同意评标报告")
    )


@action(
    "report.sign",
    zh="签署评标报告",
    en="Sign the evaluation report",
    on=EvaluationReport,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(seats.sits, rules.is_latest, rules.not_signed_by_me, rules.nothing_to_put_right),
    input=SignReport,
    sentence=("{post}签署了评标报告", "{post} signed the evaluation report"),
    is_public=False,
    cites=("evaluation.report", "evaluation.dissent", "evaluation.corrections"),
)
def sign_report(report: EvaluationReport, *, by: Any, now: datetime.datetime, dissent: str) -> ReportSignature:
    """Sign; with the last signature the report stands and its candidates are recommended."""
    member = seats.member_at(report.lot.case, by)
    signature = ReportSignature.objects.create(report=report, member=member, dissent=dissent, signed_at=now)
    signed = set(report.signatures.values_list("member_id", flat=True))
    if signed >= {seat.pk for seat in arithmetic.seated(report.lot)}:
        EvaluationReport.objects.filter(pk=report.pk).update(signed_at=now)
        _recommend(report, now=now)
    return signature


def _recommend(report: EvaluationReport, *, now: datetime.datetime) -> None:
    """The candidates in the order of the report; the amount is the (last) offer, never the evaluated price."""
    candidates(report.lot).update(superseded_at=now)
    bids = {str(bid.pk): bid for bid in OpenedBid.objects.filter(lot=report.lot)}
    for bidder in report.result["candidates"]:
        found = report.result["bids"][bidder]
        Candidate.objects.create(
            lot=report.lot,
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
    needs=(results.is_run_by, results.report_is_signed, rules.is_latest),
    sentence=("{post}向采购人送交了评标报告", "{post} sent the evaluation report to the buyer"),
    cites=every(Stage.EVALUATION, "decide"),
)
def send_report(report: EvaluationReport, *, by: Any, now: datetime.datetime) -> None:
    """The evaluation is over; the buyer's five working days begin."""
    EvaluationReport.objects.filter(pk=report.pk).update(sent_at=now)
    periods.advance(report.lot.case, to=method.follows(report.lot.case, Stage.EVALUATION), at=now, lot=report.lot)
