"""May the applications be examined, and is every one of them examined?"""

import datetime
from typing import Any

from yangcai.credit.queries import may_take_part
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.tendering.models import (
    ApplicationFinding,
    Prequalification,
    PrequalificationApplication,
    PrequalificationClause,
)
from yangcai.tendering.rules.outages import applications_are_closed_for_good
from yangcai.tendering.rules.prequalification.applications import live
from yangcai.tendering.rules.prequalification.its_case import refuse_on
from yangcai.tendering.rules.qualification import duplicates


def deadline_is_past(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nobody learns who applied before the announced deadline (87号令 art. 28)."""
    if lies_open(subject, now=now):
        return None
    if subject.closes_at is None:
        return Refusal("not_published", "资格预审公告尚未发布", "The prequalification notice is not out yet")
    return refuse_on(
        subject.case,
        "submission.secrecy",
        now=now,
        code="applications_are_closed",
        zh="资格预审申请在 {closes} 截止，截止后方可审查",
        en="Applications are examined once they have closed, at {closes}",
        closes=calendar.to_the_minute(subject.closes_at),
    )


def is_not_concluded(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A prequalification is concluded once."""
    if subject.concluded_at is None:
        return None
    return Refusal("already_concluded", "资格预审已经完成", "The prequalification is concluded")


def lies_open(subject: Prequalification, *, now: datetime.datetime) -> bool:
    """Whether applications have closed for good. Before that no refusal and no form may tell that there is one."""
    if subject.closes_at is None or now < subject.closes_at:
        return False
    return not applications_are_closed_for_good(subject, by=None, now=now)


def somebody_applied(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where the applications lie open and there are none."""
    if not lies_open(subject, now=now) or live(subject):
        return None
    return Refusal(
        "no_applications",
        "没有供应商申请，无需审查，请直接办理“完成资格预审”",
        "Nobody has applied: there is nothing to examine, conclude it",
    )


def one_finding_per_pair(subject: Prequalification, *, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """An application and a clause stand together in one row."""
    return duplicates(rows, "application", "clause")


def everything_is_examined(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """按照资格预审文件载明的标准: each application against each announced condition (87号令 art. 14)."""
    missing = unexamined(subject) if lies_open(subject, now=now) else []
    if not missing:
        return None
    application, clause = missing[0]
    return refuse_on(
        subject.case,
        "prequalification.examined",
        now=now,
        code="examination_unfinished",
        zh="资格预审尚有 {count} 项没有结论，例如“{applicant}”的“{clause}”",
        en="{count} conditions are still open, for example “{clause}” of {applicant}",
        count=len(missing),
        applicant=Written(application.supplier.name),
        clause=clause.text,
    )


def examined(subject: Prequalification) -> list[PrequalificationClause]:
    """What an application is examined against; what one lot alone demands is checked with its bids."""
    return list(subject.clauses.filter(lot="").order_by("number"))


def unexamined(subject: Prequalification) -> list[tuple[PrequalificationApplication, PrequalificationClause]]:
    """Every live application and clause that nobody has examined yet."""
    found = set(
        ApplicationFinding.objects.filter(application__prequalification=subject).values_list(
            "application_id", "clause_id"
        )
    )
    clauses = examined(subject)
    return [(one, clause) for one in live(subject) for clause in clauses if (one.pk, clause.pk) not in found]


def why_not(application: PrequalificationApplication, *, now: datetime.datetime) -> str:
    """Every failing condition with its reason, and the credit lists (财库〔2016〕125号); empty where there is none."""
    reasons = [refusal.zh for refusal in may_take_part(application.supplier, at=now)]
    failed = application.findings.filter(passed=False).select_related("clause").order_by("clause__number")
    for finding in failed:
        page = f"，见申请文件第 {finding.page} 页" if finding.page else ""
        reasons.append(f"{finding.clause.text}（{finding.reason}{page}）")
    return "；".join(reasons)
