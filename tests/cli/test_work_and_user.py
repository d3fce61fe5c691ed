"""Does the worker do what is due and outlive its database? Are people added without leaving passwords about?"""

import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests import factories
from tests.contracts import support
from tests.factories import NOW, at
from yangcai import cli
from yangcai.cli import console, site
from yangcai.cli.commands import serve, work
from yangcai.kernel import papers, tasks
from yangcai.kernel.models import Entry, Task
from yangcai.parties.models import Organisation, Person, Post
from yangcai.parties.roles import Role
from yangcai.www import signed_papers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_tests_own_site(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Django runs already, the clock stands, and the language is put back."""
    monkeypatch.setattr(site, "load", lambda: translation.activate(site.LANGUAGES[console.language()]))
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: NOW)
    yield
    translation.activate("zh-hans")
    console.choose_language("zh")


def due(at_moment: Any = NOW, clock: str = "C27") -> Task:
    return Task.objects.create(
        root="case:1", subject="case:1", action="x", clock=clock, role="", title="项目", since=NOW, due_at=at_moment
    )


def answered(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return json.loads(capsys.readouterr().out)


# --- work --------------------------------------------------------------------------------------------------------


def test_one_round_does_what_is_due_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    due()
    due(at("2026-03-02T09:01"), clock="C20")
    assert cli.main(["work", "--once", "--json"]) == 0
    assert [(f["clock"], f["title"]) for f in answered(capsys)["data"]["fired"]] == [("C27", "项目")]
    assert cli.main(["work", "--once"]) == 0
    assert capsys.readouterr().out == "到期 0 项\n"


def test_a_round_issues_the_signed_papers_that_wait(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = True, "demo", "demo"
    contract = support.signed(support.scene())
    assert cli.main(["work", "--once"]) == 0
    assert f"{contract.case.title}：出具合同签署文本" in capsys.readouterr().out
    assert papers.paper_of(contract) is not None
    assert cli.main(["work", "--once"]) == 0
    assert "出具合同签署文本" not in capsys.readouterr().out


@pytest.mark.long
def test_a_payment_from_before_there_were_orders_gets_its_own_as_the_worker_begins(settings: Any) -> None:
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = True, "demo", "demo"
    s = support.scene()
    support.effective(s)
    request = support.paid(s, s.milestone("signature"))
    Task.objects.filter(action="payment.issue_paper").delete()  # as a version left it that knew of none
    assert cli.main(["work", "--once"]) == 0
    assert papers.paper_of(request) is not None
    assert signed_papers.ask_for_owed_orders(now=NOW) == 0


def test_the_worker_goes_round_until_it_is_stopped_and_waits_no_longer_than_the_next_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    due(at("2026-03-02T09:00:02"))
    waits: list[float] = []
    stop = threading.Event()

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        monkeypatch.setattr("yangcai.kernel.clock.now", lambda: at("2026-03-02T09:00:02"))
        if len(waits) == 2:
            stop.set()
        return stop.is_set()

    monkeypatch.setattr(stop, "wait", wait)
    fired = list(work.work(stop=stop, interval=5.0))
    assert [t.title for t in fired] == ["项目"]
    assert waits == [2.0, 5.0]


def test_deadlines_and_the_log_come_before_each_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three papers wait: each is made in a round of its own, at once after the other."""
    done: list[str] = []
    waits: list[float] = []
    papers_waiting = [Task() for _paper in range(3)]
    stop = threading.Event()

    class Slow:
        def round(self, *, now: Any, tick: float, most: int) -> list[Task]:
            done.append("paper")
            made = papers_waiting[:most]
            del papers_waiting[:most]
            return made

    def fire_due(*, now: Any) -> list[Task]:
        done.append("due")
        return []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 4:
            stop.set()

    monkeypatch.setattr(work, "_issuer", Slow)
    monkeypatch.setattr(tasks, "fire_due", fire_due)
    monkeypatch.setattr(tasks, "next_due_at", lambda *, after: None)
    monkeypatch.setattr(stop, "wait", wait)
    assert len(list(work.work(stop=stop, interval=5.0, also=lambda: done.append("log") or 5.0))) == 3
    assert done == ["due", "log", "paper"] * 4
    assert waits == [0.0, 0.0, 0.0, 5.0]


def test_a_deed_beside_the_deadlines_that_fails_holds_none_of_them_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*, now: Any) -> None:
        raise PermissionError("the trustee's key may be read by everybody")

    monkeypatch.setattr("yangcai.tendering.share_tests.try_what_came_in", fails)
    task = due()
    assert [one.pk for one in work._due()] == [task.pk]
    assert "fails failed" in caplog.text and "PermissionError" in caplog.text


@pytest.mark.parametrize("broken", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch, broken: type[Exception]) -> None:
    stop = threading.Event()
    rounds: list[int] = []

    def away(*, now: Any) -> list[Task]:
        rounds.append(1)
        if len(rounds) == 3:
            stop.set()
            return []
        raise broken("the server closed the connection")

    monkeypatch.setattr(tasks, "fire_due", away)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    assert list(work.work(stop=stop, interval=0.01)) == []
    assert len(rounds) == 3


