"""What if the result looks wrong before it is signed? Buyer or agent asks the committee to review it, or to explain."""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Stage
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import CorrectionGround, EvaluationReport, ReviewAnswer, ReviewRequest
from yangcai.tendering.rules import award as results
from yangcai.tendering.rules import review as rules
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.evaluation import reporting


class RequestReview(Input):
    ground = forms.ChoiceField(label=_("复核情形"), choices=CorrectionGround.choices)
    content = TextField(label=_("发现的问题"), lines=4, help_text=_("写明投标人、评审因素和核对发现的情况"))


@action(
    "review.request",
    zh="要求复核",
    en="Ask for a review",
    on=EvaluationReport,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.EVALUATION},
    needs=(
        results.is_run_by,
        rules.is_for_tenders,
        reporting.is_latest,
        rules.is_unsigned,
        rules.none_is_open,
    ),
    input=RequestReview,
    creates=True,
    sentence=(
        "{post}核对评标结果，要求评标委员会复核或者书面说明理由",
        "{post} checked the result and asked the committee to review it or to explain in writing",
    ),
    is_public=False,
    cites=("evaluation.review_request", "evaluation.corrections"),
    hint=(
        "只限四种法定情形；评标委员会更正或者书面说明理由后继续签署，不得指定如何评分",
        "On the four lawful grounds only; the committee corrects or explains: nobody tells it how to score",
    ),
)
def request_review(
    report: EvaluationReport, *, by: Post, now: datetime.datetime, ground: str, content: str
) -> ReviewRequest:
    """核对评标结果 (87号令 art. 45(8)): the report waits for the committee's answer."""
    return ReviewRequest.objects.create(report=report, ground=ground, content=content, requested_at=now)


class AnswerReview(Input):
    answer = forms.ChoiceField(label=_("复核结果"), choices=[("", _("请选择")), *ReviewAnswer.choices])
    reasons = TextField(label=_("书面说明"), lines=4, required=False, help_text=_("维持评标结果的必须填写"))


@action(
    "review.answer",
    zh="答复复核要求",
    en="Answer a request for review",
    on=ReviewRequest,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(seats.sits, seats.chairs, rules.is_open),
    checks=(rules.answer_is_complete,),
    input=AnswerReview,
    sentence=("{post}答复了复核要求", "{post} answered the request for review"),
    is_public=False,
    cites=("evaluation.review_request", "evaluation.corrections"),
    hint=(
        "确有四种情形的，先由有关成员办理“评分更正”再答复",
        "Where one of the four cases is given, the members concerned correct their scores first",
    ),
)
def answer_review(asked: ReviewRequest, *, by: Post, now: datetime.datetime, answer: str, reasons: str) -> None:
    """What the committee found; it stays with the report (art. 58(6))."""
    asked.answer, asked.reasons, asked.answered_at = answer, reasons, now
    asked.save(update_fields=["answer", "reasons", "answered_at"])


class ReportRefusal(Input):
    refusal = TextField(label=_("拒绝的情况"), lines=4, help_text=_("何时要求、如何拒绝"))
    document = DocumentField(label=_("书面报告"))


@action(
    "review.report_refusal",
    zh="记录并报告拒绝复核",
    en="Record and report that a review was refused",
    on=ReviewRequest,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.EVALUATION},
    needs=(results.is_run_by, rules.is_open),
    input=ReportRefusal,
    sentence=(
        "{post}记录评标委员会拒绝复核或者说明理由，并报告财政部门",
        "{post} recorded that the committee refused to review or explain, and reported it to the treasury",
    ),
    is_public=False,
    cites=("evaluation.review_request",),
    hint=(
        "评标委员会拒绝的，予以记录并报告财政部门；评标结果由评标委员会负责，签署继续",
        "A refusal is recorded and reported; the result remains the committee's, and the signing goes on",
    ),
)
def report_refusal(asked: ReviewRequest, *, by: Post, now: datetime.datetime, refusal: str, document: Document) -> None:
    """The treasury finds the report with the case."""
    documents.attach(document, to=asked, title=str(_("拒绝复核情况报告")), kind="review_refusal", by=by, now=now)
    asked.refusal, asked.reported_at = refusal, now
    asked.save(update_fields=["refusal", "reported_at"])
