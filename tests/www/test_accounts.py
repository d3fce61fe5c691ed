"""Does a supplier get in within three screens, and does nobody get in who should not, or stay in who was put out?"""

import datetime
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import NOW, make_expert, make_organisation, make_post, make_supplier
from tests.parties.test_accounts import GIVEN
from tests.www.support import Clock, at_desk
from yangcai.kernel.actions import SCOPES, perform
from yangcai.parties import joining
from yangcai.parties.delegation import delegate_post
from yangcai.parties.models import Organisation, OrganisationKind, Person, Post
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough pass phrase"
FORM = GIVEN | {"is_true": "on"}


@pytest.fixture(autouse=True)
def no_earlier_tries() -> None:
    cache.clear()


def with_password(post: Post) -> Post:
    post.person.set_password(PASSWORD)
    post.person.save()
    return post


def sign_in(client: Client, person: Person, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": person.username, "password": password}, follow=True)


@pytest.mark.long
def test_from_nothing_to_the_workbench_in_three_screens(clock: Clock) -> None:
    client = Client()
    assert "统一社会信用代码" in client.get(reverse("register")).content.decode()  # 1
    second = client.post(reverse("register"), FORM, follow=True)
    person = Organisation.objects.get(uscc=GIVEN["uscc"]).people.get()
    assert person.username in second.content.decode()  # 2
    address = second.redirect_chain[-1][0]
    third = client.post(address, {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert "选择岗位" in third.content.decode()  # 3: administrator or supplier
    post = Post.objects.get(person=person, role=Role.SUPPLIER)
    client.post(reverse("choose_post"), {"post": post.pk})
    assert client.get(reverse("work")).status_code == 200
    assert Client().get(address).status_code == 404  # good once
    assert Client().post(address, {"password1": "x" * 20, "password2": "x" * 20}).status_code == 404
    sign_in(again := Client(), person)
    assert "_auth_user_id" in again.session


@pytest.mark.parametrize("passwords", [("short", "short"), (PASSWORD, "another"), ("", "")])
def test_an_easy_password_is_refused_and_the_link_stays_good(clock: Clock, passwords: tuple[str, str]) -> None:
    client = Client()
    address = client.post(reverse("register"), FORM).headers["Location"]
    first, second = passwords
    assert client.post(address, {"password1": first, "password2": second}).status_code == 422
    assert client.get(address).status_code == 200


def test_the_link_stays_out_of_caches_and_on_this_site(clock: Clock) -> None:
    """Under `no-referrer` a browser sends `Origin: null` with the form, which Django refuses."""
    client = Client()
    answer = client.get(client.post(reverse("register"), FORM).headers["Location"])
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("same-origin", "no-store")


def test_the_form_does_not_tell_who_has_an_account(clock: Clock) -> None:
    """The same answer whether or not somebody of that name or address is here; only organisations are public."""
    someone = make_supplier().person
    someone.email = "known@example.com"
    someone.save()
    for values in ({"email": "known@example.com", "person_name": someone.name}, {"email": "unknown@example.com"}):
        cache.clear()
        Organisation.objects.filter(uscc=GIVEN["uscc"]).update(uscc=None, name=f"旧{values['email']}")
        assert Client().post(reverse("register"), FORM | values).status_code == 302
    taken = Client().post(reverse("register"), FORM)
    text = taken.content.decode()
    assert taken.status_code == 422 and "不能重复登记" in text
    assert not [p.username for p in Person.objects.all() if p.username in text]


@pytest.mark.long
@pytest.mark.parametrize(
    "name", ["测试（北京）商行\u200b", "测试\u202e（北京）商行", "测试(北京)商行", "测试（北京）商行"]
)
def test_nobody_registers_under_a_name_that_looks_like_anothers(clock: Clock, name: str) -> None:
    make_organisation(OrganisationKind.BUYER, name="测试（北京）商行")
    assert Client().post(reverse("register"), FORM | {"name": name}).status_code == 422
    assert Client().post(reverse("register"), FORM | {"name": "测试（上海）商行"}).status_code == 302


def test_registering_is_limited(clock: Clock) -> None:
    client = Client()
    wrong = FORM | {"uscc": "123"}
    answers = [client.post(reverse("register"), wrong).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert client.get(reverse("register")).status_code == 200


@pytest.mark.long
def test_behind_a_proxy_the_visitor_is_counted_not_the_proxy(clock: Clock, settings: Any) -> None:
    """The last address is what the proxy saw; what a visitor writes before it counts for nothing."""
    wrong = FORM | {"uscc": "123"}

    def tried(heard: str) -> int:
        return int(Client(headers={"x-forwarded-for": heard}).post(reverse("register"), wrong).status_code)

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert [tried(f"203.0.113.{n}, 198.51.100.7") for n in range(6)] == [422] * 5 + [429]
    assert tried("198.51.100.8") == 422, "somebody else at the same proxy"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    cache.clear()
    assert [tried(f"203.0.113.{n}") for n in range(6)] == [422] * 5 + [429], "no proxy is trusted"


# --- people ------------------------------------------------------------------------------------------------------


def test_an_administrator_invites_somebody_who_then_comes_in(clock: Clock) -> None:
    admin = make_post(Role.ADMINISTRATOR, make_organisation(OrganisationKind.SUPPLIER))
    client = at_desk(admin)
    assert "邀请人员" in client.get(reverse("work_people")).content.decode()
    page = client.post(reverse("work_invite"), {"name": "测试新人", "role": "supplier"})
    link = re.search(r"https?://[^<]+/accounts/invitation/[^<]+", page.content.decode())
    assert link is not None and page["Cache-Control"] == "no-store"
    answer = Client().post(link.group(), {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert "我的工作台" in answer.content.decode()
    assert "测试新人" in client.get(reverse("work_people")).content.decode()


def test_a_post_is_given_and_lent_from_today_on(clock: Clock) -> None:
    """Who does not think of a first day finds it filled in."""
    organisation = make_organisation(OrganisationKind.SUPPLIER)
    admin, holder = make_post(Role.ADMINISTRATOR, organisation), make_post(Role.SUPPLIER, organisation)
    forms = {
        admin: reverse("work_do", args=["organisation", organisation.pk, "post.grant"]),
        holder: reverse("work_do", args=["post", holder.pk, "post.delegate"]),
    }
    for post, address in forms.items():
        field = re.search('<input[^>]*name="from_on"[^>]*>', at_desk(post).get(address).content.decode())
        assert field is not None and f'value="{clock.at:%Y-%m-%d}"' in field.group()


def test_who_did_not_come_in_time_gets_another_link(clock: Clock) -> None:
    admin = make_post(Role.ADMINISTRATOR, make_organisation(OrganisationKind.SUPPLIER))
    client = at_desk(admin)
    page = client.post(reverse("work_invite"), {"name": "测试新人", "role": "supplier"}).content.decode()
    late = re.search(r"https?://[^<]+/accounts/invitation/[^<]+", page)
    clock.at += datetime.timedelta(days=9)
    assert late is not None and Client().get(late.group()).status_code == 404
    assert "/person.invite_again/" in client.get(reverse("work_people")).content.decode()
    form = reverse("work_do", args=["organisation", admin.organisation_id, "person.invite_again"])
    name = Person.objects.get(name="测试新人").username
    page = client.post(form, {"username": name}).content.decode()
    link = re.search(r"https?://[^<]+/accounts/invitation/[^<]+", page)
    assert link is not None and Client().get(link.group()).status_code == 200


def test_only_an_administrator_invites(clock: Clock) -> None:
    for role in (Role.SUPPLIER, Role.TREASURY, Role.PLATFORM):
        client = at_desk(make_post(role))
        assert client.post(reverse("work_invite"), {"name": "甲"}).status_code == 403
        assert client.get(reverse("work_people")).status_code == 200


def test_nobody_reads_from_an_employer_who_its_experts_are(clock: Clock) -> None:
    expert = make_expert()
    colleague = make_post(Role.EXPERT, expert.organisation)
    admin = make_post(Role.ADMINISTRATOR, expert.organisation)
    Person.objects.filter(pk__in=[expert.person_id, colleague.person_id]).update(employer=expert.organisation)
    Person.objects.filter(pk=expert.person_id).update(name="本人甲")
    Person.objects.filter(pk=colleague.person_id).update(name="专家乙")
    for post in (expert, admin):
        for address in (reverse("work_people"), reverse("work_organisation", args=[expert.organisation_id])):
            assert "专家乙" not in at_desk(post).get(address).content.decode(), (post.role, address)
        assert not SCOPES[Post](post, NOW).filter(pk=colleague.pk).exists()
    assert "本人甲" in at_desk(expert).get(reverse("work_people")).content.decode()


def test_acting_for_another_is_shown(clock: Clock) -> None:
    holder = make_supplier()
    deputy = make_post(Role.ADMINISTRATOR, holder.organisation)
    given = {"username": deputy.person.username, "from_on": "2026-03-02", "to_on": "2026-03-06", "reason": "休假"}
    lent = perform(delegate_post, holder, by=holder, now=NOW, **given).value
    client = at_desk(lent)
    said = f"{deputy.person.name} 代 {holder.person.name}"
    assert said in client.get(reverse("work")).content.decode()
    client.post(
        reverse("work_do", args=["organisation", holder.organisation_id, "organisation.update_contacts"]),
        {"address": "新址", "contact": "新人"},
    )
    page = at_desk(holder).get(reverse("work_organisation", args=[holder.organisation_id])).content.decode()
    assert said in page
    other = at_desk(make_supplier()).get(reverse("work_organisation", args=[holder.organisation_id])).content.decode()
    assert holder.person.name not in other


# --- sessions ----------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_sessions_are_listed_and_ended(clock: Clock) -> None:
    post = with_password(make_supplier())
    here, there = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"), Client()
    sign_in(here, post.person)
    sign_in(there, post.person)
    page = here.get(reverse("account_sessions")).content.decode()
    assert "Firefox，Windows" in page and page.count('name="session"') == 2
    other = next(
        n for n in re.findall(r'name="session" value="(\d+)"', page) if "结束" in page.split(f'value="{n}"')[1][:40]
    )
    stranger = with_password(make_supplier())
    sign_in(foreign := Client(), stranger.person)
    assert foreign.post(reverse("account_sessions"), {"session": other}).status_code == 404
    assert there.get(reverse("work")).status_code == 200
    here.post(reverse("account_sessions"), {"session": other})
    assert there.get(reverse("work")).status_code == 302  # put out
    assert here.get(reverse("work")).status_code == 200


def test_the_session_stays_in_the_list_when_a_post_is_chosen(clock: Clock) -> None:
    post = with_password(make_supplier())
    make_post(Role.ADMINISTRATOR, post.organisation, person=post.person)
    client = Client()
    sign_in(client, post.person)
    client.post(reverse("choose_post"), {"post": post.pk})
    assert client.get(reverse("account_sessions")).content.decode().count('name="session"') == 1


def test_a_new_password_ends_the_others(clock: Clock) -> None:
    post = with_password(make_supplier())
    here, there = Client(), Client()
    sign_in(here, post.person)
    sign_in(there, post.person)
    here.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    new = "another quite long phrase"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post(reverse("account_change_password"), data).status_code == 302
    assert there.get(reverse("work")).status_code == 302
    assert here.get(reverse("account_sessions")).content.decode().count('name="session"') == 1


def test_the_first_administrator_keeps_no_way_into_others(clock: Clock) -> None:
    """A registered supplier sees its own organisation's people only."""
    platform = platform_post(now=NOW)
    organisation = perform(joining.join_platform, platform.organisation, by=platform, now=NOW, **GIVEN).value
    admin = Post.objects.get(organisation=organisation, role=Role.ADMINISTRATOR)
    foreign = make_supplier()
    page = at_desk(admin).get(reverse("work_people")).content.decode()
    assert foreign.person.username not in page
    assert at_desk(admin).get(reverse("work_do", args=["post", foreign.pk, "post.end"])).status_code == 404
