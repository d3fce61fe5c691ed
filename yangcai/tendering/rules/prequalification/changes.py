"""What does a change of status do that a qualified supplier reports?"""

import datetime
from typing import Any

from yangcai.cases.models import Case, Stage
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import prequalified
from yangcai.tendering.models import PrequalificationApplication, StatusChange
from yangcai.tendering.rules.prequalification.its_case import refuse_on


def was_qualified(subject: PrequalificationApplication, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses whoever the newest round did not find qualified, or found so no longer (条例 art. 21)."""
    case = subject.root.case
    counts = subject.prequalification_id == getattr(prequalified.latest(case), "pk", None)  # an old round does not
    if counts and subject.is_qualified and subject.supplier_id not in prequalified.lost(case):
        return None
    return Refusal(
        "not_qualified", "贵单位不是资格预审合格的供应商", "Your organisation was not found qualified, or is no longer"
    )


def tender_goes_on(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """评审阶段 ends when the last lot has been evaluated (条例 art. 21)."""
    case = subject.root.case
    if case.stage_at(now) not in {Stage.AWARD, ""}:
        return None
    return refuse_on(
        case,
        "prequalification.change",
        now=now,
        code="evaluation_is_over",
        zh="评审已经结束，资格变化请直接告知采购人",
        en="The evaluation is over: tell the buyer directly",
    )


def nothing_is_open(subject: PrequalificationApplication, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """One reported change at a time is examined."""
    if not subject.changes.filter(decided_at__isnull=True).exists():
        return None
    return Refusal("change_is_open", "此前报告的资格变化尚在审查", "The change reported before is still being examined")


def is_undecided(subject: StatusChange, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A change is examined once."""
    if subject.decided_at is None:
        return None
    return Refusal("already_decided", "该资格变化已经审查", "This change has been examined")


def changes_are_decided(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """What a supplier reported is looked at before anybody is found qualified (条例 art. 21)."""
    case = subject.root
    waiting = prequalified.undecided(case) if prequalified.is_the_way(case) else []
    if not waiting:
        return None
    return refuse_on(
        case,
        "prequalification.change",
        now=now,
        code="status_change_open",
        zh="“{supplier}”报告的资格变化尚未审查",
        en="The change of status reported by {supplier} has not been examined",
        supplier=waiting[0].application.supplier.name,
    )


def lost(case: Case) -> dict[int, str]:
    """Supplier -> why it is qualified no longer, where the suppliers came by a prequalification."""
    return prequalified.lost(case) if prequalified.is_the_way(case) else {}


def still_prequalified(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Who lost its status after the prequalification does not take part (条例 art. 21)."""
    reason = lost(subject).get(by.organisation_id)
    if reason is None:
        return None
    return refuse_on(
        subject,
        "prequalification.change",
        now=now,
        code="status_lost",
        zh="贵单位资格发生变化，不再符合资格条件：{reason}",
        en="Your organisation is qualified no longer: {reason}",
        reason=reason,
    )
