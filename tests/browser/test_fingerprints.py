"""Does a page leave a fingerprint and a name the room in which they can be read?"""

import datetime

import pytest
from playwright.sync_api import Page

from tests.browser.screens import Walk
from tests.tendering import judging
from yangcai.kernel import clock

pytestmark = [pytest.mark.browser, pytest.mark.long]
HOUR = datetime.timedelta(hours=1)
#: In how many lines the words of an element stand.
LINES = """all => all.map(one => {
    const words = document.createRange();
    words.selectNodeContents(one);
    return new Set([...words.getClientRects()].map(box => Math.round(box.top))).size;
})"""


def test_a_fingerprint_in_a_table_stands_in_a_few_lines_and_a_printed_rail_breaks_no_name(page: Page) -> None:
    h = judging.three().judged(judging.EQUAL)
    h.awarded()
    h.announced()
    clock.set_sandbox(at=judging.ANNOUNCED + HOUR)
    assert h.agent is not None
    Walk(page).sign_in(h.agent)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": page.url.removesuffix("/work/")}])
    page.goto(f"/work/case/{h.case.pk}/")
    page.locator("main details").evaluate_all("all => all.forEach(one => (one.open = true))")
    lines = page.locator("main td.fingerprint").evaluate_all(LINES)
    assert lines and max(lines) <= 5

    page.goto(f"/p/{h.case.pk}/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 658, "height": 971})  # A4 between its margins
    lines = page.locator(".rail-name:has-text('Submission')").evaluate_all(LINES)
    assert lines == [1]
