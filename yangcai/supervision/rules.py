"""Why may a case not be suspended, not be resumed, and nothing be done on it meanwhile?"""

import datetime
from typing import Any

from yangcai import law
from yangcai.cases import suspensions
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post
from yangcai.tendering.models import Prequalification


def case_is_suspended(case: Case, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Closes every Action of a suspended case; registered once, in the kernel's BLOCKS."""
    suspension = suspensions.open_suspension(case, now=now)
    if suspension is None:
        return None
    return law.refusal(
        "supervision.suspend",
        code="case_suspended",
        zh="{authority}已于 {since} 书面通知暂停采购活动，恢复之前（最迟 {until}）不能办理",
        en="{authority} suspended this procurement in writing on {since}: nothing can be done before it is resumed, "
        "at the latest on {until}",
        authority=suspension.authority,
        since=calendar.day_of(suspension.suspended_at),
        until=suspension.until_on,
        **applicable(case, now=now),
    )


def its_case_is_suspended(prequalification: Prequalification, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """What belongs to a suspended case stands still with it."""
    return case_is_suspended(prequalification.case, by=by, now=now)


def case_goes_on(case: Case, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if case.ended_at is None:
        return None
    return law.refusal(
        "supervision.suspend",
        code="case_ended",
        zh="采购项目已于 {ended_on} 结束，没有可以暂停的采购活动",
        en="The case ended on {ended_on}: there is nothing left to suspend",
        ended_on=calendar.day_of(case.ended_at),
        **applicable(case, now=now),
    )


def within_longest_suspension(
    case: Case, *, by: Post, now: datetime.datetime, until_on: datetime.date, **data: Any
) -> Refusal | None:
    """At most 30 calendar days, and at least to tomorrow (政府采购法 art. 57; 94号令 art. 28)."""
    applies = applicable(case, now=now)
    first = calendar.day_of(now) + calendar.ONE_DAY
    last = calendar.day_of(now) + law.value("complaint.suspend", **applies) * calendar.ONE_DAY
    if first <= until_on <= last:
        return None
    return law.refusal(
        "complaint.suspend",
        code="suspension_too_long" if until_on > last else "impossible_date",
        zh="暂停时间最长不得超过{limit}：最迟恢复日期应在 {first} 至 {last} 之间",
        en="A suspension lasts {limit} at most: the last day must lie between {first} and {last}",
        field="until_on",
        first=first,
        last=last,
        **applies,
    )


def suspended(case: Case, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if suspensions.open_suspension(case, now=now) is not None:
        return None
    return law.refusal(
        "supervision.suspend",
        code="not_suspended",
        zh="采购活动没有被暂停",
        en="This procurement is not suspended",
        **applicable(case, now=now),
    )
