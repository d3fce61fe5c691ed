"""What may the treasury order? That a procurement stands still, and that it goes on."""

import datetime

from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods, suspensions
from yangcai.cases.models import Case, Suspension
from yangcai.kernel import calendar, documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, DocumentField, Input, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.supervision import rules
from yangcai.tendering.models import Prequalification


class SuspendCase(Input):
    reason = TextField(label=_("理由"), lines=4)
    until_on = DateField(label=_("最迟恢复日期"))
    document = DocumentField(label=_("书面通知"))


@action(
    "case.suspend",
    zh="暂停采购活动",
    en="Suspend the procurement",
    on=Case,
    by={Role.TREASURY},
    needs=(rules.case_goes_on, rules.case_is_suspended),
    checks=(rules.within_longest_suspension,),
    input=SuspendCase,
    notice="suspension",
    sentence=("{post}书面通知暂停采购活动", "{post} suspended the procurement in writing"),
    cites=("supervision.suspend", "complaint.suspend"),
    hint=(
        "当前环节立即停止，恢复后从剩余时间继续；无争议合同的付款不受影响",
        "The current stage stops at once and goes on with its remainder; undisputed contracts are still paid",
    ),
    despite_block=True,
    dangerous=True,
)
def suspend_case(
    case: Case, *, by: Post, now: datetime.datetime, reason: str, until_on: datetime.date, document: Document
) -> Suspension:
    """Cut off every open and planned period and remember what was left of each."""
    suspension = Suspension.objects.create(
        case=case, reason=reason, authority=by.organisation.name, suspended_at=now, until_on=until_on
    )
    documents.attach(document, to=suspension, title="书面通知", kind="suspension", by=by, now=now)
    periods.suspend(suspension)
    postpone_applications(suspension)
    return suspension


def postpone_applications(suspension: Suspension) -> None:
    """Applications for a prequalification that runs close later by the longest that the suspension may last: suppliers
    can rely on the new time at once, whenever the treasury resumes (DESIGN §4: nothing is cut short)."""
    case, at = suspension.case, suspension.suspended_at
    pause = calendar.end_of(suspension.until_on) - at
    for running in Prequalification.objects.filter(case=case, opens_at__lte=at, closes_at__gt=at):
        assert running.closes_at is not None and running.examined_on is not None  # the query wants them
        moved = calendar.same_hour(running.closes_at, not_before=running.closes_at + pause, region=case.jurisdiction)
        later = max(running.examined_on, calendar.day_of(moved))
        Prequalification.objects.filter(pk=running.pk).update(closes_at=moved, examined_on=later)


class ResumeCase(Input):
    reason = TextField(label=_("恢复理由"), lines=3)


@action(
    "case.resume",
    zh="恢复采购活动",
    en="Resume the procurement",
    on=Case,
    by={Role.TREASURY, Role.PLATFORM},
    needs=(rules.suspended,),
    input=ResumeCase,
    notice="resumption",
    sentence=("{post}恢复了采购活动", "{post} resumed the procurement"),
    cites=("supervision.suspend", "complaint.suspend", "calendar.last_day"),
    hint=(
        "各环节从剩余时间继续；届满之日不是工作日的顺延至下一个工作日，具体时刻与原公告相同",
        "Each stage goes on with its remainder; an end that falls on no working day moves to the next one, at the hour"
        " that was announced",
    ),
    despite_block=True,
)
def resume_case(case: Case, *, by: Post, now: datetime.datetime, reason: str) -> Suspension:
    """Open again what was cut off, each stage with its remainder."""
    suspension = suspensions.open_suspension(case, now=now)
    suspension.resumed_at = now
    suspension.save(update_fields=["resumed_at"])
    periods.resume(suspension)
    return suspension
