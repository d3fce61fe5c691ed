"""Does the hall work in a browser: on a phone, for everybody, under the strict policy, and does it come up to date?"""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from tests.hall.test_state import BIDDERS, with_bids
from yangcai.kernel import clock
from yangcai.tendering.models import OpenedBid
from yangcai.tendering.queries.hall import hall_state
from yangcai.www.hall.board import Board, board, changes

pytestmark = [pytest.mark.browser, pytest.mark.long]

WIDTHS = (1366, 390, 320)


def faults(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def reads_well(page: Page) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), width
        assert faults(page) == [], width


def test_the_hall_is_read_by_everybody_and_comes_up_to_date(page: Page, settings: Any) -> None:
    tender = with_bids(confirmation_minutes=10)
    address = reverse("hall", args=[tender.case.pk])
    clock.set_sandbox(at=tender.now)
    page.goto(address)
    assert page.locator("count-down").count() == 1
    assert page.locator("tr").count() == 0
    reads_well(page)
    tender.open()
    clock.set_sandbox(at=tender.now)
    page.evaluate("document.querySelector('hall-room').look()")  # what its timer does where no stream is served
    page.wait_for_selector(f"main td:has-text('{BIDDERS[0]}')")
    assert page.locator("tbody tr").count() == 3
    tender.do("opening.remark", tender.case, tender.runner, remark="请核对")
    tender.do("opening.confirm", OpenedBid.objects.order_by("pk")[0], tender.suppliers[0])
    page.evaluate("document.querySelector('hall-room').look()")
    page.wait_for_selector("main td:has-text('已确认')")
    said = page.locator("#hall-messages li").all_inner_texts()
    assert len(said) == 3 and "请核对" in said[1], "each message once, in order, in its list"
    reads_well(page)
    for other in OpenedBid.objects.order_by("pk")[1:]:
        tender.do("opening.confirm", other, next(s for s in tender.suppliers if s.organisation_id == other.supplier_id))
    tender.conclude()
    page.goto(reverse("hall_record", args=[tender.case.pk]))
    reads_well(page)


def told(tender: Any) -> Board:
    """The board of the public, as the process that pushes it makes it."""
    return board(hall_state(tender.case, inside=False, now=tender.now), now=tender.now)


def test_a_row_that_changes_with_the_head_comes_through_the_stream(page: Page, settings: Any) -> None:
    """Who confirms changes its row, and the count in the head: both are one event."""
    tender = with_bids(confirmation_minutes=10)
    tender.open()
    clock.set_sandbox(at=tender.now)
    page.goto(reverse("hall", args=[tender.case.pk]))
    before = told(tender)
    tender.do("opening.confirm", OpenedBid.objects.order_by("pk")[0], tender.suppliers[0])
    page.evaluate("html => document.querySelector('hall-room').show(html)", changes(before, told(tender)))
    assert page.locator("tbody tr").count() == 3
    assert page.locator("tbody td:has-text('已确认')").count() == 1
    assert "1 / 3" in page.locator("#hall-head").inner_text()
