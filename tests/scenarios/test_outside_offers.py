"""When does a contract go outside the entrants, told by role: proof, answer, award (110号令 art. 37)?"""

from copy import copy
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from tests import factories
from tests.portal.test_notices import check
from tests.scenarios import agreements
from tests.scenarios.agreements import DAY, HOUR, Buyer, FirstStage
from tests.scenarios.story import FOURTH, SECOND, THIRD
from yangcai import law
from yangcai.cases.models import Award
from yangcai.contracts.queries import visible_to
from yangcai.frameworks.models import CallOff, OutsideOffer
from yangcai.funds.queries import balances, check_funds
from yangcai.kernel import calendar, tasks
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.planning.models import PlanItem
from yangcai.portal.models import Notice
from yangcai.replay.driver import PythonDriver, move_to
from yangcai.www.work.offers import offers

pytestmark = pytest.mark.django_db
DIRECT = "call_off_direct"


@pytest.fixture(scope="module")
def beginning(world: None) -> FirstStage:
    """Four entrants, signed, filed and told; the call lets contracts go outside at a lower price."""
    tale = agreements.begin(agreements.file(), until="opening")
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


@pytest.fixture
def outsider(unit: Buyer) -> Post:
    return factories.make_supplier(name="示例场外公司")


def proof(unit: Buyer) -> Any:
    return PythonDriver().file("price.pdf", b"%PDF-1.4\nquotation", by=unit.officer, at=unit.at)


def told(unit: Buyer, tale: FirstStage, outsider: Post, **more: Any) -> dict[str, Any]:
    return {
        "entrant": tale.entrant(FOURTH).pk, "supplier": outsider.organisation_id, "unit_price": "4300.00",
        "quantity": "20", "evidence": "同型号，官方商城同日价格", "proof": proof(unit),
        "answer_by": unit.at + 2 * DAY, **more,
    }  # fmt: skip


def report(unit: Buyer, tale: FirstStage, outsider: Post, plan: PlanItem) -> OutsideOffer:
    made: OutsideOffer = unit.do("outside_offer.report", plan, **told(unit, tale, outsider))
    return OutsideOffer.objects.get(pk=made.pk)


def listed(call_off: CallOff, unit: Buyer) -> set[str]:
    """What the page of the buyer says of it, whether it may be done or not."""
    found = offers([call_off], post=unit.officer, now=unit.at)
    return {offer.action.code for part in (found.open, found.blocked, found.elsewhere) for offer in part}


def open_task(action: str) -> Task | None:
    return Task.objects.filter(action=action, done_at=None).first()


@pytest.mark.long
def test_an_entrant_that_was_removed_is_asked_nothing(agreed: FirstStage, unit: Buyer, outsider: Post) -> None:
    """110号令 art. 19: its qualification is gone, so nothing of the agreement stays on its desk."""
    offer, supplier = report(unit, agreed, outsider, unit.plan(DIRECT)), agreed.supplier(FOURTH)
    because = {"ground": "not_performed", "reason": "逾期未交付"}
    agreed.do("entrant.remove", agreed.entrant(FOURTH), agreed.people.runner, unit.at, **because)
    assert not tasks.of_post(supplier, now=unit.at).filter(action="outside_offer.answer").exists()
    refused = can(ACTIONS["outside_offer.answer"], OutsideOffer.objects.get(pk=offer.pk), by=supplier, now=unit.at)
    assert "has_left" in {one.code for one in refused}
    # Its time runs out as it was given, and then the contract may go outside.
    later = OutsideOffer.objects.get(pk=offer.pk)
    move_to(unit.at + 3 * DAY)
    case = unit.do("outside_offer.conclude", later, at=unit.at + 3 * DAY)
    assert Award.objects.get(lot__case=case).supplier.name == "示例场外公司"