# --- user --------------------------------------------------------------------------------------------------------


def test_a_person_is_added_with_a_password_that_is_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["user", "add", "li", "--name", "李某", "--generate", "--json"]) == 0
    password = answered(capsys)["data"]["password"]
    assert len(password) >= 20
    assert authenticate(username="li", password=password) == Person.objects.get(username="li")


def test_a_password_comes_from_stdin_and_weak_ones_are_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("123\n"))
    assert cli.main(["user", "add", "li", "--name", "李某"]) == console.NOT_MET
    assert not Person.objects.filter(username="li").exists()
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert cli.main(["user", "add", "li", "--name", "李某"]) == 0
    assert "horse" not in "".join(capsys.readouterr())
    assert authenticate(username="li", password="correct horse battery")
    monkeypatch.setattr("sys.stdin", io.StringIO("another horse battery\n"))
    assert cli.main(["user", "password", "li"]) == 0
    assert authenticate(username="li", password="correct horse battery") is None


@pytest.mark.parametrize("arguments", [["add", "li"], ["add", ""], ["add", "x" * 65, "--name", "李某"]])
def test_a_person_without_a_name_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["user", *arguments, "--generate"]) in {console.NOT_MET, console.USAGE}
    assert not Person.objects.exists()
    assert "Traceback" not in capsys.readouterr().err


def test_a_post_is_granted_through_the_action(capsys: pytest.CaptureFixture[str]) -> None:
    person, buyer = factories.make_person(), factories.make_organisation()
    grant = ["user", "post", person.username, "--organisation", buyer.name, "--role"]
    assert cli.main([*grant, "buyer_officer"]) == 0
    post = Post.objects.get(person=person)
    assert (post.role, post.from_on, post.to_on) == (Role.BUYER_OFFICER, NOW.date(), None)
    assert Entry.objects.get(action="post.grant").role == Role.PLATFORM
    capsys.readouterr()
    assert cli.main([*grant, "buyer_reviewer", "--lang", "en"]) == console.NOT_MET
    assert "Separation of duties" in capsys.readouterr().err
    assert cli.main([*grant, "king"]) == console.USAGE
    assert cli.main(["user", "post", person.username, "--organisation", "无此单位", "--role", "agent"]) == 5
    assert cli.main(["user", "list", "--json"]) == 0
    capsys.readouterr()


def test_an_empty_database_gets_its_first_people_and_organisations(
    capsys: pytest.CaptureFixture[str], client: Client, settings: Any
) -> None:
    """From nothing to a treasury that may import a budget, by commands alone; every write but a login is an Action."""

    def said(*arguments: str) -> dict[str, Any]:
        assert cli.main([*arguments, "--json"]) == 0, capsys.readouterr()
        return answered(capsys)["data"]

    assert not Organisation.objects.exists() and not Person.objects.exists() and serve.is_empty()
    password = said("user", "add", "li", "--name", "李某", "--generate")["password"]
    said("user", "post", "li", "--role", "platform")
    assert not serve.is_empty()
    code = "116201710139001239"
    said("organisation", "register", "示例财政局", "--kind", "treasury", "--uscc", code)
    said("organisation", "register", "示例中学", "--kind", "buyer", "--uscc", "12620171MB0001236N")
    said("user", "add", "wang", "--name", "王某", "--generate")
    said("user", "post", "wang", "--role", "treasury", "--organisation", code)
    assert [(o["name"], o["kind"]) for o in said("organisation", "list")["organisations"]] == [
        ("示例中学", "buyer"),
        ("政府采购一体化平台", "platform"),
        ("示例财政局", "treasury"),
    ]
    assert [(e.action, e.role) for e in Entry.objects.order_by("seq")] == [
        ("post.grant", "platform"),
        ("organisation.register", "platform"),
        ("organisation.register", "platform"),
        ("post.grant", "platform"),
    ]
    settings.YANGCAI_SECOND_FACTOR = False
    assert client.login(username="li", password=password)
    platform = Organisation.objects.get(kind="platform")
    page = client.get(reverse("work_do", args=["organisation", platform.pk, "organisation.register"]))
    assert page.status_code == 200 and 'name="uscc"' in page.content.decode()  # and the rest goes on in a browser


def test_an_organisation_is_refused_as_on_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    register = ["organisation", "register", "示例中学", "--kind", "buyer"]
    assert cli.main([*register, "--uscc", "116201710139001230"]) == console.NOT_MET
    assert "校验码不对" in capsys.readouterr().err
    assert cli.main(register[:3]) == console.USAGE
    assert cli.main(["user", "post", "nobody", "--role", "platform"]) == console.NOT_MET
    assert "没有启用的登录名" in capsys.readouterr().err


def test_unknown_people_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["user", "password", "nobody", "--generate"]) == console.NOT_MET
    assert "nobody" in capsys.readouterr().err
    assert cli.main(["user", "password"]) == console.USAGE
