"""Is a page as narrow as a phone, at 320 px, and does a form say there what each of its fields is?"""

import pytest
from playwright.sync_api import Page

from tests.factories import fund_appropriation, make_case, make_organisation, make_post
from yangcai.parties.models import OrganisationKind
from yangcai.parties.roles import Role

WIDE_BY = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@pytest.mark.long
@pytest.mark.browser
def test_no_page_scrolls_sideways(page: Page) -> None:
    agent = make_post(Role.AGENT, make_organisation(OrganisationKind.AGENT))
    case = make_case(agent=agent.organisation)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/demo/")
    assert page.evaluate(WIDE_BY) == 0
    page.locator(f'button[name="post"][value="{agent.pk}"]').click()
    page.wait_for_url("**/work/")
    for address in ("/law/clocks/", f"/work/case/{case.pk}/", f"/work/do/case/{case.pk}/lots.define/"):
        page.goto(address)
        assert page.evaluate(WIDE_BY) == 0, address
    # The headings of the rows have no room there: each field has its own instead, which elsewhere only a reader hears.
    name = page.locator('main form [name="rows-0-title"]')
    said = page.locator(f'label[for="{name.get_attribute("id")}"]')
    above, field = said.bounding_box(), name.bounding_box()
    assert above and field and above["width"] > field["width"] / 4 and above["y"] < field["y"]


@pytest.mark.browser
def test_what_is_ticked_stands_in_line_and_is_as_big_as_a_finger(page: Page) -> None:
    officer = make_post(Role.BUYER_OFFICER)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/demo/")
    page.locator(f'button[name="post"][value="{officer.pk}"]').click()
    page.wait_for_url("**/work/")
    page.goto("/work/messages/wishes/")
    assert page.locator(".table-box").evaluate("box => box.scrollWidth - box.clientWidth") == 0
    boxes = [one.bounding_box() for one in page.locator("td.tick label").all()]
    assert len(boxes) > 8
    assert len({round(one["x"]) for one in boxes if one}) == 1
    assert all(one and one["width"] >= 44 and one["height"] >= 44 for one in boxes)


@pytest.mark.browser
def test_the_button_of_a_line_stands_in_a_cell_as_high_as_its_line(page: Page) -> None:
    officer = make_post(Role.BUYER_OFFICER)
    fund_appropriation(officer.organisation)
    page.goto("/demo/")
    page.locator(f'button[name="post"][value="{officer.pk}"]').click()
    page.wait_for_url("**/work/")
    page.goto("/work/start/")
    line = page.locator("main tbody tr").first
    cells = [one.bounding_box() for one in line.locator("th, td").all()]
    assert len({round(one["height"]) for one in cells if one}) == 1
