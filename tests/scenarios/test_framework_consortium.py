"""What is asked of each member of a consortium in a framework agreement, at the entry and at every call-off?"""

import datetime
import re
from copy import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from tests import factories
from tests.scenarios import agreements, story
from tests.scenarios.agreements import DAY, HOUR, Buyer, FirstStage
from tests.scenarios.story import FIFTH, FIRST, FOURTH, SECOND, THIRD
from yangcai.cases.models import Award
from yangcai.contracts import shares
from yangcai.contracts.benefiting import firms_by_buyer
from yangcai.contracts.models import Contract
from yangcai.credit.models import Debarment
from yangcai.frameworks import consortium
from yangcai.frameworks.models import Entrant
from yangcai.frameworks.rules.entry import eligible
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.reading import reading
from yangcai.parties.models import Organisation, Size
from yangcai.replay.driver import PythonDriver, move_to
from yangcai.replay.published import Dates
from yangcai.tendering import makers
from yangcai.tendering.models import AwardLetter, Invitee

pytestmark = pytest.mark.django_db
MEMBER = {"kind": "member", "name": THIRD[0], "size": THIRD[1], "share": "0.30", "work": "安装"}
BESIDE = {FIRST[0]: {"preference": "none", "partners": [MEMBER]}}
DIRECT, MINI, ROTATION = "call_off_direct", "call_off_mini_competition", "call_off_rotation"


def debar(at: datetime.datetime) -> None:
    """The member of the consortium that the first bidder leads."""
    Debarment.objects.create(
        organisation=Organisation.objects.get(name=THIRD[0]),
        ground="procurement",
        from_on=at.date(),
        authority="兰州新区财政局",
        decision="兰新财〔2026〕9号",
    )


@pytest.mark.long
def test_a_member_debarred_since_the_opening_keeps_its_consortium_out(world: None) -> None:
    """政府采购法 art. 22, 24, asked again when the entrants are determined."""
    prices = tuple(one for one in agreements.PRICES if one[0] != THIRD)
    file = replace(agreements.file(prices, name="联合体示例"), accepts_consortium=True)
    tale = agreements.begin(file, until="evaluation", in_bids=BESIDE)
    at = tale.moment(60)
    assert tale.lot.candidates.filter(supplier__name=FIRST[0]).exists()
    debar(at)
    tale.do("entrants.determine", tale.lot, tale.convener, at)
    entered = Entrant.objects.filter(framework=tale.agreement).values_list("supplier__name", flat=True)
    assert entered and FIRST[0] not in entered


@pytest.mark.long
def test_a_lot_entered_in_a_consortium_counts_for_its_members(world: None) -> None:
    """As in any tender (110号令 art. 9): for how many lots one may enter, alone or together, says the file."""
    asked = {
        "1": ((FIRST, "4400.00"), (SECOND, "4500.00"), (FOURTH, "4700.00")),
        "2": ((THIRD, "4400.00"), (FOURTH, "4500.00"), (FIFTH, "4700.00")),
    }
    lots = [
        replace(
            story.lot(
                number, [replace(story.bid(*one), prefer="") for one in bids], budget="700000.00", method="lowest"
            ),
            ceiling=Decimal("5000.00"),
        )
        for number, bids in asked.items()
    ]
    made = story.purchase(*lots, method="framework", grounds="framework.catalogue")
    file = replace(made, id="两包示例", accepts_consortium=True, max_lots_won=1)
    tale = agreements.begin(file, until="evaluation", in_bids=BESIDE)
    first, second = tale.case.lots.order_by("pk")
    at, convener = tale.moment(60), tale.convener
    early = tale.refused("entrants.determine", second, convener, at)
    assert early["earlier_lot_undecided"].citation is not None
    tale.do("entrants.determine", first, convener, at)
    tale.do("entrants.determine", tale.case.lots.get(pk=second.pk), convener, at + HOUR)
    entered = Entrant.objects.filter(framework__lot__case=tale.case).order_by("framework", "rank")
    # 丙 stands behind 甲 in lot 1: 丁 and 戊 are left in lot 2, of whom one is eliminated.
    assert [(one.framework.lot.number, one.supplier.name) for one in entered] == [
        ("1", FIRST[0]), ("1", SECOND[0]), ("2", FOURTH[0]),
    ]  # fmt: skip
    asked: list[str] = []

    def hear(execute: Any, sql: Any, *more: Any) -> Any:
        asked.append(str(sql))
        return execute(sql, *more)

    with reading(), connection.execute_wrapper(hear):
        left = eligible(tale.case.lots.get(pk=second.pk), now=at + DAY)
    assert [one.supplier.name for one in left] == [FIFTH[0]]
    # Who stands behind the entrants is one question for those of this lot, one for those of all others.
    assert sum(bool(re.search(r'WHERE .*"tops_up_id" (=|IN) ', one)) for one in asked) == 2


