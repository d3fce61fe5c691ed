"""Is everybody told what concerns them, once, and nobody what does not? In the transaction of what it is about."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests import factories
from tests.factories import NOW, at
from tests.hurry import step_by_step
from tests.tendering.walk import Tender
from tests.www.conftest import clock  # noqa: F401 - the pages' clock
from tests.www.support import Clock, at_desk, follow
from yangcai.kernel import tasks
from yangcai.kernel.actions import perform
from yangcai.kernel.models import Task
from yangcai.kernel.reading import writing
from yangcai.kernel.refusals import Refused
from yangcai.notifications import addresses, hearing, queries
from yangcai.notifications.kinds.base import KINDS, Whom, sound
from yangcai.notifications.kinds.deadline_near import DEADLINE_NEAR, LEADS
from yangcai.notifications.kinds.post_changed import POST_CHANGED
from yangcai.notifications.models import Channel, Choice, Message, Outgoing
from yangcai.notifications.people import Asked, readers
from yangcai.parties.actions import grant_post
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
DUE = at("2026-03-10T17:00")


def told(post: Post, kind: str = "") -> list[str]:
    """The headings of somebody's messages, oldest first."""
    rows = Message.objects.filter(person=post.person).order_by("at", "pk")
    return [KINDS[m.kind].title_of(m.facts) for m in rows if not kind or m.kind == kind]


def a_task(organisation: Organisation, *, due_at: datetime.datetime = DUE, **values: Any) -> Task:
    return Task.objects.create(
        root=organisation.ref,
        subject=organisation.ref,
        action="organisation.update_contacts",
        role=Role.BUYER_OFFICER,
        organisation_id=organisation.pk,
        title="某项目",
        since=NOW,
        due_at=due_at,
        remind_at=due_at - LEADS[0],
        **values,
    )


# --- deadlines ---------------------------------------------------------------------------------------------------


def test_each_reminder_comes_once_to_everybody_at_the_post_and_to_nobody_else() -> None:
    officer = factories.make_post(Role.BUYER_OFFICER)
    colleague = factories.make_post(Role.BUYER_OFFICER, officer.organisation)
    strangers = [
        factories.make_post(Role.BUYER_REVIEWER, officer.organisation),
        factories.make_post(Role.BUYER_OFFICER),
    ]
    a_task(officer.organisation)
    what = "更新地址和联系方式（某项目）"
    for moment, so_far in (
        (DUE - datetime.timedelta(hours=24, seconds=1), []),
        (DUE - datetime.timedelta(hours=24), ["24 小时"]),
        (DUE - datetime.timedelta(hours=23), ["24 小时"]),
        (DUE - datetime.timedelta(hours=2), ["24 小时", "2 小时"]),
        (DUE - datetime.timedelta(minutes=30), ["24 小时", "2 小时", "30 分钟"]),
    ):
        tasks.fire_due(now=moment)
        expected = [f"还有 {left}：{what}" for left in so_far]
        assert (told(officer), told(colleague)) == (expected, expected), moment
    tasks.fire_due(now=DUE)
    assert told(officer)[3:] == [f"已逾期：{what}"]
    assert [told(one) for one in strangers] == [[], []]


def test_a_worker_that_was_down_rings_the_last_reminder_only_and_none_after_the_deadline() -> None:
    officer, late = factories.make_post(Role.BUYER_OFFICER), factories.make_post(Role.BUYER_OFFICER)
    a_task(officer.organisation)
    a_task(late.organisation, due_at=DUE - datetime.timedelta(hours=1))
    tasks.fire_due(now=DUE - datetime.timedelta(minutes=40))
    assert told(officer) == ["还有 2 小时：更新地址和联系方式（某项目）"]
    assert [title[:4] for title in told(late)] == ["已逾期："]


