"""Does whoever operates the platform see what is not well, and how it is mended?"""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import NOW, make_post
from tests.kernel.log import world
from tests.tendering.outage_journal import Journal
from tests.www.support import Clock, at_desk, text_of
from yangcai.kernel.models import Task
from yangcai.notifications.models import Message, Outgoing
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def journal(clock: Clock, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Journal:
    """Of a platform with keys of its own."""
    world.use(settings, tmp_path)
    settings.YANGCAI_FILES = tmp_path / "files"
    return Journal(monkeypatch)


def lines(lang: str = "zh-hans") -> dict[str, str]:
    """What each line says, by its first word, in the order of the page."""
    desk = at_desk(make_post(Role.PLATFORM))
    desk.cookies["django_language"] = lang
    body = re.search(r"<tbody>(.*?)</tbody>", text_of(desk.get(reverse("work_ops"))), re.DOTALL)
    assert body is not None
    rows = [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in body.group(1).split("</tr>")[:-1]]
    return {row[0]: " ".join(row[1:]) for row in rows}


def test_what_is_well_is_told_without_a_remedy(journal: Journal) -> None:
    journal.line(NOW - MINUTE)
    found = lines()
    assert found["对外服务"].startswith("正常") and found["到期事项"] == "正常 都已处理"
    assert "PostgreSQL" in found["数据库"] and "节假日安排已知到" in found["工作日历"]
    assert lines("en")["Service"].startswith("Well")


def test_what_is_not_well_stands_on_top_with_what_mends_it(journal: Journal) -> None:
    journal.line(NOW - MINUTE)
    at = NOW - datetime.timedelta(hours=2)
    Task.objects.create(root="case:1", subject="case:1", role=Role.AGENT, title="演示", since=at, due_at=at)
    message = Message.objects.create(
        person=make_post(Role.AGENT).person, kind="x", root="case:1", subject="case:1", facts={}, ground="g", at=at
    )
    Outgoing.objects.create(message=message, channel="sms", address="a", letter_id="1", next_at=at, given_up_at=at)
    found = lines()
    assert list(found)[:2] == ["到期事项", "外发消息"]
    assert found["到期事项"].startswith("故障 1 件已到期未处理") and found["到期事项"].endswith("运行 yangcai work")
    assert "放弃 1 条" in found["外发消息"] and "yangcai outbox list" in found["外发消息"]


def test_a_journal_that_fell_silent_is_a_fault(journal: Journal) -> None:
    journal.line(NOW - datetime.timedelta(days=1))
    assert lines()["对外服务"].startswith("故障") and next(iter(lines())) == "对外服务"
