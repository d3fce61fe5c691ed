"""Can somebody narrow what waits, see what is done, and take the list along as a file?"""

import csv
import datetime
import io

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import NOW, make_case, make_post
from tests.tendering.walk import Tender
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


def wait_for(post: Post, title: str, **values) -> Task:
    """A task of the post's organisation that is due in an hour."""
    case = make_case(buyer=post.organisation)
    given = {
        "root": case.ref,
        "subject": case.ref,
        "action": "agent.appoint",
        "clock": "C13",
        "role": post.role,
        "organisation_id": post.organisation_id,
        "title": title,
        "since": NOW,
        "due_at": NOW + HOUR,
    }
    return Task.objects.create(**{**given, **values})


def rows_of(client: Client, name: str) -> list[list[str]]:
    """The lines of a file, without its heading."""
    return list(csv.reader(io.StringIO(text_of(client.get(reverse(name))).lstrip("\ufeff"))))[1:]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"校服", "课桌", "公务车"}),
        ("?q=课", {"课桌"}),
        ("?verb=case.terminate", {"公务车"}),
        ("?seat=me", {"课桌"}),
        ("?seat=unit", {"校服", "公务车"}),
        ("?seat=anybody", set()),
        ("?q=%E8%AF%BE&verb=case.terminate", set()),
        ("?verb=no.such", {"校服", "课桌", "公务车"}),
    ],
)
def test_what_waits_is_narrowed_by_project_verb_and_seat(clock: Clock, query: str, shown: set[str]) -> None:
    post = make_post(Role.BUYER_OFFICER)
    wait_for(post, "校服")
    wait_for(post, "课桌", person_id=post.person_id)
    wait_for(post, "公务车", action="case.terminate", due_at=NOW + 40 * DAY)
    desk = at_desk(post)
    page = text_of(desk.get(reverse("work") + query))
    assert {title for title in ("校服", "课桌", "公务车") if f"：{title}" in page} == shown
    assert ("没有符合条件的待办" in page) == (not shown)
    rows = list(csv.reader(io.StringIO(text_of(desk.get(reverse("work_tasks_file") + query)).lstrip("\ufeff"))))
    assert {row[1].partition("：")[2] for row in rows[1:]} == shown


def test_the_file_has_urgency_time_ground_and_address_and_runs_nothing(clock: Clock) -> None:
    post = make_post(Role.BUYER_OFFICER)
    task = wait_for(post, "=cmd|calc", due_at=NOW - HOUR)
    Task.objects.filter(pk=task.pk).update(action="", clock="C13", title="@SUM(A1)")
    answer = at_desk(post).get(reverse("work_tasks_file"))
    assert answer["Content-Disposition"] == 'attachment; filename="worklist-2026-03-02.csv"'
    (_head, row) = csv.reader(io.StringIO(text_of(answer).lstrip("\ufeff")))
    assert row[0] == "已逾期" and row[2] == "2026-03-02 08:00" and "第六十八条" in row[3]
    assert row[5].startswith("http://testserver/work/")
    assert not any(cell.startswith(("=", "@", "+", "-")) for cell in row)


def test_what_was_done_leads_to_its_record_and_shows_nobody_elses(clock: Clock) -> None:
    tender = Tender(title="课桌椅采购").published()
    follow(tender, clock)
    bidder = tender.supplier()
    page = text_of(at_desk(bidder).get(reverse("work_handled")))
    assert "获取采购文件" in page and "课桌椅采购" in page and "发布采购公告" not in page
    agent = text_of(at_desk(tender.agent_post).get(reverse("work_handled")))
    assert "发布采购公告" in agent and "获取采购文件" not in agent
    record = agent.split('href="/work/done/')[1].split('"')[0]
    assert at_desk(tender.agent_post).get(f"/work/done/{record}").status_code == 200
    assert at_desk(bidder).get(f"/work/done/{record}").status_code == 404
    assert "还没有办理过事项" in text_of(at_desk(make_post(Role.TREASURY)).get(reverse("work_handled")))


def test_what_was_done_is_taken_along_by_who_did_it(clock: Clock) -> None:
    tender = Tender(title="课桌椅采购").published()
    follow(tender, clock)
    bidder = tender.supplier()
    assert [row[:2] for row in rows_of(at_desk(bidder), "work_handled_file")] == [["获取采购文件", "课桌椅采购"]]
    agents = rows_of(at_desk(tender.agent_post), "work_handled_file")
    assert ["发布采购公告", "课桌椅采购"] in [row[:2] for row in agents]
    assert not any(row[0] == "获取采购文件" for row in agents)
    assert at_desk(tender.agent_post).get(agents[0][3].removeprefix("http://testserver")).status_code == 200
    assert rows_of(at_desk(make_post(Role.TREASURY)), "work_handled_file") == []


def test_the_operators_file_lists_what_the_operator_does_and_no_paper_of_the_worker(clock: Clock) -> None:
    operator = make_post(Role.PLATFORM)
    wait_for(operator, "受托人演练", action="drill.begin", clock="", root="x:1", subject="x:1")
    wait_for(operator, "课桌椅采购", action="contract.issue_paper", clock="", organisation_id=None)
    assert [row[1].partition("：")[2] for row in rows_of(at_desk(operator), "work_tasks_file")] == ["受托人演练"]
    page = text_of(at_desk(operator).get(reverse("work")))
    assert "：受托人演练" in page and "：课桌椅采购" not in page


def test_what_has_no_clock_has_the_article_of_what_is_done(clock: Clock) -> None:
    post = make_post(Role.BUYER_OFFICER)
    wait_for(post, "校服", clock="", due_at=None)
    row = text_of(at_desk(post).get(reverse("work"))).split('class="todo-row')[1].split("</li>")[0]
    assert "委托代理机构：校服" in row and 'class="citation"' in row and 'href="/law/' in row
