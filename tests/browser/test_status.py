"""Do status page, case and hall read well after an outage: wide and narrow, light and dark, in both languages?"""

import datetime
import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.test_hall import faults
from tests.browser.test_narrow import WIDE_BY
from tests.kernel.log import world
from tests.tendering.outage_journal import Journal
from tests.tendering.walk import CLOSES, Tender
from yangcai.kernel import clock
from yangcai.parties.queries import platform_post

pytestmark = [pytest.mark.browser, pytest.mark.long]
MINUTE = datetime.timedelta(minutes=1)
#: Where pictures go for who wants to look at the pages.
PICTURES = os.environ.get("YANGCAI_PICTURES")


def shown(page: Page, name: str, address: str) -> None:
    page.goto(address)
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        for width in (1366, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(WIDE_BY) == 0, (name, width)
            if PICTURES:
                page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}-{colours}.png"), full_page=True)
        assert faults(page) == [], (name, colours)


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_the_pages_of_an_outage(
    page: Page, lang: str, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.use(settings, tmp_path)
    journal = Journal(monkeypatch)
    tender = Tender().published()
    platform = platform_post(now=tender.now)
    window = {"begins_at": CLOSES + 120 * MINUTE, "ends_at": CLOSES + 180 * MINUTE}
    tender.do("maintenance.announce", platform.organisation, platform, what="更换存储设备", **window)
    journal.line(CLOSES - 60 * MINUTE)
    journal.line(CLOSES - 40 * MINUTE, "store", "finalise")
    clock.set_sandbox(at=CLOSES - 39 * MINUTE)
    page.goto("/")
    page.context.add_cookies([{"name": "django_language", "value": lang, "url": page.url}])
    case, hall = reverse("public_case", args=[tender.case.pk]), reverse("hall", args=[tender.case.pk])
    shown(page, f"status-failing-{lang}", reverse("status"))
    shown(page, f"case-failing-{lang}", case)
    clock.set_sandbox(at=CLOSES + MINUTE)
    shown(page, f"hall-waits-{lang}", hall)
    journal.line(CLOSES + 10 * MINUTE)
    for name, address in (("status", reverse("status")), ("case", case), ("hall", hall)):
        shown(page, f"{name}-extended-{lang}", address)
    assert page.locator("count-down").count() == 1