def test_an_entrant_that_will_not_come_down_loses_the_contract(agreed: FirstStage, unit: Buyer, outsider: Post) -> None:
    plan = unit.plan(DIRECT)
    offer = report(unit, agreed, outsider, plan)
    assert open_task("outside_offer.answer").organisation_id == agreed.supplier(FOURTH).organisation_id  # type: ignore[union-attr]
    # Until it has answered nothing goes outside; nobody else answers for it.
    early = unit.refused("outside_offer.conclude", offer)
    assert early["entrant_may_still_agree"].citation is not None
    assert early["entrant_may_still_agree"].citation.article == "第三十七条"
    assert can(ACTIONS["outside_offer.answer"], offer, by=agreed.supplier(SECOND), now=unit.at)
    unit.do("outside_offer.answer", offer, agreed.supplier(FOURTH), agrees=False, answer="成本不允许")
    offer = OutsideOffer.objects.get(pk=offer.pk)
    assert open_task("outside_offer.conclude").organisation_id == plan.buyer_id  # type: ignore[union-attr]
    case = unit.do("outside_offer.conclude", offer)
    award = Award.objects.get(lot__case=case)
    assert (award.supplier.name, award.amount) == ("示例场外公司", Decimal("86000.00"))
    # Everybody is told at once; the convener has a copy of the contract once there is one.
    assert OutsideOffer.objects.get(pk=offer.pk).copied_at is None
    notice = Notice.objects.get(root=case.ref, kind="call_off")
    check(notice)
    assert notice.facts["supplier"] == "示例场外公司"
    assert "单价 4,300.00 元，入围供应商 示例丁公司 协议单价 4,700.00 元" in notice.facts["lower_price"]
    assert "入围供应商不同意降价，合同授予非入围供应商" in notice.facts["lower_price"]
    unit.do("contract.draft", award)
    found = balances(plan.appropriation)
    assert (found.committed, check_funds()) == (Decimal("86000.00"), [])
    # Once concluded it is over, and there is nobody among the entrants who could be judged.
    assert "concluded_already" in unit.refused("outside_offer.conclude", OutsideOffer.objects.get(pk=offer.pk))


def test_the_convener_has_a_copy_of_a_contract_outside_within_a_working_day(
    agreed: FirstStage, unit: Buyer, outsider: Post
) -> None:
    """C41, from the signature to the copy: its task, its warning, its end (110号令 art. 37)."""
    offer = report(unit, agreed, outsider, unit.plan(DIRECT))
    unit.do("outside_offer.answer", offer, agreed.supplier(FOURTH), agrees=False)
    case = unit.do("outside_offer.conclude", OutsideOffer.objects.get(pk=offer.pk))
    call_off = CallOff.objects.get(lot__case=case)
    assert "no_contract_to_copy" in unit.refused("call_off.copy", call_off)
    assert "call_off.copy" in listed(call_off, unit)
    contract = unit.do("contract.draft", Award.objects.get(lot__case=case))
    unit.do("contract.sign", contract, unit.reviewer)
    assert open_task("call_off.copy") is None
    unit.do("contract.sign", contract, outsider)
    task = open_task("call_off.copy")
    assert task is not None and task.due_at is not None and task.warn_at is not None
    assert (task.clock, task.organisation_id) == ("C41", case.buyer_id)
    first_day = calendar.start_of(timezone.localdate(unit.at) + DAY)
    assert task.due_at == law.due_at("C41", since=unit.at, on=case.law_as_of, jurisdiction=case.jurisdiction)
    assert task.due_at > first_day  # the day of the signature does not count
    assert [one.clock for one in tasks.warn_due(now=task.warn_at) if one.pk == task.pk] == ["C41"]
    fired = [one.pk for one in tasks.fire_due(now=task.due_at)]
    assert task.pk in fired and open_task("call_off.copy") == task  # late, it is still owed
    convener = agreed.people.runner
    assert not visible_to(convener, unit.at).filter(pk=contract.pk).exists()
    unit.do("call_off.copy", call_off)
    assert open_task("call_off.copy") is None
    assert OutsideOffer.objects.get(pk=offer.pk).copied_at == unit.at
    readers = {post: visible_to(post, unit.at).filter(pk=contract.pk).exists() for post in (convener, None)}
    assert readers == {convener: True, None: False}
    assert not visible_to(agreements.buyer(unit.at).officer, unit.at).filter(pk=contract.pk).exists()
    assert "copied_already" in unit.refused("call_off.copy", CallOff.objects.get(pk=call_off.pk))


