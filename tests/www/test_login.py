"""Does only the right person get in, through a post that is valid, with a second factor where money is decided?"""

import datetime
import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.factories import NOW, make_case, make_organisation, make_person, make_post
from tests.www.support import Clock, at_desk
from yangcai.kernel import calendar, tasks
from yangcai.kernel import clock as kernel_clock
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.www import formats, sandbox

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough pass phrase"


@pytest.fixture(autouse=True)
def no_earlier_failures() -> None:
    cache.clear()


def with_password(post: Post) -> Post:
    post.person.set_password(PASSWORD)
    post.person.save()
    return post


def sign_in(client: Client, post: Post, password: str = PASSWORD):
    return client.post("/accounts/login/", {"login": post.person.username, "password": password}, follow=True)


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_nobody_signs_up_without_a_code_or_an_invitation() -> None:
    for address in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"):
        assert Client().get(address).status_code == 404


def test_one_post_leads_to_the_workbench(clock: Clock) -> None:
    answer = sign_in(Client(), with_password(make_post(Role.BUYER_OFFICER)))
    assert answer.redirect_chain[-1][0] == reverse("work")
    assert "我的工作台" in answer.content.decode()


def test_several_posts_are_chosen_from(clock: Clock) -> None:
    person = make_person()
    first, second = (make_post(Role.SUPPLIER, person=person) for _ in range(2))
    client = Client()
    answer = sign_in(client, with_password(first))
    assert "选择岗位" in answer.content.decode()
    assert client.get(reverse("work")).status_code == 302  # no post yet
    client.post(reverse("choose_post"), {"post": second.pk})
    assert client.get(reverse("work")).context["post"] == second


def test_another_persons_post_is_not_to_be_had(clock: Clock) -> None:
    mine, other = make_post(Role.SUPPLIER), make_post(Role.TREASURY)
    client = at_desk(mine)
    assert client.post(reverse("choose_post"), {"post": other.pk}).status_code == 404
    session = client.session
    session["post"] = other.pk
    session.save()
    assert client.get(reverse("work")).context["post"] == mine


def test_a_post_that_ended_acts_no_more(clock: Clock) -> None:
    post = make_post(Role.AGENT)
    client = at_desk(post)
    assert client.get(reverse("work")).status_code == 200
    post.to_on = NOW.date()
    post.save()
    clock.at = NOW + datetime.timedelta(days=1)
    answer = client.get(reverse("work"), follow=True)
    assert "没有有效的岗位" in answer.content.decode()


def test_five_wrong_passwords_lock_the_account(clock: Clock) -> None:
    post = with_password(make_post(Role.AGENT))
    client = Client()
    for _ in range(5):
        sign_in(client, post, "wrong")
    sign_in(client, post)
    assert "_auth_user_id" not in client.session
    cache.clear()
    sign_in(client, post)
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("role", "needed"),
    [
        (Role.BUYER_REVIEWER, True),
        (Role.TREASURY, True),
        (Role.TREASURY_PAYER, True),
        (Role.BUYER_OFFICER, False),
        (Role.SUPPLIER, False),
    ],
)
def test_deciding_on_money_needs_a_second_factor(clock: Clock, settings, role: str, needed: bool) -> None:
    settings.YANGCAI_SECOND_FACTOR = True
    answer = at_desk(make_post(role)).get(reverse("work"))
    assert (answer.status_code, answer.headers.get("Location")) == (
        (302, reverse("second_factor_needed")) if needed else (200, None)
    )


def test_totp_is_set_up_and_then_asked_for(clock: Clock, settings) -> None:
    settings.YANGCAI_SECOND_FACTOR = True
    post = with_password(make_post(Role.TREASURY_PAYER))
    client = Client()
    sign_in(client, post)
    asked = client.get(reverse("mfa_activate_totp"), follow=True)
    assert "请再次确认身份" in asked.content.decode()
    page = client.post(asked.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page.content.decode()).group(1)
    assert "有 1 处" in client.post(reverse("mfa_activate_totp"), {"code": "000000"}).content.decode()
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)
    codes = re.findall(r"<li><code>(\w+)</code></li>", answer.content.decode())
    assert len(codes) == 10
    assert client.get(reverse("work")).status_code == 200

    other = Client()
    sign_in(other, post)
    assert "_auth_user_id" not in other.session  # the password alone does not do
    other.post(reverse("mfa_authenticate"), {"code": "123456"})
    assert "_auth_user_id" not in other.session
    other.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert "_auth_user_id" in other.session


def test_the_roles_of_a_demo_are_switched_only_in_a_sandbox(clock: Clock, settings) -> None:
    post = make_post(Role.TREASURY)
    client = Client()
    for name, data in (("sandbox_post", {"post": post.pk}), ("sandbox_clock", {"forward": "day"})):
        assert client.post(reverse(name), data).status_code == 404
    assert client.get(reverse("demo")).status_code == 404
    assert "_auth_user_id" not in client.session
    settings.YANGCAI_SANDBOX = True
    assert client.post(reverse("sandbox_post"), {"post": post.pk}, follow=True).context["post"] == post
    assert post.organisation.name in client.get(reverse("demo")).content.decode()