@pytest.fixture(scope="module")
def beginning(world: None) -> FirstStage:
    """Three entrants: 甲 at 4400 with 丙 behind it, 乙 at 4500, 丁 at 4700; 乙 is large."""
    prices = ((FIRST, "4400.00"), (SECOND, "4500.00"), (FOURTH, "4700.00"), (FIFTH, "4900.00"))
    file = replace(agreements.file(prices, name="联合体成交示例"), accepts_consortium=True)
    tale = agreements.begin(file, until="opening", in_bids=BESIDE)
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


def test_nothing_is_called_off_from_a_consortium_with_a_debarred_member(agreed: FirstStage, unit: Buyer) -> None:
    """财库〔2016〕125号, 政府采购法 art. 24: by direct choice, in rotation, and against a lower price outside."""
    debar(unit.at)
    plan = unit.plan(DIRECT)
    chosen = unit.refused("call_off.choose", plan, entrant=agreed.entrant(FIRST).pk, quantity="2")
    assert THIRD[0] in chosen["debarred"].zh and chosen["debarred"].citation is not None
    turn = unit.refused("call_off.take_turn", unit.plan(ROTATION), framework=agreed.agreement.pk, quantity=2)
    assert "debarred" in turn  # 甲 entered first
    unit.do("call_off.choose", plan, entrant=agreed.entrant(SECOND).pk, quantity="2")


@pytest.mark.long
def test_its_price_in_a_second_competition_does_not_count(agreed: FirstStage, unit: Buyer) -> None:
    case = compete(agreed, unit)
    debar(unit.at)
    unit.do("call_off.conclude", case.lots.get())
    assert Award.objects.get(lot__case=case).supplier.name == SECOND[0]
    assert "联合体成员" in AwardLetter.objects.get(lot__case=case, supplier__name=FIRST[0]).reason


@pytest.mark.long
def test_who_holds_another_competes_with_it_for_no_contract(agreed: FirstStage, unit: Buyer) -> None:
    """条例 art. 18: found after the opening, as between bids; 丙, behind 甲, is held by 乙."""
    case = compete(agreed, unit)
    member = Organisation.objects.get(name=THIRD[0])
    member.parent = agreed.supplier(SECOND).organisation
    member.save(update_fields=["parent"])
    unit.do("call_off.conclude", case.lots.get())
    assert Award.objects.get(lot__case=case).supplier.name == FOURTH[0]


def compete(agreed: FirstStage, unit: Buyer) -> agreements.Case:
    """甲, 乙 and 丁 offer 80,000, 85,000 and 88,000 yuan for twenty; the competition is over."""
    closes = unit.at + 2 * DAY
    case = unit.do("call_off.invite", unit.plan(MINI), framework=agreed.agreement.pk, quantity=20, closes_at=closes)
    for bidder, price in ((FIRST, "80000.00"), (SECOND, "85000.00"), (FOURTH, "88000.00")):
        unit.do("bid.submit", case.lots.get(), agreed.supplier(bidder), price=price, commitment=True)
    move_to(closes + HOUR)
    unit.at = closes + HOUR
    unit.do("opening.begin", case)
    unit.do("opening.conclude", case)
    return agreements.of(case)


