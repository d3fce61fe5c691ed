"""Does the treasury see what waits for it, the oldest legal deadline first, one button each, and what was filed?"""

import datetime
import re

import pytest
from django.urls import reverse

from tests.factories import NOW, fund_appropriation, make_plan_item, make_post
from tests.www.support import Clock, at_desk, text_of
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def wait_for(
    post: Post, title: str, *, action: str, since: datetime.datetime, due_at: datetime.datetime | None
) -> None:
    clock = "C36" if due_at else ""
    subject = {"case.resume": "case:1", "method_approval.decide": "methodapproval:1"}[action]
    Task.objects.create(
        root="case:1",
        subject=subject,
        action=action,
        clock=clock,
        role=post.role,
        title=title,
        since=since,
        due_at=due_at,
        organisation_id=None,
    )


def projects(page: str) -> list[str]:
    return re.findall(r'<td data-label="采购项目或者对象" lang="zh-Hans">(.*?)</td>', page)


def test_deadlines_first_then_what_has_waited_longest_and_one_kind_at_a_time(clock: Clock) -> None:
    post = make_post(Role.TREASURY)
    wait_for(post, "新报来的", action="method_approval.decide", since=NOW - DAY, due_at=None)
    wait_for(post, "等得久的", action="method_approval.decide", since=NOW - 9 * DAY, due_at=None)
    wait_for(post, "下周到期的", action="case.resume", since=NOW - DAY, due_at=NOW + 7 * DAY)
    wait_for(post, "已逾期的", action="case.resume", since=NOW - 2 * DAY, due_at=NOW - DAY)
    desk = at_desk(post)
    page = text_of(desk.get(reverse("work_queue")))
    assert projects(page) == ["已逾期的", "下周到期的", "等得久的", "新报来的"]
    assert "4 件等待办理" in page and "1 件已逾期" in page and "没有法定期限" in page
    assert page.count("/work/do/methodapproval/1/method_approval.decide/") == 2
    assert projects(text_of(desk.get(reverse("work_queue"), {"kind": "case.resume"}))) == ["已逾期的", "下周到期的"]
    assert len(projects(text_of(desk.get(reverse("work_queue"), {"kind": "no.such"})))) == 4


def test_what_is_filed_is_there_to_be_read(clock: Clock) -> None:
    officer = make_post(Role.BUYER_OFFICER)
    item = make_plan_item(fund_appropriation(officer.organisation), title="课桌椅采购", approved=False)
    PlanItem.objects.filter(pk=item.pk).update(submitted_at=NOW, approved_at=NOW)
    treasury = at_desk(make_post(Role.TREASURY))
    assert "没有等待办理的审批" in text_of(treasury.get(reverse("work_queue")))
    perform(ACTIONS["plan.file"], PlanItem.objects.get(pk=item.pk), by=officer, now=NOW)
    page = text_of(treasury.get(reverse("work_queue")))
    filed = page.split("最近的备案")[1]
    assert reverse("work_plan_item", args=[item.pk]) in filed and "采购计划备案" in filed
    assert at_desk(officer).get(reverse("work_queue")).status_code == 403
    # What came in earlier stands behind, even where the log had it later: the past of a demo is entered case by case.
    earlier = make_plan_item(fund_appropriation(officer.organisation), title="更早的采购", approved=False)
    PlanItem.objects.filter(pk=earlier.pk).update(submitted_at=NOW - 7 * DAY, approved_at=NOW - 7 * DAY)
    perform(ACTIONS["plan.file"], PlanItem.objects.get(pk=earlier.pk), by=officer, now=NOW - 7 * DAY)
    filed = text_of(treasury.get(reverse("work_queue"))).split("最近的备案")[1]
    assert 0 < filed.index("课桌椅采购") < filed.index("更早的采购")
