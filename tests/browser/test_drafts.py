"""Does what is kept of a bid half filled in go with its author, at the sign-out and where somebody else comes in?"""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.screens import Walk
from tests.factories import make_supplier
from tests.tendering.walk import Tender
from yangcai.kernel import clock

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_drafts_go_with_their_author(page: Page, settings: Any) -> None:
    tender = Tender().published()
    bidder, other = tender.supplier(), make_supplier()
    clock.set_sandbox(at=tender.now)
    walk = Walk(page)

    def kept() -> list[str]:
        found: list[str] = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('yangcai:draft:'))")
        return found

    def write() -> None:
        walk.sign_in(bidder)
        page.goto(f"/work/do/lot/{tender.lot.pk}/bid.submit/")
        page.fill("[name=price]", "876543.21")
        assert len(kept()) == 1

    write()
    page.reload()
    assert len(kept()) == 1 and page.input_value("[name=price]") == "876543.21", "its author finds it again"
    page.locator(".whoami form button").click()
    page.wait_for_url(lambda address: "/work/" not in address)
    assert kept() == []

    write()
    settings.YANGCAI_SANDBOX = False  # in the demo one visitor is everybody
    walk.sign_in(other)
    assert kept() == []
