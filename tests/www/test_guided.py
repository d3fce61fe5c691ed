"""Can a visitor of the demo begin a story by one click, see the others act, and have the list tick itself?"""

import datetime
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from tests.www.support import text_of
from yangcai.demo import anew, living
from yangcai.demo.acting import Told
from yangcai.demo.models import Story
from yangcai.demo.stories import PLOTS
from yangcai.kernel import clock
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.inputs import RowsField
from yangcai.kernel.models import Entry, Task
from yangcai.parties.models import Post
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.replay import district
from yangcai.replay.driver import begin_again
from yangcai.tendering.actions.scores import ScoreRow
from yangcai.tendering.inputs import narrow
from yangcai.www import guided, sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(settings) -> Client:
    settings.YANGCAI_SANDBOX = True
    district.settle()
    begin_again()
    clock.set_sandbox(at=district.MORNING)
    return Client()


def page(client: Client) -> Any:
    return client.get(reverse("demo"))


def test_a_story_begins_by_one_click_and_ticks_itself(visitor: Client) -> None:
    answer = visitor.post(reverse("sandbox_story"), {"story": "open-tender"}, follow=True)
    story = Story.objects.get()
    assert answer.context["post"].role == Role.BUYER_OFFICER == story.post.role
    answer = page(visitor)
    html, said = answer.content.decode(), text_of(answer)
    assert "试一试 0/8" in said and ACTIONS["intention.publish"].zh in said.partition("轮到您：")[2][:200]
    # The visitor's own step, on the form to which the page leads.
    form = re.search(r'href="(/work/do/appropriation/\d+/intention.publish/)"', html).group(1)
    plot = PLOTS["open-tender"].plot
    data = {"title": plot.title, "overview": plot.title, "amount": plot.budget, "expected_on": "2026-07-16"}
    assert visitor.post(form, data).status_code == 302
    assert "试一试 1/8" in text_of(page(visitor))
    assert Entry.objects.filter(root=story.appropriation.intentions.get().ref, outcome="done").exists()


def test_the_others_act_after_the_visitor_and_it_is_told(visitor: Client) -> None:
    visitor.post(reverse("sandbox_story"), {"story": "failed-tender"})  # as the agent: the buyer acts by itself
    assert Entry.objects.filter(action="plan.file", outcome="done").count() == 1
    answer = visitor.post(reverse("sandbox_clock"), {"forward": "2026-07-17T09:00", "next": "/demo/"}, follow=True)
    assert f"其他角色自动办理：{ACTIONS['case.open'].zh}" in text_of(answer)
    visitor.post(reverse("sandbox_others"), {"others": "manual"})
    assert Story.objects.get().is_automatic is False
    visitor.post(reverse("sandbox_others"), {"others": "leave"})
    assert "试一试" not in text_of(page(visitor))


def test_one_click_leads_to_the_visitors_next_step(visitor: Client) -> None:
    """Past everything that others do and every period that runs, and not beyond what is the visitor's own."""
    visitor.post(reverse("sandbox_story"), {"story": "failed-tender"})  # as the agent, who waits for the intention
    story, before = Story.objects.get(), clock.now()
    assert 'value="turn"' in page(visitor).content.decode()
    answer = visitor.post(reverse("sandbox_clock"), {"forward": "turn", "next": "/demo/"}, follow=True)
    assert f"其他角色自动办理：{ACTIONS['case.open'].zh}" in text_of(answer)
    assert clock.now() - before > datetime.timedelta(days=30) and answer.context["sandbox"].story.turn
    assert 'value="turn"' not in answer.content.decode()
    # It leads to the form itself, which has one empty row to spare under what is filled in.
    assert answer.request["PATH_INFO"] == answer.context["sandbox"].story.turn_url
    assert answer.context["form"].fields["rows"].widget.blank == 1
    assert 'name="rows-1-' in answer.content.decode() and 'name="rows-2-' not in answer.content.decode()
    # What fell due on the way is told once, and as what it is: the shortest time of the intention, twice waited for.
    (told,) = [one.message for one in answer.context["messages"] if "到期处理" in one.message]
    waited, plot = "采购意向公开后方可开始采购活动（法定最短）", PLOTS["failed-tender"].plot
    assert told.count(waited) == 1 and f"{waited} × 2（{plot.title}）" in told
    now = clock.now()
    answer = visitor.post(reverse("sandbox_clock"), {"forward": "turn", "next": "/demo/"}, follow=True)
    assert clock.now() == now, "it is the visitor's turn already"
    assert "到期处理" not in text_of(answer), "nothing fell due: nothing is said of it"
    assert story.started_at == before


