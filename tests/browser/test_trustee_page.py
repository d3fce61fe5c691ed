"""Does a trustee come to its keys and release its shares by pages alone, and does what it signs open the bids?"""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.browser.desk import Desk
from tests.kernel.log import world
from tests.tendering.sealing_walk import SealedTender
from yangcai.kernel import clock
from yangcai.kernel.encoding import base64_of
from yangcai.sealing.key_file import KeyFile
from yangcai.tendering import drills
from yangcai.tendering.models import DrillRelease, OpenedBid, ShareRelease, Trustee

pytestmark = pytest.mark.browser


#: What may be asked once; the answer to the first of each is lost.
ONCE = re.compile(r"/sbp/v1/(trustees|opening/.*-release|drill/.*/release)$")


class Pages:
    """The supervisor's browser, with the key file that it saved, on a line that loses answers."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder, self.sent = page, folder, list[str]()
        self.passphrase, self.file = "", folder / "trustee.key"
        page.on("request", lambda request: self.sent.append(str(request.post_data_buffer or b"")))
        self.lost = set[str]()
        page.route(ONCE, self.lose)

    def lose(self, route: Route) -> None:
        if route.request.url in self.lost:
            return route.continue_()
        self.lost.add(route.request.url)
        assert route.fetch().status == 201
        route.abort()

    def set_up(self) -> None:
        page = self.page
        page.locator("[data-do=make]").wait_for()
        self.passphrase = page.locator("[data-ask=passphrase]").input_value()
        page.locator("[data-do=make]").click()
        page.locator("[data-ask=save]").wait_for()
        page.fill("[data-ask=again]", self.passphrase)
        page.fill("[data-ask=reason]", "改用浏览器密钥")
        page.locator("[data-do=register]").click()
        page.locator("[data-fault=unsaved]").wait_for()
        with page.expect_download() as kept:
            page.locator("[data-ask=save]").click()
        self.file.write_bytes(Path(kept.value.path()).read_bytes())
        page.locator("[data-do=register]").click()
        page.locator("[data-fault=unsaved]").wait_for()  # that it was asked for is not that it lies there
        cut = {"name": "trustee.key", "mimeType": "application/octet-stream", "buffer": self.file.read_bytes()[:-1]}
        page.locator("[data-ask=kept]").set_input_files(cut)
        page.locator("[data-do=register]").click()
        page.locator("[data-fault=another]").wait_for()
        page.locator("[data-ask=kept]").set_input_files(self.file)
        page.fill("[data-ask=again]", "babab-babab-babab")
        page.locator("[data-do=register]").click()
        page.locator("[data-fault=mistyped]").wait_for()
        page.fill("[data-ask=again]", self.passphrase)
        page.locator("[data-do=register]").click()
        page.locator("[data-is=registered]").wait_for()

    def release(self, *, by_file: bool) -> None:
        """By the file that was saved, on a device whose clock is years behind: of a lot, not of a drill."""
        page = self.page
        page.locator("[data-do=release]").wait_for()
        page.fill("[data-ask=key]", "babab-babab-babab")
        page.locator("[data-do=release]").click()
        page.locator("[data-is=locked]").wait_for()
        if by_file:
            page.locator("[data-ask=key-file]").set_input_files(self.file)
        page.fill("[data-ask=key]", self.passphrase)
        if by_file:
            page.evaluate("Date.now = () => 0")
            page.locator("[data-do=release]").click()
            page.locator("[data-is=unproven]").wait_for()
            assert "too early" in page.locator("[data-shown=fault]").inner_text()
            page.get_by_label("这是演示环境，时钟是模拟的").check()
        page.locator("[data-do=release]").click()
        page.locator("[data-is=released]").wait_for()


@pytest.mark.long
def test_a_supervisor_sets_up_takes_part_in_a_drill_and_releases(page: Page, tmp_path: Path, settings: Any) -> None:
    world.use(settings, tmp_path / "site")
    tender = SealedTender()
    tender.describe()
    tender.board()
    supervisor = tender.holders[3]
    desk, pages = Desk(page), Pages(page, tmp_path)
    desk.sit_down(supervisor.post)
    page.goto("/work/trustees/")
    desk.follow('a[href="/work/trustees/key/"]')
    pages.set_up()
    row = supervisor.row = Trustee.objects.get(organisation=supervisor.post.organisation, retired_at=None)
    held = KeyFile.parse(pages.file.read_bytes())
    private = [base64_of(pair.private) for pair in held.keys(pages.passphrase).values()]
    assert row.hpke_key == page.evaluate("document.querySelector('[data-shown=wrap]').textContent")
    assert Trustee.objects.filter(organisation=row.organisation, retired_reason="改用浏览器密钥").count() == 1

    platform = tender.holders[0].post
    tender.do("drill.begin", platform.organisation, platform)
    page.goto("/work/trustees/")
    desk.follow('a[href="/work/trustees/drill/"]')
    pages.release(by_file=False)  # it lies, locked, in the browser in which it was made
    assert page.locator("[data-shown=shares]").inner_text() == str(drills.BIDS)
    assert DrillRelease.objects.get().trustee == row

    for lot in tender.case.lots.all():
        tender.set_policy(lot)
    tender.confirm()
    tender.publish()
    tender.case.refresh_from_db()
    devices = [tender.device() for _n in range(3)]
    for device in devices:
        tender.hand_in(device)
    address = f"/work/trustees/lot/{tender.lot.pk}/"
    page.goto("/work/trustees/")
    assert "尚未截止" in page.locator("main").inner_text()
    desk.follow(f'a[href="{address}"]')
    assert page.locator("[data-do=release]").count() == 0
    tender.begin()
    world.round_of(now=tender.now)
    clock.set_sandbox(at=tender.now)
    desk.post = None
    desk.sit_down(supervisor.post)
    page.goto(address)
    assert "投标人解密尚未全部完成" in page.locator("main").inner_text()
    assert page.locator("[data-do=release]").count() == 0
    for device in devices:
        tender.release(device)
    page.goto("/work/trustees/")
    assert "待释放" in page.locator("main").inner_text()
    desk.follow(f'a[href="{address}"]')
    pages.release(by_file=True)
    assert (page.locator("[data-shown=shares]").inner_text(), page.locator("[data-shown=failed]").inner_text()) == (
        "3",
        "0",
    )
    assert ShareRelease.objects.get(trustee=row).shares.count() == 3
    assert ShareRelease.objects.filter(trustee__role="platform").count() == 1  # it follows a person
    page.reload()
    assert "本单位已经释放份额" in page.locator("main").inner_text()
    assert page.locator("[data-do=release]").count() == 0
    tender.now += datetime.timedelta(minutes=1)
    tender.unseal()
    assert OpenedBid.objects.count() == 3
    assert len(pages.lost) == 3  # keys, drill, lot: each was sent again, and taken once
    assert not any(secret in body for body in pages.sent for secret in (pages.passphrase, *private))