def test_what_is_set_aside_is_called_off_from_small_enterprises_alone(agreed: FirstStage, unit: Buyer) -> None:
    """财库〔2020〕46号 art. 4: a consortium is one when each of its members is; who is none is not invited either."""
    Organisation.objects.filter(name=THIRD[0]).update(size=Size.LARGE)
    chosen = unit.refused(
        "call_off.choose", unit.plan(DIRECT, set_aside="whole"), entrant=agreed.entrant(FIRST).pk, quantity="2"
    )
    assert chosen["not_all_are_smes"].facts["names"] == THIRD[0]
    # A plan that sets nothing aside takes the same entrant.
    unit.do("call_off.choose", unit.plan(DIRECT), entrant=agreed.entrant(FIRST).pk, quantity="2")
    case = unit.do(
        "call_off.invite",
        unit.plan(MINI, set_aside="whole"),
        framework=agreed.agreement.pk,
        quantity=20,
        closes_at=unit.at + 2 * DAY,
    )
    invited = set(Invitee.objects.filter(case=case).values_list("supplier__name", flat=True))
    assert invited == {FOURTH[0]}  # 乙 is a large one
    assert agreements.of(case).lots.get().is_reserved
    assert can(ACTIONS["bid.submit"], case.lots.get(), by=agreed.supplier(FOURTH), now=unit.at) == []


@pytest.mark.long
def test_the_makers_of_the_goods_decide_from_whom_is_called_off_what_is_set_aside(world: None) -> None:
    """46号 art. 4: 丙, behind 甲, is large now, 甲's goods are a small maker's; 丁 is small and sells a large one's."""
    made = {size: {"item": "台式计算机", "maker": f"示例{size}厂", "size": size} for size in ("small", "large")}
    told = {
        FIRST[0]: {**BESIDE[FIRST[0]], "makers": [made["small"]]},
        FOURTH[0]: {"preference": "none", "makers": [made["large"]]},
    }
    prices = ((FIRST, "4400.00"), (SECOND, "4500.00"), (FOURTH, "4700.00"), (FIFTH, "4900.00"))
    file = replace(agreements.file(prices, name="制造商示例"), accepts_consortium=True)
    tale = agreements.begin(file, until="opening", in_bids=told)
    tale.enter()
    Organisation.objects.filter(name=THIRD[0]).update(size=Size.LARGE)
    at = tale.moment(64) + 7 * DAY
    move_to(at)
    unit = agreements.buyer(at)
    plan = unit.plan(DIRECT, set_aside="whole")
    refused = unit.refused("call_off.choose", plan, entrant=tale.entrant(FOURTH).pk, quantity="2")
    assert refused["goods_of_larger_makers"].citation.article == "第四条"
    unit.do("call_off.choose", plan, entrant=tale.entrant(FIRST).pk, quantity="2")
    # In every figure too, and whoever takes the contract: a small dealer of 丁 sells what a large one made.
    dealer = factories.make_supplier(name="示例代理商", size="small")
    paper = PythonDriver().file("commission.pdf", b"%PDF-1.4\ncommission", by=tale.supplier(FOURTH), at=at)
    said = {"organisation": dealer.organisation_id, "area": "兰州新区", "commission": paper}
    named = unit.do("dealer.name", tale.entrant(FOURTH), tale.supplier(FOURTH), **said)
    taken = {"entrant": tale.entrant(FOURTH).pk, "dealer": named.pk, "quantity": "2"}
    case = unit.do("call_off.choose", unit.plan(DIRECT), **taken)
    contract = unit.do("contract.draft", Award.objects.get(lot__case=case))
    assert contract.supplier == dealer.organisation
    [moved] = shares.moved(Contract.objects.filter(pk=contract.pk).annotate(value=F("amount")))
    assert (moved.amount, moved.of, moved.to) == (contract.amount, "small", "large")