def test_an_entrant_that_comes_down_keeps_it(agreed: FirstStage, unit: Buyer, outsider: Post) -> None:
    """以下 includes the number: the same price is enough (art. 37, 50); the agreement itself stays at its price."""
    offer = report(unit, agreed, outsider, unit.plan(DIRECT))
    unit.do("outside_offer.answer", offer, agreed.supplier(FOURTH), agrees=True)
    case = unit.do("outside_offer.conclude", OutsideOffer.objects.get(pk=offer.pk))
    award = Award.objects.get(lot__case=case)
    assert (award.supplier.name, award.amount) == (FOURTH[0], Decimal("86000.00"))
    assert agreed.entrant(FOURTH).unit_price == Decimal("4700.00")
    assert "同意降价" in Notice.objects.get(root=case.ref, kind="call_off").facts["lower_price"]
    # It is an entrant: nothing went outside, and nothing is copied.
    contract = unit.do("contract.draft", award)
    unit.do("contract.sign", contract, unit.reviewer)
    unit.do("contract.sign", contract, agreed.supplier(FOURTH))
    assert open_task("call_off.copy") is None
    call_off = CallOff.objects.get(lot__case=case)
    assert "went_to_an_entrant" in unit.refused("call_off.copy", call_off)
    assert "call_off.copy" not in listed(call_off, unit)


def test_silence_is_no_consent_to_a_lower_price(agreed: FirstStage, unit: Buyer, outsider: Post) -> None:
    offer = report(unit, agreed, outsider, unit.plan(DIRECT))
    unit.at += 2 * DAY + HOUR
    move_to(unit.at)
    late = {r.code for r in can(ACTIONS["outside_offer.answer"], offer, by=agreed.supplier(FOURTH), now=unit.at)}
    assert late == {"answer_is_settled"}
    case = unit.do("outside_offer.conclude", offer)
    assert Award.objects.get(lot__case=case).supplier.name == "示例场外公司"
    assert "期满未答复" in Notice.objects.get(root=case.ref, kind="call_off").facts["lower_price"]


def test_the_price_test_and_what_stands_in_the_call(agreed: FirstStage, unit: Buyer, outsider: Post) -> None:
    plan = unit.plan(DIRECT)
    dear = unit.refused("outside_offer.report", plan, **told(unit, agreed, outsider, unit_price="4700.00"))
    assert dear["not_cheaper"].citation is not None and dear["not_cheaper"].field == "unit_price"
    inside = told(unit, agreed, outsider, supplier=agreed.supplier(THIRD).organisation_id)
    assert "supplier_is_an_entrant" in unit.refused("outside_offer.report", plan, **inside)
    rich = unit.refused("outside_offer.report", plan, **told(unit, agreed, outsider, quantity="30"))
    assert "over_budget" in rich
    hurried = unit.refused("outside_offer.report", plan, **told(unit, agreed, outsider, answer_by=unit.at))
    assert "no_time_to_answer" in hurried
    bare = told(unit, agreed, outsider)
    del bare["proof"]
    assert [one.field for one in unit.refused("outside_offer.report", plan, **bare).values()] == ["proof"]
    # A plan that is not called off under an agreement, or buys no goods, has no such way.
    tender = unit.plan("open_tender")
    assert "no_goods_to_call_off" in unit.refused("outside_offer.report", tender, **told(unit, agreed, outsider))
    # One at a time.
    report(unit, agreed, outsider, plan)
    assert "outside_offer_waits" in unit.refused("outside_offer.report", plan, **told(unit, agreed, outsider))


@pytest.mark.long
def test_a_call_that_does_not_say_so_lets_nothing_outside(world: None) -> None:
    file = agreements.file(name="不许场外")
    tale = agreements.begin(file, until="opening", terms={**agreements.TERMS, "allows_outside": False})
    tale.enter()
    at = tale.moment(64) + 7 * DAY
    move_to(at)
    unit = agreements.buyer(at)
    refused = unit.refused(
        "outside_offer.report", unit.plan(DIRECT), **told(unit, tale, factories.make_supplier(name="另一场外公司"))
    )
    assert refused and {one.field for one in refused.values()} == {"entrant"}


def test_it_is_nobody_elses_to_read(agreed: FirstStage, unit: Buyer, outsider: Post) -> None:
    from yangcai.frameworks.queries import visible_outside_offers

    offer = report(unit, agreed, outsider, unit.plan(DIRECT))
    seen = {
        name: visible_outside_offers(post, unit.at).filter(pk=offer.pk).exists()
        for name, post in {
            "buyer": unit.officer, "entrant": agreed.supplier(FOURTH), "convener": agreed.people.runner,
            "treasury": agreed.people.treasury, "other entrant": agreed.supplier(SECOND), "outsider": outsider,
            "other unit": agreements.buyer(unit.at).officer, "public": None,
        }.items()
    }  # fmt: skip
    assert [name for name, visible in seen.items() if visible] == ["buyer", "entrant", "convener", "treasury"]
