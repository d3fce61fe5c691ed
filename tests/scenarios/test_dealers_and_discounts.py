"""Does the price fall with the quantity as the call says, and may an entrant's dealer take its contracts?"""

import datetime
from copy import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests import factories
from tests.portal.test_notices import check
from tests.scenarios import agreements
from tests.scenarios.agreements import DAY, HOUR, TERMS, Buyer, FirstStage
from tests.scenarios.story import FIFTH, FIRST, FOURTH, SECOND, THIRD
from yangcai.cases.models import Award
from yangcai.contracts.models import ContractItem
from yangcai.credit.models import Debarment
from yangcai.frameworks.models import CallOff, Dealer, Feedback, QuantityDiscount
from yangcai.frameworks.queries import visible_dealers
from yangcai.frameworks.rules.call_off import own_limit
from yangcai.kernel.actions import ACTIONS, can
from yangcai.parties.models import Post
from yangcai.portal.models import Notice
from yangcai.replay.driver import PythonDriver, move_to
from yangcai.replay.published import Dates

pytestmark = pytest.mark.django_db

DIRECT, MINI, ROTATION = "call_off_direct", "call_off_mini_competition", "call_off_rotation"
#: From 10 on 2 % less, from 20 on 5 %.
BY_QUANTITY = [{"from_quantity": "20", "rate": "0.05"}, {"from_quantity": "10", "rate": "0.02"}]


@pytest.fixture(scope="module")
def beginning(world: None) -> FirstStage:
    """乙 4500, 丙 4600, 丁 4700, 甲 4800; the price falls with the quantity."""
    tale = agreements.begin(
        agreements.file(name="折扣示例"), until="opening", terms={**TERMS, "discounts": BY_QUANTITY}
    )
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


def commission(tale: FirstStage, at: Any) -> Any:
    return PythonDriver().file("commission.pdf", b"%PDF-1.4\ncommission", by=tale.supplier(FOURTH), at=at)


def named(tale: FirstStage, unit: Buyer, dealer: Post) -> Dealer:
    said = {"organisation": dealer.organisation_id, "area": "兰州新区", "commission": commission(tale, unit.at)}
    made: Dealer = unit.do("dealer.name", tale.entrant(FOURTH), tale.supplier(FOURTH), **said)
    return Dealer.objects.get(pk=made.pk)


# --- discounts by quantity (art. 13) -------------------------------------------------------------------------------


def test_the_call_states_them_and_they_must_grow(agreed: FirstStage) -> None:
    (row,) = Notice.objects.get(root=agreed.case.ref, kind="invitation").facts["agreements"]
    assert row["discounts"] == "满 10 台降低 2%、满 20 台降低 5%"
    again = agreements.begin(agreements.file(name="折扣倒挂"), until="plan")
    officer, at = again.people.officer, again.at("invitation")
    lot = again.do("case.open", again.plan_item, officer, at).lots.get()
    for wrong in (
        [{"from_quantity": "10", "rate": "0.05"}, {"from_quantity": "20", "rate": "0.05"}],
        [{"from_quantity": "10", "rate": "0.05"}, {"from_quantity": "20", "rate": "0.02"}],
        [{"from_quantity": "10", "rate": "0.05"}, {"from_quantity": "10", "rate": "0.06"}],
    ):
        refused = again.refused("framework.define", lot, officer, at, **{**TERMS, "discounts": wrong})
        told = refused["discounts_do_not_grow"].citation
        assert told is not None and (told.article, told.confidence) == ("第十三条", "memory")
    again.do("framework.define", lot, officer, at, **{**TERMS, "discounts": BY_QUANTITY})
    again.do("framework.define", lot, officer, at, **{**TERMS, "discounts": BY_QUANTITY[:1]})
    assert [one.rate for one in QuantityDiscount.objects.filter(framework__lot=lot)] == [Decimal("0.0500")]


