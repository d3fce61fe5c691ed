"""May a score that was handed in still be changed (87号令 art. 64)?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.tendering import arithmetic
from yangcai.tendering.models import CorrectionGround, Criterion, Score
from yangcai.tendering.rules.committee.seats import member_at
from yangcai.tendering.rules.qualification import duplicates


def report_unsigned(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Scores are corrected after the result is computed and before the report is signed (87号令 art. 64)."""
    report = arithmetic.computed(subject)
    if report is None:
        return Refusal("not_computed", "评审结果尚未汇总", "The result has not been computed yet")
    if report.signed_at is None:
        return None
    return refuse(
        own(subject.case, "evaluation.corrections"),
        code="report_signed",
        zh="评标报告已经签署；此后发现四种情形的，须由采购人或者代理机构组织原评标委员会重新评审，改变结果的书面报告财政部门",
        en="The report is signed: from now on the buyer or agent calls the same committee to evaluate anew, and tells"
        " the treasury if the result changes",
        **applicable(subject.case, now=now),
    )


def ground_is_given(
    subject: Lot, *, by: Any, now: datetime.datetime, ground: str, rows: list[dict[str, Any]]
) -> list[Refusal]:
    """Each corrected score must be one that the ground is about; the member corrects only its own."""
    refusals = duplicates(rows, "bid", "criterion")
    member = member_at(subject.case, by)
    known = {c.pk: c for c in arithmetic.scored_criteria(subject)}
    findings = arithmetic.outcome(subject, now=now).result.findings
    for number, row in enumerate(rows, start=1):
        criterion: Criterion = known[row["criterion"]]
        scored = Score.objects.filter(member=member, opened_bid_id=row["bid"], criterion=criterion).exists()
        concerned = any(
            f.kind == ground
            and f.bidder == str(row["bid"])
            and f.criterion == criterion.code
            and f.member in ("", str(member.pk) if member else "")
            for f in findings
        )
        # The committee itself finds a score abnormally high or low (`abnormal.found_by_the_committee`), whatever stands
        # apart by arithmetic; objective factors leave nothing to judge.
        judged = ground == CorrectionGround.ABNORMAL and not criterion.is_objective
        if not scored or not (concerned if ground != CorrectionGround.ABNORMAL else judged):
            refusals.append(
                refuse(
                    own(subject.case, "evaluation.corrections"),
                    code="ground_not_found",
                    zh="第 {number} 行：您对该投标“{criterion}”的评分不存在所选的情形，不得修改",
                    en="Row {number}: the chosen ground does not apply to your score for {criterion} of this bid",
                    field="rows",
                    number=number,
                    criterion=Written(criterion.title),
                    **applicable(subject.case, now=now),
                )
            )
    return refusals


def abnormal_has_reasons(
    subject: Lot, *, now: datetime.datetime, ground: str, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """The committee finds a score 畸高 or 畸低; why it gave it, the member who changes it writes down."""
    if ground != CorrectionGround.ABNORMAL:
        return
    judged = {c.pk: c for c in arithmetic.scored_criteria(subject) if not c.is_objective}
    for number, row in enumerate(rows, start=1):
        if row["criterion"] in judged and not row["reason"]:
            yield refuse(
                own(subject.case, "evaluation.corrections"),
                code="reason_missing",
                zh="第 {number} 行：按评分畸高、畸低更正“{criterion}”的得分，须写明理由",
                en="Row {number}: a score for {criterion} changed as abnormally high or low needs its reason",
                field="rows",
                number=number,
                criterion=Written(judged[row["criterion"]].title),
                **applicable(subject.case, now=now),
            )


def one_reason_per_score(subject: Lot, *, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """A bid and a criterion stand together in one row."""
    return duplicates(rows, "bid", "criterion")


def not_signed_by_all(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Reasons are part of what is signed."""
    report = arithmetic.computed(subject)
    return report_unsigned(subject, by=by, now=now) if report is not None else None
