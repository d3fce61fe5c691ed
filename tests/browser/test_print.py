"""Is what a page prints whole, and nothing that only a screen can do?"""

import datetime

import pytest
from playwright.sync_api import Page

from tests.browser.screens import Walk
from tests.tendering import judging
from yangcai.kernel import clock

pytestmark = [pytest.mark.browser, pytest.mark.long]
HOUR = datetime.timedelta(hours=1)
#: Elements that hang over the edge of the paper.
OVER = """all => all.filter(one => one.getClientRects().length && one.getBoundingClientRect().right
    > document.documentElement.clientWidth + 1).map(one => one.outerHTML.slice(0, 80))"""


def test_a_printed_case_has_all_its_rows_and_no_buttons(page: Page) -> None:
    h = judging.three().judged(judging.EQUAL)
    h.awarded()
    h.announced()
    clock.set_sandbox(at=judging.ANNOUNCED + HOUR)
    assert h.agent is not None
    Walk(page).sign_in(h.agent)
    page.goto(f"/work/case/{h.case.pk}/")
    closed = page.locator("details.fold:not([open]) table")
    assert closed.count() > 2 and not closed.first.is_visible() and page.locator("#offers").is_visible()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 658, "height": 971})  # A4 between its margins
    assert [table.is_visible() for table in closed.all()] == [True] * closed.count()
    assert not page.locator(":is(#offers, .nav, .masthead, .footer, main .button):visible").count()
    assert page.locator("main :is(table, svg)").evaluate_all(OVER) == []
    page.goto("/figures/")
    page.emulate_media(media="print")
    tables = page.locator(".as-table table")
    assert tables.count() and all(table.is_visible() for table in tables.all())
    assert page.locator("main :is(table, svg)").evaluate_all(OVER) == []
