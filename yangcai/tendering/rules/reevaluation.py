"""When may a signed evaluation be taken up again, and did that change its result? (财政部令第87号 64)"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import arithmetic
from yangcai.tendering.models import EvaluationReport
from yangcai.tendering.rules.award import live_award


def former(report: EvaluationReport) -> EvaluationReport | None:
    """The signed report that this one took up again; None for what was corrected before anybody had signed it all."""
    earlier = EvaluationReport.objects.filter(lot_id=report.lot_id, revision__lt=report.revision)
    return earlier.filter(signed_at__isnull=False).order_by("-revision").first()


def changed_result(report: EvaluationReport) -> bool:
    """Whether a re-evaluation, once signed, recommends other candidates or another order."""
    before = former(report)
    return (
        report.signed_at is not None
        and before is not None
        and before.result["candidates"] != report.result["candidates"]
    )


def report_stands(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Before the signatures the members correct their scores themselves."""
    report = arithmetic.latest_report(subject)
    if report is not None and report.signed_at is not None:
        return None
    return refuse(
        "evaluation.corrections",
        code="nothing_to_reopen",
        zh="评标报告尚未签署完成，评委可以直接办理“评分更正”，无需重新评审",
        en="The report is not signed yet: the members correct their scores, nothing is taken up again",
        **applicable(subject.case, now=now),
    )


def nothing_determined(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Once a winner is determined the result is binding; from then on only an objection may lead to a re-evaluation."""
    award = live_award(subject)
    if award is None:
        return None
    return refuse(
        "award.no_change",
        code="winner_determined",
        zh="已确定 {supplier} 为中标供应商；此后发现评审错误的，按质疑投诉程序处理",
        en="{supplier} has been determined as the winner: an error found now is a matter of objection and complaint",
        supplier=award.supplier.name,
        **applicable(subject.case, now=now),
    )


def is_to_be_reported(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    if not changed_result(subject):
        yield refuse(
            "evaluation.corrections",
            code="result_unchanged",
            zh="该评标报告没有改变此前的评标结果，无须报告财政部门",
            en="This report does not change the earlier result: there is nothing to report",
            **applicable(subject.lot.case, now=now),
        )
    if subject.reported_at is not None:
        yield Refusal("already_reported", "已经书面报告财政部门", "It has been reported already")
