"""What happens while an agreement runs, told by role: a new product in the place of the old, what buyers say of it?"""

from copy import copy
from decimal import Decimal

import pytest

from tests.scenarios import agreements
from tests.scenarios.agreements import DAY, Buyer, FirstStage
from tests.scenarios.story import FOURTH, SECOND
from yangcai.cases.models import Award
from yangcai.frameworks.actions.call_off import ChooseEntrant
from yangcai.frameworks.models import CallOff, Feedback, Replacement
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.models import Task
from yangcai.replay.driver import move_to

pytestmark = pytest.mark.django_db
DIRECT = "call_off_direct"
NEWER = {"product": "示例 T2 台式计算机", "statement": "处理器、内存均不低于原型号"}


@pytest.fixture(scope="module")
def beginning(world: None) -> FirstStage:
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


@pytest.mark.long
def test_a_newer_product_at_no_higher_price(agreed: FirstStage, unit: Buyer) -> None:
    """110号令 art. 16(4): 质量不降低、价格不提高."""
    tale, supplier = agreed, agreed.supplier(FOURTH)
    dear = tale.refused("replacement.ask", tale.entrant(FOURTH), supplier, unit.at, unit_price="4700.01", **NEWER)
    assert dear["replacement_costs_more"].citation is not None
    assert dear["replacement_costs_more"].citation.article == "第十六条第（四）项"
    # Nobody asks for another's product.
    assert "not_yours" in tale.refused(
        "replacement.ask", tale.entrant(FOURTH), tale.supplier(SECOND), unit.at, unit_price="4700.00", **NEWER
    )
    asked = tale.do("replacement.ask", tale.entrant(FOURTH), supplier, unit.at, unit_price="4650.00", **NEWER)
    assert Task.objects.filter(action="replacement.answer", done_at=None).exists()
    again = {r.code for r in can(ACTIONS["replacement.ask"], tale.entrant(FOURTH), by=supplier, now=unit.at)}
    assert again == {"replacement_open"}
    asked = Replacement.objects.get(pk=asked.pk)
    silent = tale.refused("replacement.answer", asked, tale.people.runner, unit.at, is_admitted=False)
    assert silent["answer_missing"].field == "answer"
    tale.do("replacement.answer", asked, tale.people.runner, unit.at, is_admitted=True)
    now = tale.entrant(FOURTH)
    assert (now.product, now.unit_price) == (NEWER["product"], Decimal("4650.00"))
    kept = Replacement.objects.get(pk=asked.pk)
    assert (kept.old_price, kept.is_admitted) == (Decimal("4700.00"), True)
    assert "answered_already" in tale.refused(
        "replacement.answer", kept, tale.people.runner, unit.at, is_admitted=False, answer="改判"
    )
    # From now on it is called off as the new product at its price.
    case = unit.do("call_off.choose", unit.plan(DIRECT), entrant=now.pk, quantity="20")
    assert Award.objects.get(lot__case=case).amount == Decimal("93000.00")


@pytest.mark.long
def test_what_is_turned_down_changes_nothing(agreed: FirstStage, unit: Buyer) -> None:
    asked = agreed.do(
        "replacement.ask", agreed.entrant(SECOND), agreed.supplier(SECOND), unit.at, unit_price="4500.00", **NEWER
    )
    asked = Replacement.objects.get(pk=asked.pk)
    agreed.do("replacement.answer", asked, agreed.people.runner, unit.at, is_admitted=False, answer="内存低于原型号")
    assert agreed.entrant(SECOND).product != NEWER["product"]


def test_who_has_left_replaces_nothing(agreed: FirstStage, unit: Buyer) -> None:
    because = {"ground": "not_performed", "reason": "逾期未交付"}
    asked = agreed.do(
        "replacement.ask", agreed.entrant(SECOND), agreed.supplier(SECOND), unit.at, unit_price="4500.00", **NEWER
    )
    agreed.do("entrant.remove", agreed.entrant(SECOND), agreed.people.runner, unit.at, **because)
    refused = can(ACTIONS["replacement.ask"], agreed.entrant(SECOND), by=agreed.supplier(SECOND), now=unit.at)
    assert {"has_left", "no_agreement_in_force"} <= {one.code for one in refused}
    # What it had asked for before waits on nobody's desk.
    assert not Task.objects.filter(action="replacement.answer", done_at=None).exists()
    asked = Replacement.objects.get(pk=asked.pk)
    assert "has_left" in agreed.refused("replacement.answer", asked, agreed.people.runner, unit.at, is_admitted=True)


def test_what_buyers_say_stands_where_the_next_one_chooses(agreed: FirstStage, unit: Buyer) -> None:
    """110号令 art. 16(5), 32: open to buyers and users, a reference for the direct choice."""
    case = unit.do("call_off.choose", unit.plan(DIRECT), entrant=agreed.entrant(FOURTH).pk, quantity="20")
    call_off = CallOff.objects.select_related("lot__case", "framework").get(lot__case=case)
    said = {"grade": 4, "comment": "交付及时，安装规范"}
    early = unit.refused("feedback.give", call_off, **said)
    assert early["nothing_to_judge"].citation is not None
    assert early["nothing_to_judge"].citation.article == "第十六条第（五）项"
    contract = unit.do("contract.draft", Award.objects.get(lot__case=case))
    unit.do("contract.sign", contract, unit.reviewer)
    unit.do("contract.sign", contract, agreed.supplier(FOURTH))
    stranger = agreements.buyer(unit.at)
    assert can(ACTIONS["feedback.give"], call_off, by=stranger.officer, now=unit.at)
    unit.do("feedback.give", call_off, **said)
    assert "feedback_given" in unit.refused("feedback.give", call_off, **said)
    given = Feedback.objects.get()
    assert (given.supplier.name, given.buyer_id, given.framework) == (
        FOURTH[0], unit.officer.organisation_id, agreed.agreement,
    )  # fmt: skip
    # The next buyer reads it beside the price.
    form = ChooseEntrant(subject=stranger.plan(DIRECT), by=stranger.officer, now=unit.at)
    labels = {str(label) for _value, label in form.fields["entrant"].choices}  # type: ignore[attr-defined]
    assert "示例丁公司 · 4,700.00 元/台 · 用户评价 4.0 分（1 条）" in labels
    assert "示例乙公司 · 4,500.00 元/台" in labels
    # Nothing is used up under this agreement, and nobody has a dealer: neither is asked.
    assert form.fields["dealer"].disabled and form.fields["consumable"].disabled
