"""F33: does a supplier whose computer is lost open its bid from another one, with the copy of its opening file?"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import chromium, page, sandbox  # noqa: F401 - fixtures
from tests.browser.desk import Desk
from tests.kernel.log import world
from tests.tendering.sealing_walk import SealedTender, three, windowless
from yangcai.kernel import clock
from yangcai.tendering.models import Bid, OpenedBid, SealedBid
from yangcai.www.work import places

WORDS = "babab-babab-babab-babab-babab-babab"


@pytest.mark.long
@pytest.mark.browser
def test_another_computer_and_the_copy_open_the_bid(
    tells: Any,
    page: Page,  # noqa: F811
    tmp_path: Path,
    settings: Any,
) -> None:
    world.use(settings, tmp_path / "site")
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(3)]
    for device in devices:
        tender.hand_in(device, recovery="never")  # nobody else would open it
    copy = tmp_path / "bid.sbo"
    copy.write_bytes(devices[0].sealer.opening_file(passphrase=WORDS).content)
    tender.begin()
    world.round_of(now=tender.now)  # nothing is released before the close is proved
    clock.set_sandbox(at=tender.now)
    for device in devices[1:]:
        tender.release(device)
    desk = Desk(page)
    desk.sit_down(devices[0].post)
    page.goto(f"/work/case/{tender.case.pk}/")
    desk.follow(f'a[href="/work/seal/{tender.lot.pk}/"]')
    page.locator("[data-ask=sbo]").set_input_files(copy)
    page.fill("[data-ask=key]", "babab-babab-babab")
    page.locator("[data-do=release]").click()
    page.locator("[data-is=locked]").wait_for()
    page.fill("[data-ask=key]", WORDS)
    page.locator("[data-do=release]").click()
    page.locator("[data-is=released]").wait_for()
    tender.trustee_releases(tender.holders[3])
    tender.unseal()
    damaged = Bid.objects.exclude(damage="").count()
    assert OpenedBid.objects.count() == 3 and damaged == 0
    tells(bids=3, opened=3, revoked=damaged, opened_wrongly=0, revoked_wrongly=damaged)


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("recovery", ["auto", "consent", "consented", "never"])
def test_who_forgot_the_passphrase_is_dealt_with_as_it_chose(
    tells: Any,
    page: Page,  # noqa: F811
    tmp_path: Path,
    settings: Any,
    recovery: str,
) -> None:
    """The page says that the file stays locked; whoever left it open consents there, within the window, or does not."""
    world.use(settings, tmp_path / "site")
    tender = SealedTender().announced()
    devices = three(tender, recoveries=(recovery.replace("consented", "consent"), "auto", "auto"))
    copy = tmp_path / "bid.sbo"
    copy.write_bytes(devices[0].sealer.opening_file(passphrase=WORDS).content)
    tender.begin()
    world.round_of(now=tender.now)
    clock.set_sandbox(at=tender.now)
    for device in devices[1:]:
        tender.release(device)
    bid = SealedBid.objects.get(header_digest=devices[0].header.sha256.hex()).bid
    desk = Desk(page)
    desk.sit_down(devices[0].post)
    page.goto(f"/work/seal/{tender.lot.pk}/")
    page.locator("[data-ask=sbo]").set_input_files(copy)
    page.fill("[data-ask=key]", "bobob-bobob-bobob")
    page.locator("[data-do=release]").click()
    page.locator("[data-is=locked]").wait_for()
    if recovery == "consented":
        desk.do("bid.consent", bid, devices[0].post)
    else:  # nobody is asked who chose otherwise
        page.goto(places.page_of(bid))
        asked = page.locator(f'a[href="/work/do/bid/{bid.pk}/bid.consent/"]').count()
        assert bool(asked) is (recovery == "consent")
    windowless(tender)
    for holder in tender.holders[1:4]:
        tender.trustee_releases(holder)
    tender.unseal()
    expected = recovery in {"auto", "consented"}
    opened = OpenedBid.objects.filter(supplier=devices[0].post.organisation).exists()
    damage = Bid.objects.get(pk=bid.pk).damage
    tells(
        bids=3,
        opened=OpenedBid.objects.count(),
        revoked=Bid.objects.exclude(damage="").count(),
        opened_wrongly=int(opened and not expected),
        revoked_wrongly=int(bool(damage) and expected),
    )
    assert opened == expected and ("视为撤销" in damage) == (not expected)
