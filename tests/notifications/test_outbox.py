"""Does what leaves the platform leave once, later where it must, in the reader's language, and without secrets?"""

import datetime
import json
import threading
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from tests import factories
from tests.factories import NOW, at
from yangcai.kernel import tasks
from yangcai.kernel.models import Task
from yangcai.notifications import gateways, hearing, outbox
from yangcai.notifications.gateways.base import Gateway, GatewayDown, GatewayRefused, Letter
from yangcai.notifications.kinds.base import Whom
from yangcai.notifications.kinds.deadline_near import DEADLINE_NEAR
from yangcai.notifications.models import Channel, Choice, Message, Outgoing, Wishes
from yangcai.parties.models import Post

pytestmark = pytest.mark.django_db
FACTS = {
    "what_zh": "递交投标文件",
    "what_en": "Submit a bid",
    "case": "某项目",
    "left_zh": "2 小时",
    "left_en": "2 hours",
}
MINUTE = datetime.timedelta(minutes=1)


class Fake(Gateway):
    """Does what its class says, and keeps what it was given."""

    script: list[Any] = []
    given: list[Letter] = []

    def send(self, letter: Letter) -> str:
        Fake.given.append(letter)
        step = Fake.script.pop(0) if Fake.script else "ok"
        if isinstance(step, Exception):
            raise step
        return str(step)


@pytest.fixture
def fake(settings: Any) -> type[Fake]:
    settings.YANGCAI_GATEWAYS = {"email": "tests.notifications.test_outbox.Fake", "sms": ""}
    gateways._made.cache_clear()
    Fake.script, Fake.given = [], []
    return Fake


def reader(**wishes: Any) -> Post:
    post = factories.make_supplier()
    post.person.email = "someone@example.com"
    post.person.save()
    if wishes:
        Wishes.objects.create(person=post.person, **wishes)
    return post


def tell(post: Post, *, now: datetime.datetime = NOW, ground: str = "g", **facts: Any) -> list[Message]:
    whom = (Whom(person_id=post.person_id),)
    until = now + datetime.timedelta(hours=2)
    news = hearing.News(DEADLINE_NEAR, FACTS | facts, whom, ground, root="x:1", subject="x:1", at=now, until=until)
    return hearing.tell([news], now=now)


def test_an_e_mail_is_written_with_the_message_and_sent_by_the_worker(settings: Any) -> None:
    settings.YANGCAI_SITE = "https://example.org"
    with pytest.raises(RuntimeError), transaction.atomic():
        tell(reader())
        raise RuntimeError("the machine fell over")
    assert not Outgoing.objects.exists()
    [message] = tell(reader())
    assert mail.outbox == []  # nothing is sent in the transaction of what it is about
    assert len(outbox.deliver(now=NOW)) == 1
    assert outbox.deliver(now=NOW + MINUTE) == []
    [sent] = mail.outbox
    assert (sent.subject, sent.to) == ("还有 2 小时：递交投标文件（某项目）", ["someone@example.com"])
    assert f"https://example.org/work/message/{message.pk}/" in sent.body
    assert sent.extra_headers["Message-ID"] == f"<{Outgoing.objects.get().letter_id}>"


def test_it_speaks_the_readers_language() -> None:
    tell(reader(language="en"))
    outbox.deliver(now=NOW)
    assert mail.outbox[0].subject == "2 hours left: Submit a bid (某项目)"


def test_nobody_writes_a_header_through_a_title() -> None:
    tell(reader(), case="某项目\r\nBcc: thief@example.com\u2028X-Evil: 1")
    outbox.deliver(now=NOW)
    [sent] = mail.outbox
    raw = sent.message().as_bytes()
    assert b"\nBcc:" not in raw and b"\nX-Evil" not in raw
    assert sent.recipients() == ["someone@example.com"] and "\n" not in sent.subject


def test_a_gateway_that_is_down_is_asked_again_ever_later_and_then_given_up(fake: type[Fake]) -> None:
    fake.script = [GatewayDown("no answer")] * 10
    tell(reader())
    now = NOW
    for pause in outbox.PATIENCE:
        assert len(outbox.deliver(now=now)) == 1
        assert outbox.deliver(now=now + pause - MINUTE / 2) == []
        now += pause
    outbox.deliver(now=now)
    row = Outgoing.objects.get()
    assert (row.attempts, row.given_up_at, row.sent_at) == (len(outbox.PATIENCE) + 1, now, None)
    assert "no answer" in row.error
    assert outbox.deliver(now=now + datetime.timedelta(days=9)) == []
    assert len({letter.letter_id for letter in fake.given}) == 1
    fake.script = []
    assert outbox.try_again(now=now) == 1
    outbox.deliver(now=now)
    assert Outgoing.objects.get().sent_at == now


@pytest.mark.parametrize("trouble", [GatewayRefused("no such address"), RuntimeError("who knows")])
def test_what_is_refused_or_uncertain_is_not_sent_again(fake: type[Fake], trouble: Exception) -> None:
    fake.script = [trouble]
    tell(reader())
    outbox.deliver(now=NOW)
    outbox.deliver(now=NOW + datetime.timedelta(days=1))
    assert len(fake.given) == 1
    assert Outgoing.objects.get().given_up_at == NOW and Outgoing.objects.get().error


