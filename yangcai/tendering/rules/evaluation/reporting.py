"""Does the report say what the rows say, and may it be signed?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import arithmetic
from yangcai.tendering.models import CorrectionGround, EvaluationReport

#: Findings that must be put right before anybody signs; an abnormal score is for the committee to judge.
BLOCKING = frozenset({CorrectionGround.SUM, CorrectionGround.RANGE, CorrectionGround.OBJECTIVE})


def is_current(report: EvaluationReport, *, now: datetime.datetime, found: arithmetic.Outcome | None = None) -> bool:
    """Whether the report still says what the rows say (a member may have been replaced since)."""
    found = found or arithmetic.outcome(report.lot, now=now)
    return report.digest == arithmetic.digest(arithmetic.frozen(report.lot, found))


def not_computed(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses to compute again what stands; what scores or members overtook is computed anew."""
    report = arithmetic.latest_report(subject)
    if report is None or (report.signed_at is None and not is_current(report, now=now)):
        return None
    return Refusal(
        "already_computed",
        "评审结果已经汇总；评分有误的，请在签署前办理“评分更正”",
        "The result has been computed; correct scores on a lawful ground before the report is signed",
    )


def is_latest(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses to sign a report that another one, or a change since, has overtaken."""
    latest = arithmetic.latest_report(subject.lot)
    if latest is not None and latest.pk == subject.pk and (subject.signed_at or is_current(subject, now=now)):
        return None
    return Refusal(
        "report_superseded",
        "评分或者评标委员会已有变化，请签署最新汇总的评标报告",
        "Scores or members have changed since: sign the latest report, or compute it again",
    )


def not_signed_by_me(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A member signs a report once."""
    if not subject.signatures.filter(member__post_id=by.pk).exists():
        return None
    return Refusal("already_signed", "您已经签署本评标报告", "You have signed this report already")


def nothing_to_put_right(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """The four cases are checked before signing (87号令 art. 64)."""
    for finding in subject.result["findings"]:
        if finding["kind"] in BLOCKING:
            bidder = subject.result["bidders"][finding["bidder"]]
            yield refuse(
                own(subject.lot.case, "evaluation.corrections"),
                code="result_needs_correction",
                zh="签署前须先更正：{bidder}，{finding}",
                en="To be corrected before signing: {bidder}, {finding_en}",
                bidder=bidder,
                finding=finding["zh"],
                finding_en=finding["en"],
                **applicable(subject.lot.case, now=now),
            )
