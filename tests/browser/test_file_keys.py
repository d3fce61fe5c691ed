"""Do the pages read well where the key of opened bids is away: wide and narrow, light and dark, in both languages?"""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.test_status import shown
from tests.tendering.walk import Tender
from tests.www.support import at_desk
from yangcai.kernel import clock
from yangcai.kernel.inputs import PrivateFile
from yangcai.kernel.models import Attachment
from yangcai.parties.queries import platform_post

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_the_pages_where_a_key_is_away(page: Page, lang: str, live_server: Any, settings: Any, tmp_path: Path) -> None:
    settings.YANGCAI_HOME, settings.YANGCAI_FILES = tmp_path, tmp_path / "files"
    tender = Tender().published()
    paper = PrivateFile("投标文件.txt", "text/plain", "技术方案".encode())
    for price in ("900000", "910000", "880000"):
        tender.bid(tender.supplier(), price=price, attachments=[paper])
    tender.open()
    clock.set_sandbox(at=tender.now)
    (tmp_path / "keys" / "files.key").unlink()
    said = {"zh-hans": ("没有解密它的密钥", "1 把不可用"), "en": ("is not here", "1 not to be had")}
    for post, name, address in (
        (tender.runner, "locked", reverse("work_file", args=[Attachment.objects.filter(kind="bid")[0].pk])),
        (platform_post(now=tender.now), "operating", reverse("work_ops")),
    ):
        session = at_desk(post).cookies["sessionid"].value
        for cookie, value in (("sessionid", session), ("django_language", lang)):
            page.context.add_cookies([{"name": cookie, "value": value, "url": f"{live_server.url}/"}])
        shown(page, f"{name}-{lang}", address)
        assert any(text in page.locator("main").inner_text() for text in said[lang])