def test_what_was_cut_off_is_not_sent_again_and_told(fake: type[Fake]) -> None:
    tell(reader())
    assert outbox._begin(now=NOW) is not None  # and here the process is killed
    assert outbox.deliver(now=NOW + MINUTE) == [] and fake.given == []
    outbox.deliver(now=NOW + outbox.CUT_OFF)
    row = Outgoing.objects.get()
    assert fake.given == [] and row.given_up_at and "cut off" in row.error


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_once(fake: type[Fake]) -> None:
    post = reader()
    for n in range(8):
        tell(post, ground=str(n))
    start = threading.Barrier(3)

    def run() -> None:
        start.wait()
        outbox.deliver(now=NOW)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [letter.letter_id for letter in fake.given]
    assert len(ids) == len(set(ids)) == 8


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-03-02T21:59", "2026-03-02T21:59"),
        ("2026-03-02T22:00", "2026-03-03T07:00"),
        ("2026-03-03T03:00", "2026-03-03T07:00"),
        ("2026-03-03T05:30", "2026-03-03T05:30"),  # due at 07:30: by then it would be of little use
        ("2026-03-03T07:00", "2026-03-03T07:00"),
    ],
)
def test_quiet_hours_hold_back_what_can_wait(now: str, leaves: str) -> None:
    post = reader(quiet_from=datetime.time(22), quiet_to=datetime.time(7))
    moment = at(now)
    whom = (Whom(person_id=post.person_id),)
    until = at("2026-03-03T07:00") if now.endswith("05:30") else moment + datetime.timedelta(days=2)
    news = hearing.News(DEADLINE_NEAR, FACTS, whom, "g", root="x:1", subject="x:1", at=moment, until=until)
    hearing.tell([news], now=moment)
    assert Outgoing.objects.get().next_at == at(leaves)
    assert Message.objects.count() == 1  # the message centre keeps no hours


def test_only_channels_with_a_gateway_and_an_address_and_a_wish(settings: Any, tmp_path: Any) -> None:
    settings.YANGCAI_HOME = tmp_path
    post = reader(mobile="13000000000", im_account="somebody")
    tell(post, ground="1")
    assert [row.channel for row in Outgoing.objects.all()] == ["email"]
    settings.YANGCAI_GATEWAYS = settings.YANGCAI_GATEWAYS | {"sms": "yangcai.notifications.gateways.file.FileGateway"}
    Choice.objects.create(person=post.person, kind="deadline_near", channel=Channel.SMS, is_on=True)
    Choice.objects.create(person=post.person, kind="deadline_near", channel=Channel.EMAIL, is_on=False)
    tell(post, ground="2")
    outbox.deliver(now=NOW)
    [line] = [json.loads(text) for text in (tmp_path / "outbox" / "sms.jsonl").read_text().splitlines()]
    assert line["to"] == "13000000000" and "还有 2 小时" in line["text"]
    assert [row.channel for row in Outgoing.objects.order_by("pk")] == ["email", "sms"]


def test_what_was_sent_stays_as_it_was_sent() -> None:
    tell(reader())
    outbox.deliver(now=NOW)
    for attack in (
        "UPDATE notifications_outgoing SET sent_at = NULL",
        "UPDATE notifications_outgoing SET address = 'x@example.com'",
        "DELETE FROM notifications_outgoing",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)


def test_nothing_secret_leaves_in_an_e_mail() -> None:
    """A whole tender, everybody with an e-mail address: no price, no bidder, no number of them in any letter."""
    from tests.tendering.walk import Tender
    from yangcai.parties.models import Person

    tender = Tender().published()
    suppliers = [tender.supplier(name=f"隐名投标人{n}有限公司") for n in ("甲", "乙", "丙")]
    late = tender.supplier(name="隐名投标人丁有限公司")
    Person.objects.update(email="all@example.com")
    for supplier, price in zip(suppliers, ("876543.21", "899999.99", "912345.67"), strict=True):
        tender.bid(supplier, price=price)
    data = {"item": "技术参数", "before": "甲", "after": "乙", "affects_bids": False}
    tender.do("correction.publish", tender.case, tender.runner, **data)
    closes_at = Task.objects.filter(action="bid.submit", done_at=None).values_list("due_at", flat=True).get()
    assert closes_at is not None
    tasks.fire_due(now=closes_at - 2 * datetime.timedelta(hours=1))
    outbox.deliver(now=closes_at, most=500)
    kinds = set(Message.objects.filter(person=late.person).values_list("kind", flat=True))
    assert {"documents_changed", "deadline_near"} <= kinds
    text = "\n".join(f"{m.subject}\n{m.body}" for m in mail.outbox)
    assert "采购文件有变动" in text and "还有 2 小时" in text
    for secret in ("876543", "876,543", "899999", "912345", "隐名投标人"):
        assert secret not in text
