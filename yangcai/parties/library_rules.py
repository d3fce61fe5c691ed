"""Why may this person not be admitted to the expert library, and this fact not be declared?"""

import datetime
from typing import Any

from django.utils import timezone

from yangcai import law
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Expert, ExpertTie, ExpertTitle, Organisation, Person, Post
from yangcai.parties.roles import Role
from yangcai.parties.rules import roles_are_compatible

#: Who supervises procurement, and may therefore not evaluate it.
SUPERVISORS = frozenset({Role.TREASURY, Role.TREASURY_PAYER, Role.AUDITOR})


def may_be_expert(
    subject: Organisation, *, by: Any, now: datetime.datetime, username: str, employer: Organisation, **data: Any
) -> list[Refusal]:
    """A known person, not in the library yet, whose other posts leave room for this one."""
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        return [
            Refusal(
                "unknown_person",
                f"没有启用的登录名“{username}”",
                f"There is no active person with the user name “{username}”",
                field="username",
            )
        ]
    if Expert.objects.filter(person=person).exists():
        return [
            Refusal(
                "expert_exists",
                "该人员已经登记在专家库中",
                "This person is in the library's register already",
                field="username",
            )
        ]
    today = timezone.localdate(now)
    if Post.objects.filter(person=person, role__in=SUPERVISORS).exclude(to_on__lt=today).exists():
        return [
            law.refusal(
                "expert.not_supervisor",
                code="supervisor",
                on=today,
                zh="该人员负责政府采购监督管理，不得作为评审专家；请先终止其监管岗位",
                en="This person supervises procurement and may not be an expert: end that post first",
                field="username",
            )
        ]
    if Post.objects.filter(person=person, organisation=employer, role=Role.EXPERT).exists():
        return []
    return roles_are_compatible(
        employer, by=by, now=now, username=username, role=Role.EXPERT, from_on=today, to_on=None
    )


def has_begun(
    subject: Organisation,
    *,
    now: datetime.datetime,
    born_on: datetime.date,
    in_field_since_on: datetime.date,
    **data: Any,
) -> Refusal | None:
    """Work in the field begins after birth, and no later than today."""
    if born_on < in_field_since_on <= timezone.localdate(now):
        return None
    return Refusal(
        "impossible_date",
        "从业起始日期应晚于出生日期，且不得晚于今天",
        "Work in the field begins after birth and not after today",
        field="in_field_since_on",
    )


def is_young_enough(subject: Organisation, *, now: datetime.datetime, born_on: datetime.date, **data: Any) -> Any:
    """Younger than the law wants, in whole years today (财库〔2016〕198号)."""
    today = timezone.localdate(now)
    limit = law.value("expert.age", on=today)
    if _years_since(born_on, today) < limit:
        return None
    return law.refusal(
        "expert.age",
        code="too_old",
        on=today,
        zh="评审专家应当不满 {age} 周岁",
        en="An expert must be younger than {age}",
        field="born_on",
        age=limit,
    )


def is_experienced(
    subject: Organisation, *, now: datetime.datetime, title: str, in_field_since_on: datetime.date, **data: Any
) -> Any:
    """A senior title, or an intermediate one with years in the field (财库〔2016〕198号 art. 6)."""
    today = timezone.localdate(now)
    years = law.value("expert.experience", on=today)
    if title == ExpertTitle.SENIOR or _years_since(in_field_since_on, today) >= years:
        return None
    return law.refusal(
        "expert.experience",
        code="too_little_experience",
        on=today,
        zh="中级职称的评审专家应当从事相关领域工作满{limit}；未满的，请在期满或者取得高级职称后申请入库",
        en="An expert with an intermediate title needs {limit} in the field: apply then, or with a senior title",
        field="in_field_since_on",
    )


def _years_since(since: datetime.date, today: datetime.date) -> int:
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))


def is_in_library(subject: Expert, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses an expert who has left the library by today."""
    if subject.left_on is None or subject.left_on > timezone.localdate(now):
        return None
    return Refusal(
        "left_library", f"该专家已于 {subject.left_on} 退库", f"This expert left the library on {subject.left_on}"
    )


def is_another_employer(subject: Expert, *, now: datetime.datetime, employer: Organisation, **data: Any) -> Any:
    """Refuses to move an expert to where it works."""
    if employer.pk != subject.employer_id:
        return None
    return Refusal("same_employer", "工作单位没有变化", "The employer is the same", field="employer")


def dates_are_possible(
    subject: Expert, *, now: datetime.datetime, from_on: datetime.date, to_on: datetime.date | None, **data: Any
) -> Refusal | None:
    """A fact has begun, and does not end before it begins."""
    if from_on <= timezone.localdate(now) and (to_on is None or to_on >= from_on):
        return None
    return Refusal(
        "impossible_date",
        "起期不能晚于今天，止期不能早于起期",
        "The first day cannot lie after today, nor the last day before the first",
        field="from_on",
    )


def has_not_ended(subject: ExpertTie, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A tie is ended once."""
    if subject.to_on is None:
        return None
    return Refusal("tie_ended", f"该关系已于 {subject.to_on} 终止", f"This tie ended on {subject.to_on}")


def ends_in_its_time(subject: ExpertTie, *, now: datetime.datetime, to_on: datetime.date, **data: Any) -> Any:
    """Whoever could end it in the past would shorten the look-back."""
    today = timezone.localdate(now)
    if max(subject.from_on, today - datetime.timedelta(days=1)) <= to_on <= today:
        return None
    return Refusal(
        "impossible_date",
        "止期只能是今天或者昨天：回避年限自实际终止之日起算，不得倒填",
        "The last day is today or yesterday: the look-back runs from the real end and cannot be dated back",
        field="to_on",
    )
