"""How is what research made bought first, of one product or of several, and what may others buy of it?"""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.portal.test_notices import check
from tests.scenarios import agreements, story
from tests.scenarios.research import (
    ANNOUNCED,
    DIRECT,
    FIRST_PURCHASE,
    REVIEWED,
    accept,
    contracted,
)
from tests.scenarios.story import ADVANCE, DAY, FIRST, SECOND, Story
from tests.through import door
from yangcai.cases.models import Award, CaseEnd, Lot
from yangcai.contracts.models import Contract, ContractItem, Milestone
from yangcai.portal.models import Notice
from yangcai.replay import defaults, people
from yangcai.replay.driver import move_to
from yangcai.replay.published import Dates
from yangcai.tendering.models import (
    Invitee,
)

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def test_who_misses_a_milestone_is_eliminated_and_the_only_product_is_bought_directly(world: None) -> None:
    tale = contracted()
    first, second = (Contract.objects.get(case=tale.case, supplier__name=name) for name, _size in (FIRST, SECOND))
    at, reviewer = tale.at("contract") + 20 * DAY, tale.people.reviewer
    missed = {"ground": "milestone_missed", "reason": "样品未达到最低研发目标"}
    # Nobody is eliminated before a milestone was really missed.
    assert "no_milestone_missed" in tale.refused("contract.terminate", second, reviewer, at, **missed)
    accept(tale, first, at, passed=True)
    accept(tale, second, at, passed=False)
    unit = agreements.Buyer(tale.people.officer, tale.people.reviewer, at)
    plan = unit.plan(DIRECT, amount="400000.00", ground=FIRST_PURCHASE)
    buy = {"product": first.pk, "quantity": "4", "price": "100000.00", "delivery": "交付后一个月"}
    # Not while research goes on.
    assert "research_goes_on" in unit.refused("innovative_product.buy", plan, **buy)
    tale.do("contract.terminate", second, reviewer, at, **missed)
    ended = Contract.objects.get(pk=second.pk)
    assert ended.terminated_at is not None and ended.committed_fund.balance == 0
    case = unit.do("innovative_product.buy", plan, at=at + DAY, **buy)
    award = Award.objects.get(lot__case=case)
    assert (award.supplier.name, award.amount) == (FIRST[0], Decimal("400000.00"))
    assert case.predecessor_id == tale.case.pk
    notice = Notice.objects.get(root=case.ref, kind="innovative_product")
    check(notice)
    assert notice.facts["items"] == [{"item": plan.title, "quantity": "4", "unit_price": "100000.00"}]
    contract = unit.do("contract.draft", award, at=at + DAY)
    (line,) = ContractItem.objects.filter(contract=contract)
    assert (line.quantity, line.unit_price) == (Decimal(4), Decimal("100000.00"))
    # 首购预付款不得低于 30%.
    advance = Milestone.objects.get(contract=contract, due_on="signature")
    assert advance.amount == Decimal("120000.00")
    # Bought first once.
    unit.at = at + DAY
    again = unit.plan(DIRECT, amount="100000.00", ground=FIRST_PURCHASE)
    assert "bought_first_already" in unit.refused("innovative_product.buy", again, **buy | {"quantity": "1"})
    spread(tale, unit, contract, at + 2 * DAY)


def spread(tale: Story, unit: agreements.Buyer, contract: Contract, at: datetime.datetime) -> None:
    """推广: another buyer takes the announced product, at no more than its first price."""
    move_to(at)
    unit.do("contract.sign", contract, unit.reviewer, at=at)
    unit.do("contract.sign", contract, tale.supplier(FIRST), at=at)
    unit.do("contract.publish", contract, at=at)
    other = agreements.buyer(at)
    plan = other.plan(DIRECT, amount="200000.00", ground=ANNOUNCED)
    buy = {"product": contract.pk, "quantity": "2", "delivery": "交付后一个月"}
    assert "above_the_first_price" in other.refused("innovative_product.buy", plan, price="100000.01", **buy)
    case = other.do("innovative_product.buy", plan, price="95000.00", **buy)
    assert Award.objects.get(lot__case=case).amount == Decimal("190000.00")
    # Neither the buyer of the first purchase nor a product that nobody bought first.
    unit.at = at
    own = unit.plan(DIRECT, amount="200000.00", ground=ANNOUNCED)
    assert "product" in {r.field for r in unit.refused("innovative_product.buy", own, price="1.00", **buy).values()}


