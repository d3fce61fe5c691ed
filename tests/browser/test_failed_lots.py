"""Can a purchase whose lot failed, or which failed as a whole, be procured again by hand?"""

from dataclasses import replace

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.desk import HOUR, Desk
from tests.scenarios import story
from tests.scenarios.story import DAY
from tests.scenarios.test_failed_lot import RELEASE, failed, over, three
from yangcai.cases.models import Case
from yangcai.kernel import clock
from yangcai.planning import checks
from yangcai.planning.models import PlanItem

pytestmark = [pytest.mark.browser, pytest.mark.long]


def seen(page: Page, address: str) -> None:
    """Open a page; it stands without a fault."""
    page.goto(address)
    assert page.locator("h1").count() == 1


def test_the_failed_lot_of_three_goes_to_a_second_case(page: Page) -> None:
    lots = [story.lot(number, three(), budget="500000.00") for number in ("1", "2")]
    *two, last = three()
    lots.append(story.lot("3", [*two, replace(last, responsive="未响应★条款")], budget="500000.00"))
    told = story.begin(story.purchase(*lots), until="award")
    officer, reviewer = told.people.officer, told.people.reviewer
    plan = told.refreshed().plan_item
    clock.set_sandbox(at=over(told) + HOUR)
    desk = Desk(page)
    desk.sit_down(officer)
    # It waits on the buyer's desk from this day on.
    seen(page, reverse("work"))
    assert page.locator(f'main a[href*="{RELEASE}"]').count()
    seen(page, f"/work/do/planitem/{plan.pk}/{RELEASE}/")
    desk.do(RELEASE, plan, officer)
    seen(page, reverse("work_plan_item", args=[plan.pk]))
    seen(page, reverse("work_case", args=[told.case.pk]))
    renewal = PlanItem.objects.get(renews=plan)
    seen(page, reverse("work_plan_item", args=[renewal.pk]))
    desk.do("plan.submit", renewal, officer)
    answers = [{"answer": "pass"} for _code in checks.codes()]
    desk.do("plan.review", renewal, reviewer, answers=answers, decision="approve")
    desk.do("plan.file", renewal, officer)
    desk.do("case.open", renewal, officer)
    again = Case.objects.get(plan_item=renewal)
    assert (again.predecessor, again.budget) == (told.case, failed(told).budget)
    seen(page, reverse("work_case", args=[again.pk]))
    # Its document begins with that of the first case, of the failed lot alone.
    draft = reverse("work_draft", args=[again.pk])
    seen(page, draft)
    desk.do("solicitation.take_over", again, officer, start=draft)
    assert [lot.number for lot in again.lots.all()] == ["3"]
    seen(page, draft)
    assert told.case.number in page.locator("#draft-whole").inner_text()
    assert not page.locator('main a[href*="solicitation.take_over"]').count()


def test_a_purchase_that_failed_is_procured_again(page: Page) -> None:
    file = replace(
        story.purchase(story.lot("1", three()[:2], budget="1000000.00")),
        outcome=story.published.Outcome(status="unsuccessful"),
    )
    told = story.begin(file, until="submission")
    clock.set_sandbox(at=told.at("opening") + HOUR)
    desk = Desk(page)
    desk.do("lot.declare_unsuccessful", told.lot, told.people.runner, ground="too_few")
    assert told.refreshed().end_kind == "unsuccessful"
    seen(page, reverse("work_case", args=[told.case.pk]))
    clock.set_sandbox(at=told.at("opening") + DAY)
    desk.do("case.retender", told.case, told.people.runner)
    again = Case.objects.get(predecessor=told.case)
    seen(page, reverse("work_case", args=[again.pk]))
    assert again.plan_item == told.case.plan_item
