"""Can a visitor of the demo live through its stories by clicks alone, in about the minutes that each of them promises?

Whoever clicks sees what the bar says: it is one's turn, or one moves on to it. Of a form nothing has to be typed; a
file is chosen where one is asked for. What a click and a form cost a person is counted, what the machine takes is not.
"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.kernel.log import world
from yangcai.demo.stories import PLOTS
from yangcai.kernel import clock
from yangcai.replay import district
from yangcai.replay.driver import begin_again

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.campaign]
#: Seconds that a person takes to find what to click, and to look over a form that is filled in.
CLICK, FORM, MINUTE = 2, 6, 60
#: More than any story has.
MOST = 60
PAPER = {"name": "验收书.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n"}


class Visitor:
    """Somebody who reads the bar and clicks."""

    def __init__(self, page: Page):
        self.page = page
        self.clicks = self.forms = 0
        self.did: list[str] = []

    def go(self, what: Locator) -> None:
        with self.page.expect_navigation():
            what.click()
        self.clicks += 1

    def live_through(self, name: str) -> None:
        self.page.goto("/demo/")
        self.go(self.page.locator(f"button[name=story][value={name}]"))
        for _step in range(MOST):
            if "这个剧本走完了" in (self.page.locator(".sandbox-turn").text_content() or ""):
                return
            if (on := self.page.locator(".sandbox button[name=forward][value=turn]")).count():
                self.go(on)
            else:
                self.take_turn()
        raise AssertionError(f"{name} does not end: {self.did}")

    def take_turn(self) -> None:
        here = self.page.locator("p.turn a")
        if not here.count():
            self.page.locator("details.sandbox-story > summary").click()
            self.clicks += 1
            here = self.page.locator(".sandbox-turn p >> nth=0").locator("a")
        self.did.append(here.inner_text())
        self.go(here)
        self.forms += 1
        for field in self.page.locator("main form input[type=file][required]").all():
            field.set_input_files(PAPER)  # type: ignore[arg-type]
            self.clicks += 1
        self.go(self.page.locator("main form .form-buttons button >> nth=-1"))
        said = self.page.locator("main").inner_text()[:600]
        assert "/work/done/" in self.page.url, (self.did, self.page.url, said)

    @property
    def minutes(self) -> float:
        return (self.clicks * CLICK + self.forms * FORM) / MINUTE


@pytest.mark.parametrize("name", ["open-tender", "consultation", "failed-tender", "sealed-opening"])
def test_a_story_is_lived_through_by_clicks(page: Page, name: str, settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)
    district.settle()
    begin_again()
    clock.set_sandbox(at=district.MORNING)
    visitor = Visitor(page)
    visitor.live_through(name)

    assert page.locator(".sandbox .checklist li:not(.is-done)").count() == 0
    assert visitor.minutes <= PLOTS[name].minutes, (visitor.clicks, visitor.forms, visitor.did)
