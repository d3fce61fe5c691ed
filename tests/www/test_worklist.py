"""Does the home page of each role show what waits, by urgency, with its ground, and as fast for many as for few?"""

import datetime
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from tests.contracts import support
from tests.factories import NOW, at, make_case, make_organisation, make_post
from tests.tendering.judging import DRAWN, EQUAL, SEATED, SIGNED, hall, three
from tests.tendering.walk import Tender
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.kernel import tasks
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import Correction
from yangcai.www import sandbox
from yangcai.www.work import judging, worklist

pytestmark = pytest.mark.django_db
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


#: Beyond the numbers of the cases that other tests make: of one that is there the page shows the rail.
NO_CASE = 10**9


def wait_for(post: Post, due_at: datetime.datetime | None, *, n: int = 1, **values) -> Task:
    """A task of the post's organisation on some case."""
    return Task.objects.create(
        **{
            "root": f"case:{NO_CASE + n}",
            "subject": f"case:{NO_CASE + n}",
            "action": "agent.appoint",
            "clock": "C13",
            "role": post.role,
            "organisation_id": post.organisation_id,
            "title": f"项目{n}",
            "since": NOW - n * HOUR,
            "due_at": due_at,
            **values,
        }
    )


def keys(post: Post, now: datetime.datetime = NOW) -> dict[str, list[str]]:
    return {group.key: [item.title for item in group.items] for group in worklist.groups(post, now=now)}


def test_tasks_are_grouped_by_urgency() -> None:
    """NOW is Monday 09:00: today ends at midnight, the week with Sunday."""
    post = make_post(Role.BUYER_OFFICER)
    times = [NOW - HOUR, at("2026-03-02T23:59"), at("2026-03-03T00:00"), at("2026-03-08T23:00"), at("2026-03-09T00:00")]
    for n, due_at in enumerate([*times, None], start=1):
        wait_for(post, due_at, n=n)
    assert keys(post) == {
        "overdue": ["委托代理机构：项目1"],
        "today": ["委托代理机构：项目2"],
        "week": ["委托代理机构：项目3", "委托代理机构：项目4"],
        "later": ["委托代理机构：项目5"],
        "undated": ["委托代理机构：项目6"],
    }


def test_only_what_waits_for_this_post_is_shown() -> None:
    post = make_post(Role.BUYER_OFFICER)
    colleague = make_post(Role.BUYER_OFFICER, post.organisation)
    wait_for(post, NOW + HOUR, n=1)  # the organisation's
    wait_for(post, NOW + HOUR, n=2, person_id=post.person_id)  # one's own
    wait_for(post, NOW + HOUR, n=3, organisation_id=None)  # anybody's of that role
    wait_for(post, NOW + HOUR, n=4, person_id=colleague.person_id)
    wait_for(post, NOW + HOUR, n=5, organisation_id=make_organisation().pk)
    wait_for(post, NOW + HOUR, n=6, role=Role.BUYER_REVIEWER)
    wait_for(post, NOW + HOUR, n=7, done_at=NOW)
    wait_for(post, NOW + HOUR, n=8, action="", role="")
    assert [title[-1] for title in keys(post)["today"]] == ["1", "2", "3"]


def test_the_operator_is_not_asked_for_what_the_worker_makes() -> None:
    post = make_post(Role.PLATFORM)
    wait_for(post, None, n=1, action="report.issue_paper", organisation_id=None)
    wait_for(post, None, n=2, action="drill.conclude", organisation_id=None)
    assert [title.partition("：")[2] for title in keys(post)["undated"]] == ["项目2"]
    assert worklist.count(post, now=NOW) == 1


def test_every_row_has_verb_time_ground_and_one_button(clock: Clock) -> None:
    post = make_post(Role.BUYER_OFFICER)
    case = make_case(buyer=post.organisation, stage="preparation")
    wait_for(post, NOW - DAY, root=case.ref, subject=case.ref, title=case.title)
    page = at_desk(post).get(reverse("work")).content.decode()
    assert f"委托代理机构：{case.title}" in page
    assert "逾期 1天" in page
    assert "第六十八条" in page  # C13
    assert page.count(f'href="/work/do/case/{case.pk}/agent.appoint/"') == 1
    assert case.number in page