def test_a_sandbox_clock_that_jumps_gives_every_reminder_with_its_own_time(settings: Any) -> None:
    settings.YANGCAI_SANDBOX = True
    officer = factories.make_post(Role.BUYER_OFFICER)
    a_task(officer.organisation)
    tasks.fire_due(now=DUE)
    times = Message.objects.filter(kind="deadline_near").order_by("at").values_list("at", flat=True)
    assert list(times) == [DUE - lead for lead in LEADS]


def test_a_moved_deadline_is_reminded_of_again(monkeypatch: pytest.MonkeyPatch) -> None:
    officer = factories.make_post(Role.BUYER_OFFICER)
    organisation = officer.organisation
    day = [DUE]

    def due(root: Organisation, *, now: datetime.datetime) -> Any:
        yield tasks.Due(
            "organisation.update_contacts", root.ref, Role.BUYER_OFFICER, NOW, organisation_id=root.pk, due_at=day[0]
        )

    monkeypatch.setitem(tasks.PROVIDERS, Organisation, [(due, ())])
    tasks.refresh(organisation, now=NOW)
    tasks.fire_due(now=DUE - LEADS[0])
    day[0] = DUE + datetime.timedelta(days=5)
    tasks.refresh(organisation, now=DUE - LEADS[0])
    tasks.fire_due(now=DUE)
    assert len(told(officer, "deadline_near")) == 1
    tasks.fire_due(now=day[0] - LEADS[0])
    assert len(told(officer, "deadline_near")) == 2


def test_a_supplier_with_the_documents_is_reminded_of_the_bid_deadline_until_its_bid_is_in() -> None:
    tender = Tender().published()
    first, second, without = tender.supplier(), tender.supplier(), factories.make_supplier()
    tender.bid(first)
    closes_at = Task.objects.filter(action="bid.submit", done_at=None).values_list("due_at", flat=True).get()
    tasks.fire_due(now=closes_at - datetime.timedelta(hours=2))
    assert [title[:7] for title in told(second, "deadline_near")] == ["还有 2 小时"]
    assert (told(first, "deadline_near"), told(without)) == ([], [])


# --- what others did ---------------------------------------------------------------------------------------------


def test_who_acts_is_not_told_and_the_next_one_is() -> None:
    with step_by_step():
        tender = Tender()
        tender.describe()
    assert any("待办：确认采购文件" in title for title in told(tender.reviewer))
    assert not [title for title in told(tender.runner) if "编制采购文件" in title]  # its own last step opened nothing


def test_a_correction_reaches_all_who_have_the_documents_and_names_nobody(clock: Clock) -> None:  # noqa: F811
    tender = Tender().published()
    holders, stranger = [tender.supplier(), tender.supplier()], factories.make_supplier()
    happened = tender.case
    follow(tender, clock)
    data = {"item": "技术参数", "before": "甲", "after": "乙", "affects_bids": False}
    tender.do("correction.publish", happened, tender.agent_post, **data)
    for one in holders:
        assert [t for t in told(one, "documents_changed")] == [f"采购文件有变动：{happened.title}"]
        text = at_desk(one).get("/work/messages/").content.decode()
        assert not [other for other in holders if other != one and other.organisation.name in text]
    assert told(stranger) == []


def test_messages_stand_and_fall_with_what_they_are_about() -> None:
    platform, person = factories.make_post(Role.PLATFORM), factories.make_person()
    buyer = factories.make_organisation()
    given = {"username": person.username, "role": Role.BUYER_OFFICER, "from_on": "2026-03-01"}
    with pytest.raises(RuntimeError), transaction.atomic():
        perform(grant_post, buyer, by=platform, now=NOW, **given)
        assert Message.objects.filter(person=person).count() == 1
        raise RuntimeError("the machine fell over")
    assert not Message.objects.exists()
    with pytest.raises(Refused):
        perform(grant_post, buyer, by=platform, now=NOW, **(given | {"role": "supplier"}))
    assert not Message.objects.exists()


