"""Does a supplier seal its price on a page of its own, and does the ciphertext follow when the file store is back?"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.desk import Desk
from tests.kernel.log import world
from tests.tendering.covers_walk import TwoCovers
from yangcai.kernel import clock
from yangcai.tendering.models import Bid, OpenedBid, SealedBid

pytestmark = pytest.mark.browser


@pytest.mark.long
def test_the_price_has_its_own_page_and_follows_when_the_store_is_back(
    page: Page, tmp_path: Path, settings: Any
) -> None:
    world.use(settings, tmp_path / "site")
    tender = TwoCovers().announced()
    device = tender.device()
    tender.hand_in_technical(device)
    desk = Desk(page)
    desk.sit_down(device.post)
    page.goto(f"/work/seal/{tender.lot.pk}/")
    page.locator("[data-state=ready]").wait_for()
    covers = page.locator("main .tasks").first
    assert "已递交" in covers.inner_text() and "未递交" in covers.inner_text()
    assert page.locator("main [name=delivery]").count() == 0  # that lies in the technical envelope
    desk.fill(
        price="880000.50",
        lines=[
            {"item": "计算机", "specification": "X1", "quantity": "50", "unit_price": "17600.01", "amount": "880000.50"}
        ],
    )
    desk.fill_one("commitment", True)
    passphrase = page.locator("[data-ask=passphrase]").input_value()
    page.locator("[data-do=seal]").click()
    page.locator("[data-stage=sealed] [data-do=rehearse]").wait_for()
    page.fill("[data-ask=again]", passphrase)
    page.locator("[data-stage=sealed] [data-do=rehearse]").click()
    page.locator("[data-told=whole]").wait_for()
    page.locator("[data-do=save]").click()
    works, broken = settings.YANGCAI_FILES, tmp_path / "no-folder"
    broken.write_text("")
    settings.YANGCAI_FILES = str(broken)
    page.locator("[data-stage=saved] [data-do=submit]").click()
    page.locator("[data-owed=yes]").wait_for()
    assert "ciphertext follows within 1800 s of closing" in page.locator("[data-shown=receipt]").inner_text()
    sealed = SealedBid.objects.get(bid__cover="PRICE")
    assert sealed.upload.verified_at is None

    settings.YANGCAI_FILES = works
    page.reload()
    owed = page.locator(".callout.tone-ok").first.inner_text()
    assert "密文尚待补传" in owed and "故障或者空间不足" in owed  # which of the two it was, nobody knows any more
    page.locator("[data-owed=yes] [data-do=submit]").click()
    page.locator("[data-owed=yes]").wait_for(state="hidden")
    sealed.upload.refresh_from_db()
    assert sealed.upload.verified_at is not None
    assert page.locator("[data-shown=receipt]").inner_text().strip() == sealed.note.strip()
    page.goto(f"/work/seal/{tender.lot.pk}/?cover=TECH")
    page.locator("[data-state=ready]").wait_for()
    assert page.locator("main [name=price]").count() == 0 and page.locator("main [name=delivery]").count() == 1
    assert Bid.objects.filter(replaced_at__isnull=True).count() == 2

    # The price is released when its own cover is closed, by the proof of that close.
    tender.technical.append(device)
    tender.hand_in_both("900000.00", "910000.00")
    tender.open_technical()
    tender.qualify()
    tender.judge()
    tender.conclude_technical()
    world.round_of(now=tender.now)
    clock.set_sandbox(at=tender.now)
    desk.sit_down(device.post)
    page.goto(f"/work/seal/{tender.lot.pk}/?cover=PRICE")
    page.fill("[data-ask=key]", passphrase)
    page.locator("[data-do=release]").click()
    page.locator("[data-is=released]").wait_for()
    tender.open_prices(of=[0, 1])
    assert OpenedBid.objects.get(supplier=device.post.organisation).last.price == Decimal("880000.50")