def test_what_the_clock_has_said_stands_in_words_on_worklist_and_case_page(clock: Clock) -> None:
    post = make_post(Role.BUYER_OFFICER)
    case = make_case(buyer=post.organisation, stage="preparation")
    task = wait_for(
        post, NOW + DAY, root=case.ref, subject=case.ref, title=case.title, clock="C21", since=NOW - 9 * DAY
    )
    addresses = [reverse("work"), reverse("work_case", args=[case.pk])]
    client = at_desk(post)

    def said(words: str) -> list[bool]:
        return [words in client.get(address).content.decode() for address in addresses]

    assert said("提醒") == [False, False]
    Task.objects.filter(pk=task.pk).update(warn_at=NOW - DAY)
    tasks.fire_due(now=NOW)
    assert said("提醒：期限已过 80%") == [True, True]
    clock.at = NOW + 2 * DAY
    tasks.fire_due(now=clock.at)
    assert said("提醒逾期") == [True, True] and said("已逾期") == [True, True]
    client.cookies["django_language"] = "en"
    assert said("that it is overdue") == [True, True]


def test_a_long_group_is_cut_and_counted(monkeypatch) -> None:
    monkeypatch.setattr(worklist, "SHOWN", 3)
    monkeypatch.setattr(worklist, "COUNTED", 5)
    post = make_post(Role.TREASURY)
    for n in range(1, 9):
        wait_for(post, NOW + 30 * DAY + n * HOUR, n=n)
    (group,) = worklist.groups(post, now=NOW)
    assert ([item.title[-1] for item in group.items], group.total) == (["1", "2", "3"], 5)


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.BUYER_OFFICER, Role.AGENT, Role.SUPPLIER, Role.TREASURY, Role.EXPERT])
def test_the_number_of_queries_does_not_grow(clock: Clock, role: str) -> None:
    post = make_post(role)
    client = at_desk(post)
    client.get(reverse("work"))  # what is cached once

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(reverse("work")).status_code == 200
        return len(caught)

    side = {"buyer": post.organisation} if role == Role.BUYER_OFFICER else {}
    side |= {"agent": post.organisation} if role == Role.AGENT else {}
    make_case(stage="submission", **side)
    wait_for(post, NOW + HOUR, n=1000)
    few = queries()
    for n in range(1, 21):
        make_case(stage="submission", lots=2, **side)
        wait_for(post, NOW + HOUR, n=n)
    assert queries() == few <= 22


@pytest.mark.long
def test_rows_about_the_seats_of_a_committee_say_whose_conduct_is_meant(clock: Clock) -> None:
    """Whoever runs the tender knows who signed in; of another's committee, or before that, the seat alone is told."""
    h = three()
    h.score(EQUAL)
    h.compute()
    h.sign()
    clock.at = SIGNED
    names = [member.post.person.name for member in h.members]

    def rows(post: Post) -> list[worklist.Todo]:
        todos = [todo for group in worklist.groups(post, now=SIGNED) for todo in group.items]
        return [todo for todo in todos if "conduct." in todo.url]

    assert h.agent is not None
    # Five alike are one line, from which each is reached by its name.
    (line,) = rows(h.agent)
    assert line.title == f"记录专家履职情况：{h.case}"
    forms = {member.post.person.name: f"/do/committeemember/{member.pk}/conduct.record/" for member in h.members}
    assert {name: url[-len(forms[name]) :] for name, url in line.seats} == forms
    found = worklist.groups(h.agent, now=SIGNED)
    assert all(group.total == len(group.items) for group in found)
    # One's own seat needs no name.
    assert [todo.title for todo in rows(h.chair)] == [f"记录采购人、代理机构履职情况：{h.case}"]
    seats = [Task(subject=member.ref) for member in h.members]
    numbers = [f"第 {n} 席" for n in range(1, 6)]
    assert list(judging.sitters(seats, post=make_post(Role.AGENT)).values()) == numbers
    assert list(judging.sitters(seats[3:1:-1], post=make_post(Role.AGENT)).values()) == numbers[2:4]
    drawn = hall("950000", "1000000", "1100000")
    drawn.do("committee.draw", drawn.case, drawn.runner, DRAWN, evaluates_at=SEATED)
    seats = [Task(subject=member.ref) for member in drawn.members]
    assert list(judging.sitters(seats, post=drawn.runner).values()) == numbers
    page = unescape(text_of(at_desk(h.agent).get(reverse("work"))))
    assert page.count(f"记录专家履职情况：{h.case}") == 2  # the title, and what its button says
    assert all(name in page for name in names)
    for member in h.members[1:]:
        h.do("conduct.record", member, h.agent, SIGNED, grade="good")
    (line,) = rows(h.agent)
    assert (line.title, line.seats) == (f"记录专家履职情况（{names[0]}）：{h.case}", ())
    page = text_of(at_desk(h.agent).get(reverse("work"), headers={"accept-language": "en"}))
    assert f"Record the expert's conduct ({names[0]}): " in unescape(strip_tags(page))