def test_nobody_is_told_twice_of_the_same_ground() -> None:
    post = factories.make_post(Role.AGENT)
    news = hearing.News(POST_CHANGED, {"case": "甲"}, (Whom(person_id=post.person_id),), "g", "x:1", "x:1", at=NOW)
    hearing.tell([news, news], now=NOW)
    hearing.tell([news], now=NOW)
    assert Message.objects.count() == 1


def test_a_crowd_is_told_by_as_many_statements_as_one_and_each_its_own() -> None:
    def told(posts: list[Post], mark: str) -> tuple[int, dict[int, set[str]]]:
        news = [
            hearing.News(kind, {"case": whom}, (which,), f"{mark}{whom}{kind.code}", "x:1", "x:1", at=NOW)
            for post in posts
            for kind in (POST_CHANGED, DEADLINE_NEAR)
            for whom, which in (
                (f"person {post.pk}", Whom(person_id=post.person_id)),
                (f"unit {post.pk}", Whom(organisation_id=post.organisation_id, roles=frozenset({post.role}))),
                (f"other role {post.pk}", Whom(person_id=post.person_id, roles=frozenset({Role.EXPERT}))),
            )
        ]
        with CaptureQueriesContext(connection) as asked:
            made = hearing.tell(news, now=NOW)
        heard: dict[int, set[str]] = {}
        for message in made:
            heard.setdefault(message.person_id, set()).add(f"{message.kind} {message.facts['case']}")
        return len(asked), heard

    first, *others = [factories.make_post(Role.AGENT) for _ in range(7)]
    Choice.objects.create(person=others[0].person, kind=DEADLINE_NEAR.code, channel=Channel.CENTRE, is_on=False)
    one, _heard = told([first], "a")
    many, heard = told(others, "b")
    assert many == one
    assert not DEADLINE_NEAR.is_for_everybody  # so it can be wished away
    for post in others:
        kinds = ["post_changed"] if post is others[0] else ["post_changed", "deadline_near"]
        assert heard[post.person_id] == {f"{kind} {whom} {post.pk}" for kind in kinds for whom in ("person", "unit")}


def test_who_holds_a_post_is_asked_once_for_all_that_opens_to_it_and_again_when_it_is_given_away() -> None:
    post = factories.make_post(Role.AGENT)
    whom = (Whom(organisation_id=post.organisation_id, roles=frozenset({Role.AGENT})),)

    def read() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as asked:
            [found] = readers([Asked(POST_CHANGED, whom)], now=NOW)
        return len(found), len(asked)

    with transaction.atomic(), writing():
        assert [read(), read()] == [(1, 2), (1, 1)]  # who, and what they want; then what they want
        factories.make_post(Role.AGENT, post.organisation)
        assert read() == (2, 2)
    assert read() == (2, 2)


def test_facts_hold_no_sums_and_no_counts() -> None:
    from decimal import Decimal

    for secret in (Decimal("900000.00"), 3, ["甲公司"]):
        with pytest.raises(TypeError):
            sound({"x": secret})


def test_every_kind_speaks_both_languages_and_statutory_ones_cite_a_rule() -> None:
    from yangcai import law
    from yangcai.kernel.actions import ACTIONS

    facts = {
        "what_zh": "某事",
        "what_en": "something",
        "case": "C",
        "due_at": DUE.isoformat(),
        "left_zh": "1",
        "left_en": "1",
    }
    assert {code for kind in KINDS.values() for code in kind.actions} <= set(ACTIONS)
    for kind in KINDS.values():
        assert kind.title_of(facts) and "某事" not in kind.en
        with translation.override("en"):
            assert not any("一" <= c <= "鿿" for c in kind.title_of(facts) + kind.text_of(facts)), kind.code
        assert not kind.rule or law.history(kind.rule)