@pytest.mark.long
def test_who_failed_to_enter_and_was_added_stands_by_its_later_offer(world: None) -> None:
    """戊 offered a large maker's goods, and was eliminated; by the top-up it entered with a small one's (art. 31)."""
    made = {size: [{"item": "台式计算机", "maker": f"示例{size}厂", "size": size}] for size in ("small", "large")}
    said = {size: {"preference": "none", "makers": rows} for size, rows in made.items()}
    member = {"kind": "member", "name": "示例一直同行的成员", "size": "small", "work": "安装"}
    said["large"]["partners"], said["small"]["partners"] = ([{**member, "share": one}] for one in ("0.40", "0.30"))
    # Who stood behind the first offer alone has no part in what is called off.
    said["large"]["partners"].append({**member, "name": "示例先前同行的成员", "share": "0.10"})
    file = replace(agreements.file(name="先落选示例"), accepts_consortium=True)
    tale = agreements.begin(file, until="opening", in_bids={FIFTH[0]: said["large"]})
    tale.enter()
    assert not Entrant.objects.filter(framework=tale.agreement, supplier__name=FIFTH[0]).exists()
    for bidder in (SECOND, THIRD):
        because = {"ground": "not_performed", "reason": "逾期未交付"}
        tale.do("entrant.remove", tale.entrant(bidder), tale.people.runner, tale.moment(70), **because)
    asks = ((FIFTH, "4850.00"), (("示例己公司", "medium"), "4900.00"))
    again = agreements.begin(
        replace(
            agreements.file(asks, name="补充示例"),
            dates=Dates(invitation=datetime.date(2026, 6, 1)),
            accepts_consortium=True,
        ),
        until="evaluation",
        terms={**agreements.TERMS, "tops_up": tale.agreement.pk, "top_up_reason": "供货能力不足"},
        in_bids={FIFTH[0]: said["small"]},
    )
    again.do("entrants.determine", again.lot, again.convener, again.moment(60))
    added = tale.entrant(FIFTH)
    for post in (tale.convener, again.supplier(FIFTH)):
        again.do("agreement.sign", added, post, again.moment(61))
    bid = consortium.bid_of(added)
    assert bid is not None and [one.size for one in makers.of_bid(bid)] == ["small"]
    at = again.moment(64) + 7 * DAY
    move_to(at)
    unit = agreements.buyer(at)
    case = unit.do("call_off.choose", unit.plan(DIRECT, set_aside="whole"), entrant=added.pk, quantity="2")
    contract = unit.do("contract.draft", Award.objects.get(lot__case=case))
    alone = Contract.objects.filter(pk=contract.pk)
    assert shares.of_makers(alone) == {contract.pk: "small"}
    assert shares.of_members(alone) == {contract.pk: [shares.Share(Decimal("0.30"), "small")]}
    [firms] = firms_by_buyer(alone).values()
    assert firms - {FIFTH[0]} == {member["name"]}


@pytest.mark.long
def test_a_consortium_that_was_asked_for_has_its_share(agreed: FirstStage, unit: Buyer) -> None:
    """46号 art. 8, 12(2): 丙 has 30 % of the contract of 甲; 乙, a large one, entered alone."""
    wanted = {"set_aside": "consortium", "set_aside_share": Decimal("0.30")}
    alone = unit.refused(
        "call_off.choose", unit.plan(DIRECT, **wanted), entrant=agreed.entrant(SECOND).pk, quantity="2"
    )
    assert alone["sme_share_too_small"].citation is not None
    unit.do("call_off.choose", unit.plan(DIRECT, **wanted), entrant=agreed.entrant(FIRST).pk, quantity="2")


def test_a_call_off_benefits_each_small_member_of_the_consortium_behind_its_entrant(
    agreed: FirstStage, unit: Buyer
) -> None:
    """As a contract of a tender does (财库〔2020〕46号 art. 8): by its registered name, and in its registered size."""
    case = unit.do("call_off.choose", unit.plan(DIRECT), entrant=agreed.entrant(FIRST).pk, quantity="2")
    unit.do("contract.draft", Award.objects.get(lot__case=case))

    def firms() -> set[str]:
        return firms_by_buyer(Contract.objects.filter(case=case)).get(unit.officer.organisation_id, set())

    assert firms() == {FIRST[0], THIRD[0]}
    Organisation.objects.filter(name=THIRD[0]).update(size=Size.LARGE)
    assert firms() == {FIRST[0]}