@pytest.mark.parametrize(
    ("quantity", "amount"), [("9", "42300.00"), ("10", "46060.00"), ("19.999", "92115.39"), ("20", "89300.00")]
)
def test_the_price_falls_from_the_quantity_on(agreed: FirstStage, unit: Buyer, quantity: str, amount: str) -> None:
    """丁 at 4700: 9 × 4700; 10 × 4606; 19.999 × 4606 to the cent; 20 × 4465."""
    case = unit.do("call_off.choose", unit.plan(DIRECT), entrant=agreed.entrant(FOURTH).pk, quantity=quantity)
    award = Award.objects.get(lot__case=case)
    assert award.amount == Decimal(amount)
    contract = unit.do("contract.draft", award)
    assert ContractItem.objects.get(contract=contract).amount == Decimal(amount)


def test_it_is_the_ceiling_of_a_turn_and_of_a_second_competition(agreed: FirstStage, unit: Buyer) -> None:
    case = unit.do("call_off.take_turn", unit.plan(ROTATION), framework=agreed.agreement.pk, quantity="20")
    assert Award.objects.get(lot__case=case).amount == Decimal("85500.00")  # 乙, whose turn it is: 20 × 4275
    closes = unit.at + 2 * DAY
    case = unit.do("call_off.invite", unit.plan(MINI), framework=agreed.agreement.pk, quantity="20", closes_at=closes)
    # 甲, the dearest: 20 × 4560.
    assert own_limit(case.lots.get(), agreed.supplier(FIRST).organisation) == Decimal("91200.00")


def test_a_price_outside_is_lower_than_the_discounted_one_or_it_is_none(agreed: FirstStage, unit: Buyer) -> None:
    plan, outsider = unit.plan(DIRECT), factories.make_supplier(name="折扣场外公司")
    said: dict[str, Any] = {
        "entrant": agreed.entrant(FOURTH).pk, "supplier": outsider.organisation_id, "quantity": "20",
        "evidence": "同型号", "proof": commission(agreed, unit.at), "answer_by": unit.at + 2 * DAY,
    }  # fmt: skip
    assert "not_cheaper" in unit.refused("outside_offer.report", plan, **said, unit_price="4465.00")
    assert unit.do("outside_offer.report", plan, **said, unit_price="4464.99").agreed_price == Decimal("4465.00")


@pytest.mark.long
def test_what_was_published_is_not_rewritten_even_by_sql(agreed: FirstStage) -> None:
    for attack in (
        lambda rows: rows.update(rate="0.01"),
        lambda rows: rows.delete(),
        lambda rows: QuantityDiscount.objects.create(framework=agreed.agreement, from_quantity=50, rate="0.5"),
    ):
        with pytest.raises(DatabaseError, match="published_framework_is_never_rewritten"), transaction.atomic():
            attack(QuantityDiscount.objects.filter(framework=agreed.agreement))


@pytest.mark.long
def test_a_top_up_has_the_discounts_of_the_first_call(agreed: FirstStage) -> None:
    """110号令 art. 31: whoever enters by it joins the first agreement, by whose discounts it is paid."""
    tale = agreed
    asks = ((FIFTH, "4850.00"), (FIRST, "4800.00"))
    file = replace(agreements.file(asks, name="折扣补充"), dates=Dates(invitation=datetime.date(2026, 6, 1)))
    terms = {**TERMS, "tops_up": tale.agreement.pk, "top_up_reason": "供货能力不足", "discounts": BY_QUANTITY}
    again = agreements.begin(file, until="plan", terms=terms)
    officer, at = again.people.officer, again.at("invitation") - 2 * HOUR
    for bidder in (SECOND, THIRD):
        because = {"ground": "not_performed", "reason": "逾期未交付"}
        tale.do("entrant.remove", tale.entrant(bidder), tale.people.runner, at, **because)
    lot = again.do("case.open", again.plan_item, officer, at, ceiling="5000.00").lots.get()
    deeper = [{"from_quantity": "10", "rate": "0.03"}, {"from_quantity": "20", "rate": "0.05"}]
    for others in ([], BY_QUANTITY[:1], deeper):
        refused = again.refused("framework.define", lot, officer, at, **{**terms, "discounts": others})
        assert set(refused) == {"other_terms"}
        told = refused["other_terms"].citation
        assert told is not None and told.article == "第三十一条"
    again.do("framework.define", lot, officer, at, **{**terms, "discounts": BY_QUANTITY[::-1]})


