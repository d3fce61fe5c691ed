"""Can a visitor of the demo live through its stories by clicks alone, in the minutes that each of them promises?"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.visitor import Visitor
from tests.kernel.log import world
from yangcai.demo.stories import PLOTS
from yangcai.kernel import clock
from yangcai.replay import district
from yangcai.replay.driver import begin_again

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.campaign]


def with_an_agreement() -> None:
    """The district after its framework agreement, under which a story may call off."""
    agreement = [one for one in district.PURCHASES if one.procedure == "framework"]
    begin_again()
    district.found_district(told=lambda one: None, purchases=[district.replace(one, after=None) for one in agreement])


def on_its_first_morning() -> None:
    district.settle()
    begin_again()
    clock.set_sandbox(at=district.MORNING)


@pytest.mark.parametrize("name", PLOTS)
def test_a_story_is_lived_through_by_clicks(page: Page, name: str, settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)
    with_an_agreement() if name == "call-off" else on_its_first_morning()
    visitor = Visitor(page)
    visitor.live_through(name)

    assert page.locator(".sandbox .checklist li:not(.is-done)").count() == 0
    assert visitor.minutes <= PLOTS[name].minutes, visitor.told()
