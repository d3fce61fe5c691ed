"""Can one search, sign in, change how pages look, and do an Action where no script runs at all?"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import SLOWEST
from tests.browser.desk import Desk
from tests.factories import make_post
from tests.tendering.walk import Tender, set_database_clock
from tests.www.test_login import PASSWORD, with_password
from yangcai.challenges.models import Enquiry
from yangcai.kernel import clock
from yangcai.parties.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.long]
QUESTION = "接口协议是否可以采用国家标准？"


@pytest.fixture
def plain(chromium: Any, live_server: Any, sandbox: None) -> Iterator[Page]:
    """A browser that runs no script."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 900}, base_url=live_server.url, locale="zh-CN", java_script_enabled=False
    )
    page = context.new_page()
    page.set_default_timeout(SLOWEST)
    yield page
    context.close()


def test_everybody_searches_and_chooses_how_pages_look(plain: Page) -> None:
    tender = Tender(title="不用脚本的项目").published()
    set_database_clock(tender.now)
    plain.goto("/notices/?q=不用脚本")
    assert plain.locator("main").get_by_text("不用脚本的项目").count()
    with plain.expect_navigation():
        plain.locator('a[href*="theme=dark"]').first.click()
    assert plain.locator('html[data-theme="dark"]').count() == 1
    with plain.expect_navigation():
        plain.locator('form[action="/language/"] button').first.click()
    assert plain.locator('html[lang="en"]').count() == 1


def test_one_signs_in_by_password_and_does_an_action(plain: Page) -> None:
    tender = Tender(title="不用脚本的项目").published()
    post = with_password(tender.supplier())
    set_database_clock(tender.now)
    plain.goto("/accounts/login/")
    plain.fill('input[name="login"]', post.person.username)
    plain.fill('input[name="password"]', PASSWORD)
    desk = Desk(plain)
    desk.send("main form button >> nth=-1")
    assert plain.url.endswith("/work/")
    plain.goto(f"/work/do/case/{tender.case.pk}/enquiry.ask/")
    desk.send()  # nothing is filled in: the form comes back, and says so
    assert plain.locator('[role="alert"]').count() and not Enquiry.objects.exists()
    desk.fill(question=QUESTION)
    desk.send()
    assert "/work/done/" in plain.url and Enquiry.objects.get().question == QUESTION


def test_the_demo_is_lived_through_by_forms(plain: Page) -> None:
    """A role by one click, and the clock to a moment."""
    post = make_post(Role.TREASURY)
    desk = Desk(plain)
    desk.sit_down(post)
    assert post.organisation.name in plain.inner_text("body")
    before = clock.now()
    desk.wait_until(before.replace(hour=before.hour + 2))
    assert clock.now() > before