# --- the database ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE notifications_message SET facts = '{}'",
        "UPDATE notifications_message SET read_at = now(), person_id = person_id + 1",
        "UPDATE notifications_message SET read_at = NULL",
        "DELETE FROM notifications_message",
    ],
)
def test_a_message_is_kept_as_it_was_told(attack: str) -> None:
    post = factories.make_post(Role.AGENT)
    whom = (Whom(person_id=post.person_id),)
    hearing.tell([hearing.News(POST_CHANGED, {"case": "甲"}, whom, "g", "x:1", "x:1", at=NOW)], now=NOW)
    queries.mark_read(queries.messages_of(post.person), now=NOW)
    with pytest.raises(IntegrityError, match="as it was told"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


# --- the centre and the wishes -----------------------------------------------------------------------------------


def test_the_centre_counts_marks_and_leads_on(clock: Clock) -> None:  # noqa: F811
    officer = factories.make_post(Role.BUYER_OFFICER)
    a_task(officer.organisation)
    tasks.fire_due(now=DUE - LEADS[0])
    clock.at = DUE - LEADS[0]
    client = at_desk(officer)
    page = client.get("/work/messages/").content.decode()
    assert "1 条未读" in page and "还有 24 小时" in page
    message = Message.objects.get()
    assert client.get(f"/work/message/{message.pk}/").status_code == 200
    message.refresh_from_db()
    assert message.read_at is None  # to look writes nothing
    answer = client.post(f"/work/message/{message.pk}/open/")
    assert answer.headers["Location"].endswith("/organisation.update_contacts/")
    message.refresh_from_db()
    assert message.read_at == clock.at
    assert "没有消息" in client.get("/work/messages/?show=unread").content.decode()
    assert "还有 24 小时" in client.get("/work/messages/").content.decode()  # kept


def test_nobody_opens_or_marks_anothers_message(clock: Clock) -> None:  # noqa: F811
    officer, stranger = factories.make_post(Role.BUYER_OFFICER), factories.make_post(Role.PLATFORM)
    a_task(officer.organisation)
    tasks.fire_due(now=DUE - LEADS[0])
    message = Message.objects.get()
    client = at_desk(stranger)
    assert client.get(f"/work/message/{message.pk}/").status_code == 404
    assert client.post(f"/work/message/{message.pk}/open/").status_code == 404
    client.post("/work/messages/read/", {"message": message.pk})
    client.post("/work/messages/read/")
    message.refresh_from_db()
    assert message.read_at is None
    assert Client().get(f"/work/message/{message.pk}/").status_code == 302


def test_wishes_are_kept_and_what_the_law_demands_stays_on(clock: Clock) -> None:  # noqa: F811
    post = factories.make_supplier()
    client = at_desk(post)
    assert "始终接收" in client.get("/work/messages/wishes/").content.decode()
    data = {
        "email": "a@example.com",
        "language": "en",
        "quiet_from": "22:00",
        "quiet_to": "07:00",
        "task_opened-email": "on",
    }
    assert client.post("/work/messages/wishes/", data).status_code == 302
    post.person.refresh_from_db()
    assert (post.person.email, post.person.wishes.language) == ("a@example.com", "en")
    assert not Choice.objects.filter(kind="documents_changed", channel=Channel.CENTRE).exists()
    assert not Choice.objects.get(kind="task_opened", channel=Channel.CENTRE).is_on
    addresses.confirm(post.person)
    asked = {"kind": "address_given"}  # the letter that asks whose address it is
    whom = (Whom(person_id=post.person_id),)
    for code in ("task_opened", "documents_changed"):
        hearing.tell([hearing.News(KINDS[code], {"case": "甲"}, whom, code, "x:1", "x:1", at=NOW)], now=NOW)
    assert [m.kind for m in Message.objects.exclude(**asked)] == ["documents_changed"]
    assert not Outgoing.objects.exclude(message__kind="address_given").exists()  # e-mail of that kind was not ticked
    assert client.post("/work/messages/wishes/", data | {"quiet_to": ""}).status_code == 422
    assert (
        client.post("/work/messages/wishes/", data | {"email": "a@example.com\nBcc: b@example.com"}).status_code == 422
    )