# --- dealers (art. 18) ---------------------------------------------------------------------------------------------


def test_an_entrant_names_a_dealer_who_then_takes_its_contracts(agreed: FirstStage, unit: Buyer) -> None:
    dealer = factories.make_supplier(name="示例代理公司")
    one = named(agreed, unit, dealer)
    assert visible_dealers(None, unit.at).filter(pk=one.pk).exists()  # buyers must know it
    plan = unit.plan(DIRECT)
    # Only with the entrant that named it.
    other = unit.refused("call_off.choose", plan, entrant=agreed.entrant(SECOND).pk, dealer=one.pk, quantity="5")
    told = other["no_dealer_of_this_entrant"].citation
    assert told is not None and (told.article, told.rule) == ("第十八条", "framework.dealers")
    case = unit.do("call_off.choose", plan, entrant=agreed.entrant(FOURTH).pk, dealer=one.pk, quantity="20")
    award = Award.objects.get(lot__case=case)
    assert (award.supplier.name, award.amount) == ("示例代理公司", Decimal("89300.00"))
    notice = Notice.objects.get(root=case.ref, kind="call_off")
    check(notice)
    assert (notice.facts["supplier"], notice.facts["dealer_of"]) == ("示例代理公司", FOURTH[0])
    contract = unit.do("contract.draft", award)
    assert contract.supplier == dealer.organisation
    unit.do("contract.sign", contract, unit.reviewer)
    unit.do("contract.sign", contract, dealer)
    # What its users say is said of the entrant, whose agreement it is.
    unit.do("feedback.give", CallOff.objects.get(lot__case=case), grade="4", comment="按时送达")
    assert Feedback.objects.get(call_off__lot__case=case).supplier.name == FOURTH[0]


def test_who_may_be_a_dealer(agreed: FirstStage, unit: Buyer) -> None:
    entrant, own = agreed.entrant(FOURTH), agreed.supplier(FOURTH)
    said = {"area": "全市", "commission": commission(agreed, unit.at)}
    inside = {"organisation": agreed.supplier(THIRD).organisation_id, **said}
    assert "dealer_is_an_entrant" in unit.refused("dealer.name", entrant, own, **inside)
    barred = factories.make_supplier(name="受限代理公司")
    Debarment.objects.create(
        organisation=barred.organisation, ground="procurement", authority="示例财政局", decision="示例〔2026〕1号",
        from_on=unit.at.date() - DAY,
    )  # fmt: skip
    assert unit.refused("dealer.name", entrant, own, organisation=barred.organisation_id, **said)
    good = factories.make_supplier(name="另一代理公司")
    one = named(agreed, unit, good)
    again = unit.refused("dealer.name", entrant, own, organisation=good.organisation_id, **said)
    assert "dealer_named" in again
    assert {r.code for r in can(ACTIONS["dealer.name"], entrant, by=agreed.supplier(SECOND), now=unit.at)} == {
        "not_yours"
    }
    assert {r.code for r in can(ACTIONS["dealer.end"], one, by=good, now=unit.at)} == {"not_yours"}
    unit.do("dealer.end", one, own)
    assert "commission_ended" in unit.refused("dealer.end", Dealer.objects.get(pk=one.pk), own)
    # Ended, it is offered no more; named again it is.
    gone = unit.refused("call_off.choose", unit.plan(DIRECT), entrant=entrant.pk, dealer=one.pk, quantity="1")
    assert [refusal.field for refusal in gone.values()] == ["dealer"]
    assert named(agreed, unit, good).pk != one.pk


def test_the_database_awards_to_no_dealer_that_was_not_chosen(agreed: FirstStage, unit: Buyer) -> None:
    one = named(agreed, unit, factories.make_supplier(name="未选代理公司"))
    case = unit.do("call_off.choose", unit.plan(DIRECT), entrant=agreed.entrant(FOURTH).pk, quantity="2")
    with pytest.raises(DatabaseError, match="dealer_id is never changed"), transaction.atomic():
        CallOff.objects.filter(lot__case=case).update(dealer=one)