def test_every_role_is_one_click_away(visitor: Client) -> None:
    offered = re.findall(r'name="post" value="(\d+)"', page(visitor).content.decode())
    posts = Post.objects.filter(pk__in=offered).exclude(person__username="clock")
    assert set(posts.values_list("role", flat=True)) == set(Role)
    operator = posts.get(role=Role.PLATFORM)
    assert visitor.post(reverse("sandbox_post"), {"post": operator.pk}, follow=True).context["post"] == operator
    # The clock goes on acting for itself: nobody in person did what it does.
    assert platform_post(now=clock.now()).person.username == "clock"


def test_to_change_the_role_takes_the_story_along(visitor: Client) -> None:
    visitor.post(reverse("sandbox_story"), {"story": "open-tender"})
    story = Story.objects.get()
    other = next(one for one in story.post.organisation.posts.all() if one.role == Role.BUYER_REVIEWER)
    visitor.post(reverse("sandbox_post"), {"post": other.pk})
    story.refresh_from_db()
    assert story.post == other and "试一试" in text_of(page(visitor))


def test_where_nothing_is_open_a_visitor_is_told_how_something_comes_about(visitor: Client, settings: Any) -> None:
    """The clock of a demo stands in any month; of the year nothing may be open by then."""
    places = [reverse("home"), reverse("running", args=["bidding"]), reverse("work_tenders")]
    supplier = Post.objects.filter(role=Role.SUPPLIER).first()
    visitor.post(reverse("sandbox_post"), {"post": supplier.pk})
    hint = "开始一个剧本，就有一个正在进行的采购"
    assert [hint in text_of(visitor.get(place)) for place in places] == [True] * 3
    settings.YANGCAI_SANDBOX = False
    assert [hint in text_of(visitor.get(place)) for place in places] == [False] * 3


def test_outside_a_sandbox_there_are_no_stories(visitor: Client, settings) -> None:
    settings.YANGCAI_SANDBOX = False
    for name in ("sandbox_story", "sandbox_others"):
        assert visitor.post(reverse(name), {"story": "open-tender", "others": "manual"}).status_code == 404
    for name in ("demo_budget", "demo_template", "demo_solicitation", "demo_bids"):
        assert visitor.get(reverse(name)).status_code == 404


@pytest.mark.parametrize(
    ("name", "begins"),
    [("demo_budget", b"\xef\xbb\xbf"), ("demo_template", b"PK"), ("demo_solicitation", b"%PDF"), ("demo_bids", b"PK")],
)
def test_sample_files_are_what_they_say(visitor: Client, name: str, begins: bytes) -> None:
    answer = visitor.get(reverse(name))
    assert answer.status_code == 200 and answer.content.startswith(begins)
    assert f'href="{reverse(name)}"' in page(visitor).content.decode()


def test_the_line_shows_what_lies_behind_and_before_and_a_click_goes_there(visitor: Client) -> None:
    visitor.post(reverse("sandbox_story"), {"story": "failed-tender"})  # as the agent: the buyer plans by itself
    line = page(visitor).context["line"]
    assert [point.state for point in line[:3]] == ["done", "done", "current"]
    assert line[0].name == ACTIONS["intention.publish"].title
    dated = next(point for point in line if point.to)
    assert line[-1].name == ACTIONS["lot.declare_unsuccessful"].title and line[-1].at is None
    visitor.post(reverse("sandbox_clock"), {"forward": dated.to, "next": "/demo/"})
    assert clock.now() == dated.at


def test_a_demo_that_is_not_prepared_is_not_reset(visitor: Client) -> None:
    visitor.post(reverse("sandbox_story"), {"story": "open-tender"})
    answer = visitor.post(reverse("sandbox_reset"), {}, follow=True)
    assert "请先确认" in text_of(answer)
    answer = visitor.post(reverse("sandbox_reset"), {"sure": "1"}, follow=True)
    assert "只有演示区可以重置" in text_of(answer)
    assert Story.objects.exists()


@pytest.mark.parametrize(
    ("is_ready", "says"), [(False, "还在准备，请稍候"), (True, "已随全区全年数据备好：请先重置演示区")]
)
def test_whoever_waits_for_an_agreement_is_told_when_waiting_is_over(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, is_ready: bool, says: str
) -> None:
    """The year with its agreements is made beside the demo: it comes in by a reset, never by itself."""
    why = None if is_ready else anew.CannotReset(zh="未备好", en="not ready")
    monkeypatch.setattr(anew, "obstacle", lambda home: why)
    assert says in text_of(page(visitor))
    assert says in text_of(visitor.post(reverse("sandbox_story"), {"story": "call-off"}, follow=True))
    assert not Story.objects.exists()


