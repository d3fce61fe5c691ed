"""Can a framework agreement be called off, left and topped up by hand, and research under contract be given longer?"""

import datetime
from dataclasses import replace

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.desk import HOUR, Desk
from tests.scenarios import agreements
from tests.scenarios.agreements import DAY
from tests.scenarios.research import contracted
from tests.scenarios.story import FIFTH, FIRST, SECOND, THIRD
from yangcai.cases.models import Award, Case
from yangcai.contracts.models import Amendment, Contract
from yangcai.frameworks.models import Entrant, Framework
from yangcai.kernel import clock
from yangcai.kernel.actions import ACTIONS
from yangcai.replay.driver import move_to
from yangcai.replay.published import Dates
from yangcai.www.work import places

pytestmark = [pytest.mark.browser, pytest.mark.long]


def told(page: Page, address: str) -> str:
    """What stands on a page, which stands without a fault."""
    page.goto(address)
    assert page.locator("h1").count() == 1
    return page.locator("main").inner_text()


def test_in_turn_and_by_a_second_competition(page: Page) -> None:
    tale = agreements.begin(agreements.file(), until="opening")
    tale.enter()
    at = tale.moment(64) + 7 * DAY
    move_to(at)
    unit = agreements.buyer(at)
    clock.set_sandbox(at=at)
    desk, agreement = Desk(page), tale.agreement
    turn = unit.plan("call_off_rotation", "10000.00", title="按顺序轮候示例")
    desk.sit_down(unit.officer)
    told(page, reverse("work_plan_item", args=[turn.pk]))
    told(page, places.form_of(ACTIONS["call_off.take_turn"], turn))
    chosen = page.locator('main select[name="framework"] option:checked').inner_text()
    assert f"轮到 {SECOND[0]}" in chosen
    desk.do("call_off.take_turn", turn, unit.officer, framework=agreement.pk, quantity="2")
    assert Award.objects.get(lot__case__plan_item=turn).supplier.name == SECOND[0]
    told(page, reverse("work_case", args=[Case.objects.get(plan_item=turn).pk]))
    # A second competition: invited, offered by two, opened, concluded.
    plan = unit.plan("call_off_mini_competition", title="二次竞价示例")
    told(page, places.form_of(ACTIONS["call_off.invite"], plan))
    closes = at + 2 * DAY
    desk.do("call_off.invite", plan, unit.officer, framework=agreement.pk, quantity="20", closes_at=closes)
    case = Case.objects.get(plan_item=plan)
    told(page, reverse("work_case", args=[case.pk]))
    for bidder, price in ((SECOND, "89000.00"), (THIRD, "88000.00")):
        supplier = tale.supplier(bidder)
        desk.sit_down(supplier)
        said = told(page, reverse("work_case", args=[case.pk]))
        assert "协议价格" in said  # each reads its own ceiling
        told(page, reverse("work_bid_tasks", args=[case.lots.get().pk]))
        unit.do("bid.submit", case.lots.get(), supplier, price=price, commitment=True)
    clock.set_sandbox(at=closes + HOUR)
    desk.sit_down(unit.officer)
    told(page, reverse("work"))
    desk.do("opening.begin", case, unit.officer)
    desk.do("opening.conclude", case, unit.officer)
    told(page, reverse("work_case", args=[case.pk]))
    desk.do("call_off.conclude", case.lots.get(), unit.officer, start=reverse("work_case", args=[case.pk]))
    assert Award.objects.get(lot__case=case).supplier.name == THIRD[0]
    told(page, reverse("work_case", args=[case.pk]))


def test_some_leave_and_others_join(page: Page) -> None:
    tale = agreements.begin(agreements.file(), until="opening")
    tale.enter()
    at = tale.moment(70)
    clock.set_sandbox(at=at)
    desk, runner = Desk(page), tale.people.runner
    desk.sit_down(runner)
    told(page, reverse("work_case", args=[tale.case.pk]))
    told(page, places.form_of(ACTIONS["entrant.remove"], tale.entrant(SECOND)))
    assert page.locator('main select[name="ground"]').input_value() == ""  # nobody is accused by a default
    start = reverse("work_case", args=[tale.case.pk])
    desk.do("entrant.remove", tale.entrant(SECOND), runner, start=start, ground="not_performed", reason="逾期未交付")
    desk.do("entrant.remove", tale.entrant(THIRD), runner, start=start, ground="good_reason", reason="产线停产")
    said = told(page, start)
    assert "清退" in said and "退出" in said
    # The supplier reads that it may not go by itself.
    desk.sit_down(tale.supplier(FIRST))
    told(page, start)
    assert "无正当理由不得退出" in page.content()  # under what is not possible now
    # Half is left: others may be called for.
    asks = ((FIFTH, "4850.00"), (THIRD, "4400.00"), (("示例己公司", "small"), "4900.00"))
    file = replace(agreements.file(asks, name="补充征集"), dates=Dates(invitation=datetime.date(2026, 6, 1)))
    again = agreements.begin(file, until="plan", terms=agreements.TERMS)
    officer = again.people.officer
    at = again.at("invitation") - 2 * HOUR
    clock.set_sandbox(at=at)
    lot = again.do("case.open", again.plan_item, officer, at, ceiling="5000.00").lots.get()
    start = reverse("work_case", args=[lot.case_id])
    desk.sit_down(officer)
    told(page, places.form_of(ACTIONS["framework.define"], lot))
    terms = {**agreements.TERMS, "tops_up": tale.agreement.pk, "top_up_reason": "供货能力不足"}
    desk.do("framework.define", lot, officer, start=start, **terms)
    assert Framework.objects.get(lot=lot).tops_up == tale.agreement
    told(page, start)
    assert Entrant.objects.filter(framework=tale.agreement, left_at__isnull=True).count() == 2


def test_research_is_given_longer(page: Page) -> None:
    tale = contracted()
    at, officer = tale.at("contract") + 20 * DAY, tale.people.officer
    clock.set_sandbox(at=at)
    contract = Contract.objects.get(case=tale.case, supplier__name=FIRST[0])
    desk = Desk(page)
    desk.sit_down(officer)
    start = places.page_of(contract)
    told(page, start)
    told(page, places.form_of(ACTIONS["contract.amend"], contract))
    paper = {"name": "change.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\nx"}
    change = {
        "ground": "changed_circumstances", "clause": "合同期限", "content": "研发期限顺延", "reason": "关键器件断供",
        "signed_on": at.date().isoformat(), "document": paper,
    }  # fmt: skip
    page.goto(places.form_of(ACTIONS["contract.amend"], contract))
    desk.fill(contract_months="25", **change)
    desk.send()
    assert "合同期限一般不得超过2年" in page.locator("main").inner_text()
    desk.do("contract.amend", contract, officer, start=start, contract_months="24", **change)
    amendment = Amendment.objects.get(contract=contract)
    assert amendment.contract_months == 24
    assert "24" in told(page, start)
    desk.do("amendment.publish", amendment, officer, start=start)
