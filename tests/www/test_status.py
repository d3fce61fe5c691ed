"""Does everybody see whether the platform is well, what an outage extended, and that it will?"""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import make_post
from tests.kernel.log import world
from tests.tendering.outage_journal import Journal
from tests.tendering.walk import CLOSES, Tender
from tests.www.support import at_desk
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


class Site:
    """What the public reads at a time."""

    def __init__(self, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client, self.now = client, CLOSES
        monkeypatch.setattr("yangcai.kernel.clock.now", lambda: self.now)

    def page(self, name: str, *args: Any, lang: str = "zh-hans") -> str:
        self.client.cookies["django_language"] = lang
        answer = self.client.get(reverse(name, args=args))
        assert answer.status_code == 200
        return str(answer.content.decode())


@pytest.fixture
def site(client: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Site:
    world.use(settings, tmp_path)
    return Site(client, monkeypatch)


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Journal:
    return Journal(monkeypatch)


def test_without_a_journal_it_says_so(site: Site) -> None:
    assert "没有健康日志" in site.page("status")
    assert "keeps no health journal" in site.page("status", lang="en")


def test_all_is_well(site: Site, journal: Journal) -> None:
    journal.line(CLOSES - MINUTE)
    page = site.page("status")
    assert "各项功能正常" in page and "没有停机" in page and "/law/outage.relief" in page
    assert f"yangcai verify health http://testserver{reverse('log_file', args=['x'])[:-2]}" in page


def test_an_outage_under_way_is_told_on_status_page_and_case(site: Site, journal: Journal) -> None:
    tender = Tender().published()
    site.now = CLOSES - 30 * MINUTE
    journal.line(CLOSES - 40 * MINUTE)
    journal.line(CLOSES - 31 * MINUTE, "store")
    page = site.page("status")
    assert "部分功能不正常" in page and "上传存储" in page and page.count("故障</span>") == 1
    assert "平台功能故障" in site.page("public_case", tender.case.pk)
    site.now = CLOSES + 10 * MINUTE  # silence, and the deadline has passed
    assert "平台功能故障" in site.page("public_case", tender.case.pk)
    hall = site.page("hall", tender.case.pk)
    assert "等待平台健康日志确认截止时间" in hall
    assert "waits for the health journal" in site.page("hall", tender.case.pk, lang="en")


def test_what_was_extended_is_told_everywhere(site: Site, journal: Journal) -> None:
    tender = Tender().published()
    supplier = tender.supplier()
    journal.line(CLOSES - 60 * MINUTE)
    journal.line(CLOSES - 30 * MINUTE)
    site.now = journal.now
    for name, args in (("status", ()), ("public_case", (tender.case.pk,)), ("hall", (tender.case.pk,))):
        page = site.page(name, *args)
        assert "2026-03-24 11:00" in page and "2026-03-24 09:30" in page, name
    case = site.page("public_case", tender.case.pk, lang="en")
    assert "the whole platform" in case and "Shortest time from the extension" in site.page("law", lang="en")
    assert "确认收到顺延" in at_desk(supplier).get(reverse("work")).content.decode()


def test_maintenance_is_announced_before_it_begins(site: Site, settings: Any) -> None:
    tender = Tender()
    platform = platform_post(now=tender.now)
    window = {"begins_at": CLOSES, "ends_at": CLOSES + 60 * MINUTE}
    tender.do("maintenance.announce", platform.organisation, platform, what="更换存储", **window)
    site.now = CLOSES + 59 * MINUTE
    assert "更换存储" in site.page("status")
    site.now = CLOSES + 60 * MINUTE
    assert "更换存储" not in site.page("status")
    settings.YANGCAI_SECOND_FACTOR = False
    desk = at_desk(make_post(Role.PLATFORM, platform.organisation))
    assert "更换存储" in desk.get(reverse("work_organisation", args=[platform.organisation_id])).content.decode()