@pytest.mark.long
def test_what_was_done_leads_to_what_comes_next(visitor: Client) -> None:
    """Without a detour: the page of the outcome has the next step, or moves the clock to it; the bar has it too."""
    visitor.post(reverse("sandbox_story"), {"story": "failed-tender"})
    visitor.post(reverse("sandbox_clock"), {"forward": "turn", "next": "/demo/"})
    said = []
    while (url := turn_of(visitor)) and "/invitation.publish/" not in url:
        answer = visitor.get(url)
        form = dict(answer.context["form"].initial)
        rows = {f"rows-{n}-{k}": v for n, row in enumerate(form.pop("rows", [])) for k, v in row.items()}
        done = visitor.post(url, {**form, **rows}, follow=True)
        said.append(re.findall(r'class="button primary" href="(/work/do/[^"]+)"', done.content.decode()))
        bar = re.search(r'class="sandbox-next">[^<]*<a href="([^"]+)"', done.content.decode())
        assert bar and said[-1] == [bar.group(1)] == [turn_of(visitor)]
    assert len(said) > 3


def turn_of(client: Client) -> str:
    """Where the page leads for what is the visitor's to do now."""
    found = re.search(r'class="button primary" href="(/work/do/[^"]+)"', page(client).content.decode())
    assert found
    return found.group(1)


def test_a_visitors_form_is_filled_in_and_can_be_sent_as_it_is(visitor: Client) -> None:
    visitor.post(reverse("sandbox_story"), {"story": "open-tender"})
    for code in ("intention.publish", "plan.draft"):  # the longest form of all is the second
        url = turn_of(visitor)
        assert url.endswith(f"/{code}/")
        answer = visitor.get(url)
        assert "演示已替您填好" in text_of(answer)
        form = answer.context["form"]
        sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
        sent = {name: getattr(value, "pk", value) for name, value in sent.items()}
        assert visitor.post(url, sent).status_code == 302
    assert Entry.objects.filter(action="plan.draft", outcome="done").count() == 1


def test_what_the_visitor_has_noted_stays_in_a_form_that_is_filled_in() -> None:
    """An expert who scored on the desk hands in those points, and not the story's."""
    field = RowsField(ScoreRow, blank=0)
    narrow(field, bid=[(1, "甲"), (2, "乙")], criterion=[(7, "技术")])
    field.initial = [
        {"bid": 1, "criterion": 7, "value": "50", "reason": "完整"},
        {"bid": 2, "criterion": 7, "value": None},
    ]
    told = [{"bid": bid, "criterion": 7, "value": Decimal("44.5")} for bid in (1, 2)]
    assert guided.merged(field, told) == [{**told[0], "value": "50", "reason": "完整"}, told[1]]


def test_a_closed_list_that_is_filled_in_stays_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it says in words what each row is about, as to anybody outside a story."""

    class Both(forms.Form):
        closed, open = RowsField(ScoreRow, blank=0), RowsField(ScoreRow)

    form, subject, action = Both(), SimpleNamespace(ref="lot:1"), ACTIONS["scores.submit"]
    told = {name: [{"bid": 1, "criterion": 7, "value": Decimal("44.5")}] for name in form.fields}
    for field in form.fields.values():
        narrow(field, bid=[(1, "甲")], criterion=[(7, "技术")])
    deed = SimpleNamespace(action=action.code, subject=subject, by=SimpleNamespace(pk=5), data=told)
    monkeypatch.setattr(guided, "of", lambda request: SimpleNamespace(post_id=5, name="open-tender"))
    monkeypatch.setattr(guided, "Scene", lambda *told, **more: None)
    monkeypatch.setattr(guided.acting, "deeds", lambda scene: [deed])
    assert guided.fill(SimpleNamespace(now=None), action, subject, form)  # type: ignore[arg-type]
    assert [field.widget.blank for field in form.fields.values()] == [0, guided.SPARE]


@pytest.mark.parametrize(("name", "word"), [("open-tender", "投标文件"), ("consultation", "响应文件")])
def test_what_others_did_is_told_in_the_words_of_the_method(visitor: Client, name: str, word: str) -> None:
    story = living.begin(name, now=clock.now())
    request = visitor.get(reverse("demo")).wsgi_request
    guided.say(request, [Told(clock.now(), guided.beginner(name), "bid.submit", story.pk)])
    assert f"递交{word}" in [str(one) for one in get_messages(request)][-1]


@pytest.mark.parametrize(("count", "is_cut"), [(sandbox.TOLD, False), (sandbox.TOLD + 1, True)])
def test_of_much_that_fell_due_it_is_said_that_more_did(count: int, is_cut: bool) -> None:
    fired = [Task(action="opening.begin", title=f"项目{n}", root="", subject="") for n in range(count)]
    told = sandbox._passed(fired, to=district.MORNING)
    assert f"到期处理 {count} 件" in told and f"项目{sandbox.TOLD - 1}）" in told
    assert told.endswith("其余从略") is is_cut


def test_outside_a_story_a_form_is_the_visitors_own(visitor: Client) -> None:
    visitor.post(reverse("sandbox_story"), {"story": "open-tender"})
    url = turn_of(visitor)
    visitor.post(reverse("sandbox_others"), {"others": "leave"})
    answer = visitor.get(url)
    assert "演示已替您填好" not in text_of(answer) and not answer.context["form"].initial.get("overview")