def purchase(tale: Story, *, budget: str = "500000.00") -> Story:
    """The plan, the intention and the money of the first purchase, as far as its plan is filed."""
    bids = [story.bid(FIRST, "460000.00"), story.bid(SECOND, "420000.00")]
    file = story.purchase(story.lot("1", bids, budget=budget), method=REVIEWED, grounds="first_purchase")
    dates = Dates(invitation=datetime.date(2026, 8, 3))
    completed = defaults.complete(published=replace(file, id="示例首购", title="示例首购项目", dates=dates)).case
    told = Story(door(), completed, people.gather(completed), payment_terms=ADVANCE)
    told.run(until="plan")
    return told


def test_of_several_products_the_group_chooses_and_it_goes_through_to_payment(world: None) -> None:
    tale = contracted()
    for stretch in ("acceptance", "payment"):
        getattr(tale, stretch)()
    done = tale.refreshed()
    assert done.end_kind == CaseEnd.CLOSED
    assert Contract.objects.filter(case=done, closed_at__isnull=False).count() == 2
    told = purchase(tale)
    plan, officer, at = told.plan_item, told.people.officer, told.at("invitation") - datetime.timedelta(hours=1)
    # It begins with the research, not by itself.
    assert "begins_with_its_contracts" in told.refused("case.open", plan, officer, at)
    told.preparation()
    assert told.case.predecessor_id == done.pk
    lot = Lot.objects.get(case=told.case)
    assert lot.limit == Decimal("500000.00")
    invited = Invitee.objects.filter(case=told.case).select_related("supplier")
    assert {one.supplier.name for one in invited} == {FIRST[0], SECOND[0]}
    # Nobody else is named in their place.
    named = {"supplier": told.supplier(FIRST).organisation, "reason": "指定"}
    at += datetime.timedelta(minutes=55)
    assert "contractors_only" in told.refused("suppliers.name", told.case, officer, at, **named)
    for stretch in ("invitation", "submission", "opening", "qualification", "evaluation", "award"):
        getattr(told, stretch)()
    award = Award.objects.get(lot=lot)
    notice = Notice.objects.get(root=told.case.ref, kind="award")
    check(notice)
    assert notice.title.endswith("首购产品公告") and notice.facts["winner"] == award.supplier.name
    for stretch in ("contract", "acceptance", "payment"):
        getattr(told, stretch)()
    assert told.refreshed().end_kind == CaseEnd.CLOSED
    assert told.money[3] == f"{award.amount:.0f}"
    # 升级迭代 (at most a tenth) is what a supplement may add.
    assert "contract.supplement" not in {key for key in told.procedure.rule_keys()}
    assert told.procedure.own("contract.supplement") == "cooperative_innovation.upgrade"


def test_one_product_needs_no_review_and_an_advance_is_paid(world: None) -> None:
    tale = contracted()
    contract = Contract.objects.get(case=tale.case, supplier__name=FIRST[0])
    other = Contract.objects.get(case=tale.case, supplier__name=SECOND[0])
    at = tale.at("contract") + 20 * DAY
    accept(tale, contract, at, passed=True)
    ended = {"ground": "on_the_market", "reason": "市场已出现同类产品"}
    tale.do("contract.terminate", other, tale.people.reviewer, at, **ended)
    unit = agreements.Buyer(tale.people.officer, tale.people.reviewer, at)
    plan = unit.plan(REVIEWED, amount="600000.00", ground=FIRST_PURCHASE)
    refused = unit.refused("first_purchase.begin", plan, research=tale.case.pk)
    assert set(refused) == {"only_one_product", "above_the_first_purchase"}