def test_who_sits_where_is_asked_once_for_however_many_committees(clock: Clock) -> None:
    h = three()
    h.score(EQUAL)
    h.compute()
    h.sign()
    assert h.agent is not None
    waiting = tasks.of_post(h.agent).filter(action="conduct.record")
    one = list(waiting)
    other = three()
    seats = [Task(subject=member.ref) for member in other.members]
    for rows, names in ((one, 5), ([*one, *seats], 10)):
        with CaptureQueriesContext(connection) as caught:
            assert len(judging.sitters(rows, post=h.agent)) == names
        assert len(caught) == 1


def test_a_supplier_finds_what_it_may_bid_for(clock: Clock) -> None:
    post = make_post(Role.SUPPLIER)
    later, sooner = (make_case(stage="submission", title=title) for title in ("晚的", "早的"))
    hidden = make_case(stage="preparation", title="没有公告的")
    closed = make_case(stage="submission", title="已经截止的")
    for case, days in ((later, 20), (sooner, 2), (closed, -1)):
        case.periods.update(opens_at=NOW - 9 * DAY, closes_at=NOW + days * DAY)
    page = at_desk(post).get(reverse("work_tenders")).content.decode()
    assert page.index(sooner.title) < page.index(later.title)
    assert hidden.title not in page and closed.title not in page


def test_a_correction_waits_for_whoever_has_the_documents_until_it_says_that_it_read_it(clock: Clock) -> None:
    tender = Tender().published()
    holder = tender.supplier()
    tender.now += DAY
    tender.do("correction.publish", tender.case, tender.runner, item="技术参数", before="内存 8G", after="内存 16G")
    follow(tender, clock)
    desk, change = at_desk(holder), Correction.objects.get()
    form = reverse("work_do", args=["correction", change.pk, "correction.acknowledge"])
    page = text_of(desk.get(reverse("work")))
    assert "确认收到更正" in page and form in page
    assert change.after in text_of(desk.get(form))
    desk.post(form, {})
    assert change.receipts.get().supplier == holder.organisation
    assert form not in text_of(desk.get(reverse("work")))


def test_what_waits_for_several_payments_says_for_which(clock: Clock) -> None:
    """Two invoices of one contract are one line, from which each is reached by the name of its payment."""
    s = support.scene()
    support.effective(s)
    last = s.milestone("acceptance")
    support.delivered(s, last)
    support.accepted(s, milestone=last)
    clock.at = support.INVOICED
    todos = [todo for group in worklist.groups(s.supplier, now=clock.at) for todo in group.items]
    (line,) = [todo for todo in todos if "invoice.submit" in todo.url]
    assert line.title == f"提交发票：{s.case}"
    assert [name for name, _url in line.seats] == ["预付款", "验收款"]
    assert line.seats[1][1].endswith(f"/milestone/{last.pk}/invoice.submit/")
    # Wherever the lines are counted, these two are one as well.
    assert tasks.of_post(s.supplier, now=clock.at).count() == len(todos) + 1
    assert worklist.count(s.supplier, now=clock.at) == len(todos)
    (offered,) = sandbox.waiting([s.supplier], now=clock.at)
    assert offered.tasks == len(todos)  # type: ignore[attr-defined]
    # What is paid otherwise is asked about otherwise: research costs are no part of an ordinary invoice.
    address = reverse("work_do", args=["milestone", last.pk, "invoice.submit"])
    assert "研发成本" not in text_of(at_desk(s.supplier).get(address))
