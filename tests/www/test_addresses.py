"""Is nothing sent to an e-mail address before whoever has it said so, and is the link good for that alone?"""

import datetime

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.factories import NOW, make_post
from tests.www.support import Clock, at_desk, text_of
from yangcai.notifications import addresses, outbox
from yangcai.notifications.models import Channel, Message, Outgoing
from yangcai.notifications.people import address_of
from yangcai.parties.models import Person
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
ADDRESS = "bids@example.org"
DAY = datetime.timedelta(days=1)
COMPANY = {
    "uscc": "91140000783254954T",
    "name": "自行登记的供应商",
    "address": "兰州新区",
    "contact": "市场部 0931-0000000",
    "size": "small",
    "person_name": "管理员甲",
    "email": ADDRESS,
    "is_true": "on",
}


def register(clock: Clock) -> Person:
    clock.at = NOW
    assert Client().post(reverse("register"), COMPANY).status_code == 302
    return Person.objects.get(email=ADDRESS)


def link(now: datetime.datetime) -> str:
    """Of the one letter that is on its way."""
    [sent] = outbox.deliver(now=now)
    assert sent.sent_at == now and sent.address == ADDRESS
    [word] = [word for word in str(mail.outbox[-1].body).split() if "/accounts/address/" in word]
    return "/accounts/" + word.partition("/accounts/")[2]


def test_who_registers_is_written_to_and_confirms_by_a_button(clock: Clock) -> None:
    person = register(clock)
    assert addresses.is_waiting(person) and address_of(person, Channel.EMAIL) == ""
    door = link(NOW)
    assert door not in str(Message.objects.get(person=person).facts)
    page = Client().get(door)
    assert page.status_code == 200 and ADDRESS in text_of(page)
    assert addresses.is_waiting(Person.objects.get(pk=person.pk)), "opening the link confirms nothing"
    assert Client().post(door).status_code == 302
    person = Person.objects.get(pk=person.pk)
    assert not addresses.is_waiting(person) and address_of(person, Channel.EMAIL) == ADDRESS
    assert Client().get(door).status_code == 404, "it is used up"


@pytest.mark.parametrize("change", ["late", "forged", "another address"])
def test_a_link_is_good_for_one_address_some_days_and_from_us_alone(clock: Clock, change: str) -> None:
    person = register(clock)
    door = link(NOW)
    match change:
        case "late":
            clock.at = NOW + addresses.GOOD_FOR
        case "forged":
            door = f"{door[:-5]}AAAA/"
        case _:
            Person.objects.filter(pk=person.pk).update(email="other@example.org")
    assert Client().get(door).status_code == Client().post(door).status_code == 404


def test_a_new_address_waits_and_the_old_words_do_not_go_there(clock: Clock) -> None:
    clock.at = NOW
    post = make_post(Role.SUPPLIER)
    person = post.person
    assert not addresses.is_waiting(person), "what an administrator wrote down before is as it was"
    desk, form = at_desk(post), {"email": ADDRESS, "language": "zh-hans", "post_changed-email": "on"}
    page = text_of(desk.post(reverse("work_wishes"), form, follow=True))
    assert "电子邮箱尚未确认" in page
    before = Outgoing.objects.count()
    assert before == 1
    desk.post(reverse("work_wishes"), form)
    assert Outgoing.objects.count() == before, "the same address is not written to at every saving"
    for n in range(2 * addresses.LETTERS):
        clock.at = NOW + n * datetime.timedelta(hours=1)
        desk.post(reverse("work_wishes"), {**form, "again": "1"})
    assert Outgoing.objects.count() == addresses.LETTERS, "nobody's mailbox is filled through this platform"
    person = Person.objects.get(pk=person.pk)
    assert address_of(person, Channel.EMAIL) == ""


def test_without_an_address_nothing_waits(clock: Clock) -> None:
    clock.at = NOW
    assert Client().post(reverse("register"), {**COMPANY, "email": ""}).status_code == 302
    assert not Outgoing.objects.exists() and not Message.objects.filter(kind="address_given").exists()
