"""Do the four lamps say what the rows say, at every step from the plan to the closing?"""

from typing import Any

import pytest
from django.utils import translation

from tests import factories
from tests.contracts import support
from tests.factories import at
from yangcai.cases.models import Case, LotOutcome
from yangcai.contracts import actions
from yangcai.controls.lamps import lamps
from yangcai.kernel.actions import perform

pytestmark = pytest.mark.django_db
LATE = at("2026-04-30T09:00")


def states(case: Case, now: Any = LATE) -> str:
    return " ".join(lamp.state for lamp in lamps(Case.objects.get(pk=case.pk), now=now))


def test_from_the_plan_to_the_closing() -> None:
    assert states(factories.make_case()) == "on off off off"
    s = support.scene(terms=(("预付款", "30", "signature"), ("验收款", "70", "acceptance")))
    assert states(s.case) == "on on off off"
    support.signed(s)
    assert states(s.case) == "on on warn off"
    perform(actions.publish_contract, s.contract, by=s.officer, now=support.EFFECTIVE)
    perform(actions.file_contract, s.contract, by=s.officer, now=support.EFFECTIVE)
    assert states(s.case) == "on on on off"
    support.paid(s, s.milestone("signature"))
    support.accepted(s, passed=False)
    assert states(s.case) == "on on on warn"
    support.accepted(s, now=at("2026-03-26T09:00"))
    assert states(s.case) == "on on on on"
    support.paid(s, s.milestone("acceptance"), now=at("2026-03-28T09:00"))
    perform(actions.close_contract, s.contract, by=s.officer, now=at("2026-03-30T09:00"))
    assert states(s.case) == "closed closed closed closed"


def test_a_lamp_says_its_proof_and_its_article() -> None:
    s = support.scene()
    support.drafted(s)
    budget, system, contract, acceptance = lamps(s.case, now=LATE)
    proof = {fact.label: fact.value for fact in budget.evidence}
    assert (proof["预留"], proof["合同占用"], proof["已支付"]) == ("100,000.00 元", "900,000.00 元", "0.00 元")
    assert budget.word == "资金已落实 1,000,000.00 元"
    assert str(s.supplier.organisation) in system.evidence[-1].value
    assert (contract.word, contract.tone) == ("合同尚未签订，不得支付", "warn")
    assert [lamp.label for lamp in (budget, system, contract, acceptance)] == [
        "无预算不采购", "无系统不交易", "无合同不支付", "无验收不结项",
    ]  # fmt: skip
    assert all(lamp.citation.article for lamp in (budget, system, contract, acceptance))


def test_nobody_learns_a_result_from_a_lamp_before_it_is_announced() -> None:
    s = support.scene(announced_at=LATE)
    system = lamps(s.case, now=at("2026-04-29T09:00"))[1]
    assert all(str(s.supplier.organisation) not in fact.value for fact in system.evidence)


def test_a_case_without_a_winner_leaves_nothing_to_sign() -> None:
    case = factories.make_case(stage="evaluation")
    case.lots.update(outcome=LotOutcome.UNSUCCESSFUL, outcome_at=LATE)
    assert lamps(case, now=LATE)[1].word == "没有中标结果，不得签订合同"


def test_lamps_speak_english() -> None:
    case = support.scene().case
    with translation.override("en"):
        words = " ".join(f"{lamp.label}: {lamp.word}." for lamp in lamps(case, now=LATE))
    assert not any("一" <= character <= "鿿" for character in words), words