def test_the_sandbox_clock_fires_in_order_and_tells(settings, monkeypatch) -> None:
    settings.YANGCAI_SANDBOX = True
    kernel_clock.set_sandbox(at=NOW)
    organisation = make_organisation()
    for days in (3, 1, 2):
        Task.objects.create(
            root=organisation.ref,
            subject=organisation.ref,
            action="post.grant",
            clock="",
            role=Role.PLATFORM,
            title=f"第 {days} 天",
            since=NOW - datetime.timedelta(days=days),
            due_at=NOW + datetime.timedelta(days=days),
        )
    seen = []
    monkeypatch.setattr(
        tasks, "_fire", lambda task, *, now: seen.append((task.title, now)) or _fired(task, now), raising=True
    )
    client = Client()
    answer = client.post(reverse("sandbox_clock"), {"forward": "milestone", "next": "/demo/"}, follow=True)
    assert kernel_clock.now() == NOW + datetime.timedelta(days=1)
    assert "第 1 天" in answer.content.decode()
    at = (NOW + datetime.timedelta(days=5)).isoformat()
    client.post(reverse("sandbox_clock"), {"forward": at})
    assert seen == [(f"第 {n} 天", NOW + datetime.timedelta(days=n)) for n in (1, 2, 3)]
    client.post(reverse("sandbox_clock"), {"forward": NOW.isoformat()})
    assert kernel_clock.now() == NOW + datetime.timedelta(days=5)  # never backwards


def test_the_demo_offers_each_moment_once(settings) -> None:
    settings.YANGCAI_SANDBOX = True
    kernel_clock.set_sandbox(at=NOW)
    case = make_case(stage="submission", now=NOW)
    closes_at = NOW + datetime.timedelta(days=2)
    case.periods.update(closes_at=closes_at)
    for role, days in ((Role.PLATFORM, 1), (Role.TREASURY, 1), (Role.AUDITOR, 2)):
        Task.objects.create(
            root=case.ref,
            subject=case.ref,
            action="post.grant",
            role=role,
            title="同时到期",
            since=NOW,
            due_at=NOW + datetime.timedelta(days=days),
        )
    found = sandbox.milestones(now=NOW, limit=8)
    assert [milestone.at for milestone in found] == [NOW + datetime.timedelta(days=1), closes_at]
    with translation.override("en"):
        assert sandbox.milestones(now=NOW, limit=8)[1].label == "Submission closes"
    assert found[1].title == case.title  # the end of a stage goes before a deadline in the same moment


@pytest.mark.parametrize(
    "beyond", ["9999-12-31T12:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "2100-01-01T00:00"]
)
def test_the_sandbox_clock_stays_within_the_calendar(settings, beyond: str) -> None:
    settings.YANGCAI_SANDBOX = True
    kernel_clock.set_sandbox(at=NOW)
    client = Client()
    answer = client.post(reverse("sandbox_clock"), {"forward": beyond, "next": "/demo/"}, follow=True)
    last = formats.day(calendar.horizon() - calendar.ONE_DAY)
    assert answer.status_code == 200 and f"只到 {last}" in answer.content.decode()
    assert kernel_clock.now() == NOW


def test_a_sandbox_clock_that_stands_beyond_the_calendar_breaks_no_page(settings) -> None:
    """Where somebody put it there before this was refused, and at the end of what a date can hold."""
    settings.YANGCAI_SANDBOX = True
    kernel_clock.set_sandbox(at=datetime.datetime(9999, 12, 31, 4, tzinfo=datetime.UTC))
    client = Client()
    for name in ("demo", "home", "help"):
        assert client.get(reverse(name)).status_code == 200
    for word in ("day", "hour", "milestone", "0001-01-01T00:00"):
        assert (
            client.post(reverse("sandbox_clock"), {"forward": word, "next": "/demo/"}, follow=True).status_code == 200
        )


def _fired(task: Task, now: datetime.datetime) -> Task:
    Task.objects.filter(pk=task.pk).update(fired_at=now)
    return task


def test_the_pages_of_an_account_are_there(clock: Clock) -> None:
    post = with_password(make_post(Role.BUYER_OFFICER))
    client = Client()
    sign_in(client, post)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in (
        "mfa_index",
        "account_change_password",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "account_logout",
        "second_factor_needed",
    ):
        answer = client.get(reverse(name))
        assert answer.status_code == 200, name
        assert "identity-name" in answer.content.decode(), name  # in the clothes of this site
    new = "another quite long phrase"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), data).status_code == 302
    post.person.refresh_from_db()
    assert post.person.check_password(new)
