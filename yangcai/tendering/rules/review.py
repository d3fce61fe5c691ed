"""May the committee be asked to review its result, and has it answered? (财政部令第87号 45(8), 64)"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.actions import chinese
from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import arithmetic
from yangcai.tendering.models import CorrectionGround, EvaluationReport, ReviewAnswer, ReviewRequest
from yangcai.tendering.rules.evaluation.scores import scores_are_asked

RULE = "evaluation.review_request"


def open_request(lot: Lot) -> ReviewRequest | None:
    """The request about a lot's result that nobody has answered, nor given up."""
    found = ReviewRequest.objects.filter(report__lot=lot, answered_at__isnull=True, reported_at__isnull=True)
    return found.order_by("pk").first()


def is_for_tenders(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The duty and the four cases are of tenders, and about scores."""
    if own(subject.lot.case, RULE):
        return scores_are_asked(subject.lot, by=by, now=now)
    return refuse(
        RULE,
        code="no_review_here",
        zh="核对评标结果、要求复核是招标项目的规定；本采购方式签署后发现错误的，按其规定重新评审",
        en="Requests to review the result belong to tenders; this method evaluates anew on grounds of its own",
        **applicable(subject.lot.case, now=now),
    )


def is_unsigned(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses once the report is signed: then it is evaluated again, or not at all."""
    if subject.signed_at is None:
        return None
    return refuse(
        own(subject.lot.case, "evaluation.corrections"),
        code="report_signed",
        zh="评标报告已经签署完成；此后发现四种情形的，请办理“组织重新评审”",
        en="The report is signed: an error found now is a matter of re-evaluation",
        **applicable(subject.lot.case, now=now),
    )


def none_is_open(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nobody signs, nor asks again, before the committee has answered."""
    asked = open_request(subject.lot)
    if asked is None:
        return None
    return refuse(
        own(subject.lot.case, RULE) or RULE,
        code="review_open",
        zh="已要求评标委员会就“{ground}”复核或者书面说明理由，尚未答复；拒绝答复的，记录并报告财政部门后继续",
        en="The committee is asked to review or explain ({ground_en}) and has not answered; a refusal is recorded and"
        " reported first",
        ground=chinese(CorrectionGround(asked.ground).label),
        ground_en=asked.ground,
        **applicable(subject.lot.case, now=now),
    )


def is_open(subject: ReviewRequest, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a request that is settled."""
    if subject.is_open:
        return None
    return Refusal("review_settled", "该项复核要求已经办结", "This request has been settled already")


def answer_is_complete(
    subject: ReviewRequest, *, now: datetime.datetime, answer: str, reasons: str, **_: Any
) -> Iterator[Refusal]:
    """Corrected means that a new result stands, on that ground; explained means that the reasons are written down."""
    case = subject.lot.case
    if answer == ReviewAnswer.CORRECTED and not _corrected(subject):
        yield refuse(
            own(case, "evaluation.corrections"),
            code="nothing_corrected",
            zh="要求复核之后没有按“{ground}”更正评分；请先办理“评分更正”，或者书面说明理由",
            en="No score was corrected on that ground since the request: correct it first, or explain in writing",
            field="answer",
            ground=chinese(CorrectionGround(subject.ground).label),
            **applicable(case, now=now),
        )
    if answer == ReviewAnswer.EXPLAINED and not reasons.strip():
        yield refuse(
            RULE,
            code="reasons_missing",
            zh="维持评标结果的，应当书面说明理由",
            en="A result that is kept is explained in writing",
            field="reasons",
            **applicable(case, now=now),
        )


def _corrected(asked: ReviewRequest) -> bool:
    latest = arithmetic.latest_report(asked.lot)
    return (
        latest is not None
        and latest.revision > asked.report.revision
        and latest.correction_ground == asked.ground
        and latest.computed_at >= asked.requested_at
        # A report that only tells of a reason or a vote more carries the ground of the one before it.
        and latest.result.get("scores") != asked.report.result.get("scores")
    )
