"""How are consumables priced with the equipment, compared by, bound and called off, told by role?"""

from copy import copy
from decimal import Decimal

import pytest

from tests.scenarios import agreements
from tests.scenarios.agreements import DAY, PRINTERS, TONER, Buyer, FirstStage, priced
from tests.scenarios.story import FIFTH, FIRST, FOURTH, SECOND, THIRD
from yangcai.cases.models import Award, Candidate
from yangcai.contracts.models import ContractItem
from yangcai.frameworks.models import AgreedConsumable, Entrant
from yangcai.kernel.actions import ACTIONS, can
from yangcai.portal.models import Notice
from yangcai.replay.driver import move_to
from yangcai.tendering.models import EvaluationReport
from yangcai.tendering.queries.recomputation import check_evaluations

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def beginning(world: None) -> FirstStage:
    """Five printers, each with the price of its toner."""
    tale = agreements.printers("打印机示例", until="opening")
    tale.enter()
    return tale


@pytest.fixture
def agreed(beginning: FirstStage) -> FirstStage:
    return copy(beginning)


@pytest.fixture
def unit(agreed: FirstStage) -> Buyer:
    at = agreed.moment(64) + 7 * DAY
    move_to(at)
    return agreements.buyer(at)


def test_what_they_use_up_corrects_the_price(agreed: FirstStage) -> None:
    """110号令 art. 26: compared by offer and toner of three years; what is agreed stays the offered price."""
    ranked = Candidate.objects.filter(lot=agreed.lot).order_by("rank")
    assert [(one.supplier.name, one.evaluated_price) for one in ranked] == [
        (THIRD[0], Decimal("5200.00")), (FOURTH[0], Decimal("5250.00")), (FIFTH[0], Decimal("5300.00")),
        (FIRST[0], Decimal("5400.00")), (SECOND[0], Decimal("7500.00")),
    ]  # fmt: skip
    assert not Entrant.objects.filter(framework=agreed.agreement, supplier__name=SECOND[0]).exists()
    assert agreed.entrant(THIRD).unit_price == Decimal("4600.00")
    step = next(s for s in EvaluationReport.objects.get(lot=agreed.lot).result["steps"] if s["code"] == "running_cost")
    assert step["citation"]["article"] == "第二十六条"
    assert check_evaluations().differences == []
    (row,) = Notice.objects.get(root=agreed.case.ref, kind="invitation").facts["agreements"]
    assert row["consumables"] == "硒鼓 10 支（每台 3 年用量）"


@pytest.mark.long
def test_the_price_of_toner_stands_in_the_contract(agreed: FirstStage, unit: Buyer) -> None:
    case = unit.do("call_off.choose", unit.plan("call_off_direct"), entrant=agreed.entrant(THIRD).pk, quantity="20")
    contract = unit.do("contract.draft", Award.objects.get(lot__case=case))
    assert "硒鼓，自框架协议签订之日起 3 年内，供应单价不高于 60.00 元/支" in contract.terms


@pytest.mark.long
def test_toner_is_called_off_at_its_price(agreed: FirstStage, unit: Buyer) -> None:
    toner = AgreedConsumable.objects.get(entrant=agreed.entrant(THIRD))
    plan = unit.plan("call_off_direct", "10000.00")
    other = unit.refused("call_off.choose", plan, entrant=agreed.entrant(FOURTH).pk, consumable=toner.pk, quantity=1)
    assert other["consumable_of_another"].citation is not None
    assert other["consumable_of_another"].citation.article == "第二十六条"
    dear = unit.refused("call_off.choose", plan, entrant=agreed.entrant(THIRD).pk, consumable=toner.pk, quantity=200)
    assert dear["over_budget"].field == "quantity"
    case = unit.do("call_off.choose", plan, entrant=agreed.entrant(THIRD).pk, consumable=toner.pk, quantity=100)
    award = Award.objects.get(lot__case=case)
    assert (award.supplier.name, award.amount, award.lot.title) == (THIRD[0], Decimal("6000.00"), "硒鼓")
    (item,) = Notice.objects.get(root=case.ref, kind="call_off").facts["items"]
    assert (item["item"], item["quantity"], item["unit_price"]) == ("硒鼓", "100 支", "60.00")
    (line,) = ContractItem.objects.filter(contract=unit.do("contract.draft", award))
    assert (line.item, line.quantity, line.unit_price) == ("硒鼓", Decimal(100), Decimal("60.00"))


def test_they_are_listed_for_three_years_at_the_least(agreed: FirstStage) -> None:
    again = agreements.begin(agreements.file(name="另一打印机"), until="plan")
    officer, at = again.people.officer, again.at("invitation")
    lot = again.do("case.open", again.plan_item, officer, at, ceiling="5000.00").lots.get()
    early = again.refused("consumables.define", lot, officer, at, **TONER)
    assert early["no_consumables_here"].citation is not None
    again.do("framework.define", lot, officer, at, **PRINTERS)
    refused = {r.code: r for r in can(ACTIONS["solicitation.confirm"], lot.case, by=again.people.reviewer, now=at)}
    assert refused["consumables_not_listed"].citation is not None
    assert refused["consumables_not_listed"].citation.article == "第二十六条"
    short = again.refused("consumables.define", lot, officer, at, **{**TONER, "years": 2})
    assert short["too_few_years"].citation is not None and "3 年" in short["too_few_years"].zh.replace("3年", "3 年")
    twice = again.refused("consumables.define", lot, officer, at, years=3, rows=TONER["rows"] * 2)
    assert set(twice) == {"duplicate_consumable"}
    again.do("consumables.define", lot, officer, at, **TONER)


@pytest.mark.long
def test_every_consumable_is_priced_once_and_nothing_else(world: None) -> None:
    """Told at the form of the bid, before it is sealed."""
    tale = agreements.printers("第三打印机", until="invitation")
    tale.in_bids = {}  # what each bid says is told below
    supplier, at = tale.supplier(FIRST), tale.at("invitation") + DAY
    tale.do("documents.obtain", tale.case, supplier, at)
    offer = {"price": "4800.00", "commitment": True}
    for rows in ({}, priced("60.00", "墨粉"), {"consumables": priced("60.00")["consumables"] * 2}):
        refused = tale.refused("bid.submit", tale.lot, supplier, at, **offer, **rows)
        assert [one.field for one in refused.values()] == ["consumables"]
        assert "第二十六条" in next(iter(refused.values())).zh
    tale.do("bid.submit", tale.lot, supplier, at, **offer, **priced("60.00"))
