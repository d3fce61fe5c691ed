"""What is paid for research that ends without its goal: the costs that were settled, and nothing without that?"""

from copy import copy
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests.scenarios.research import accept, contracted
from tests.scenarios.story import DAY, FIRST, Story
from yangcai.contracts import standing
from yangcai.contracts.models import Amendment, Contract, Invoice, Milestone, PaymentRequest
from yangcai.contracts.rules import compensation
from yangcai.contracts.rules import compensation as rules
from yangcai.funds import actions as ledger
from yangcai.funds.models import Fund
from yangcai.funds.queries import check_funds
from yangcai.kernel.actions import ACTIONS, is_about
from yangcai.portal.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def beginning(world: None) -> Story:
    """Signed for 450,000 yuan: 30 % in advance, 70 % for costs once accepted, of which 80 % are compensated."""
    return contracted()


@pytest.fixture
def tale(beginning: Story) -> Story:
    return copy(beginning)


def contract_of(tale: Story) -> Contract:
    return Contract.objects.select_related("case", "committed_fund").get(case=tale.case, supplier__name=FIRST[0])


def costs_of(tale: Story) -> Milestone:
    return Milestone.objects.select_related("contract__case").get(contract=contract_of(tale), due_on="acceptance")


def settlement(tale: Story, **more: Any) -> dict[str, Any]:
    at, officer = tale.at("contract") + 20 * DAY, tale.people.officer
    return {
        "ending": "on_the_market", "reason": "市场已出现同类产品", "eligible_cost": "250000.00", "amount": "200000.00",
        "signed_on": at.date(), "document": tale.paper("settled.pdf", b"%PDF-1.4\nx", officer, at), **more,
    }  # fmt: skip


def test_the_costs_of_ended_research_are_settled_published_and_paid(tale: Story) -> None:
    """财库〔2024〕13号: 终止研发合同，按合同约定补偿."""
    at, people, supplier = tale.at("contract") + 20 * DAY, tale.people, tale.supplier(FIRST)
    tale.do("compensation.settle", costs_of(tale), people.officer, at, **settlement(tale))
    settled = Amendment.objects.get(settles=costs_of(tale))
    # Nothing more is delivered or accepted, and nothing is paid before the notice is out.
    stopped = tale.refused("delivery.report", costs_of(tale), supplier, at, delivered_on=at.date())
    assert stopped["research_has_ended"].citation is not None
    assert stopped["research_has_ended"].citation.instrument == "财库〔2024〕13号"
    bill = {"number": "F-9", "eligible_cost": "250000.00", "issued_on": at.date()}
    assert "invoice_above_milestone" in tale.refused(
        "invoice.submit", costs_of(tale), supplier, at, amount="200000.01", **bill
    )
    invoice = tale.do("invoice.submit", costs_of(tale), supplier, at, amount="200000.00", **bill)
    assert "milestone_not_met" in tale.refused("payment.request", invoice, people.officer, at)
    ending = {"ground": "on_the_market", "reason": "同类产品"}
    assert "settlement_unpublished" in tale.refused(
        "contract.terminate", contract_of(tale), people.reviewer, at, **ending
    )
    tale.do("amendment.publish", settled, people.officer, at)
    unpaid = tale.refused("contract.terminate", contract_of(tale), people.reviewer, at, **ending)
    assert unpaid["compensation_unpaid"].field == "ground"
    notice = Notice.objects.get(root=tale.case.ref, kind="contract_change")
    assert "补偿 200,000.00 元" in notice.facts["content"]
    assert "payment.request" in tale.waiting(people.officer)
    tale.do("payment.request", Invoice.objects.get(pk=invoice.pk), people.officer, at)
    request = PaymentRequest.objects.get(invoice=invoice)
    tale.do("payment.approve", request, people.reviewer, at)
    tale.do("payment.pay", PaymentRequest.objects.get(pk=request.pk), people.payer, at)
    assert standing.paid(contract_of(tale)) == Decimal("200000.00") + advance_paid(tale)
    # Paid, it is ended; the rest goes back to the plan. What both signed says that nobody is at fault.
    assert "contract.terminate" in tale.waiting(people.reviewer)
    form = ACTIONS["contract.terminate"].input(subject=contract_of(tale), by=people.reviewer, now=at)
    assert form.fields["ground"].initial == "on_the_market"
    for ground in ("breach", "milestone_missed"):
        told = tale.refused("contract.terminate", contract_of(tale), people.reviewer, at, ground=ground, reason="x")
        assert told["not_as_settled"].field == "ground" and "双方均无过错" in told["not_as_settled"].zh
        assert told["not_as_settled"].citation is not None
    tale.do("contract.terminate", contract_of(tale), people.reviewer, at, ground="on_the_market", reason="同类产品")
    assert contract_of(tale).committed_fund.balance == 0 and check_funds() == []


def test_what_owes_nothing_ends_without_an_invoice(tale: Story) -> None:
    """财库〔2024〕13号: where the advance covered the costs, both sides settle that nothing more is owed."""
    at, people = tale.at("contract") + 20 * DAY, tale.people
    nothing = settlement(tale, eligible_cost="135000.00", amount="0")
    tale.do("compensation.settle", costs_of(tale), people.officer, at, **nothing)
    tale.do("amendment.publish", Amendment.objects.get(settles=costs_of(tale)), people.officer, at)
    # No invoice is waited for, and none is taken.
    supplier = tale.supplier(FIRST)
    assert "invoice.submit" not in tale.waiting(supplier) and "contract.terminate" in tale.waiting(people.reviewer)
    bill = {"number": "F-9", "eligible_cost": "1.00", "issued_on": at.date(), "amount": "0.80"}
    assert "milestone_invoiced" in tale.refused("invoice.submit", costs_of(tale), supplier, at, **bill)
    tale.do("contract.terminate", contract_of(tale), people.reviewer, at, ground="on_the_market", reason="同类产品")
    assert contract_of(tale).committed_fund.balance == 0 and check_funds() == []


def test_no_supplier_keeps_a_settled_contract_open_by_sending_no_invoice(tale: Story) -> None:
    """What it is still owed an authority or a court decides (政府采购法 art. 50; 民法典 art. 563): with its paper."""
    at, people = tale.at("contract") + 20 * DAY, tale.people
    tale.do("compensation.settle", costs_of(tale), people.officer, at, **settlement(tale))
    tale.do("amendment.publish", Amendment.objects.get(settles=costs_of(tale)), people.officer, at)
    told = tale.refused(
        "contract.terminate", contract_of(tale), people.reviewer, at, ground="on_the_market", reason="不开票"
    )
    assert "仍不开具发票" in told["compensation_unpaid"].zh and told["compensation_unpaid"].citation is not None
    decided = {"ground": "decision", "reason": "仲裁裁决解除，补偿另行执行"}
    decided["document"] = tale.paper("award.pdf", b"%PDF-1.4\nx", people.reviewer, at)
    tale.do("contract.terminate", contract_of(tale), people.reviewer, at, **decided)
    assert contract_of(tale).terminated_at is not None and check_funds() == []


def advance_paid(tale: Story) -> Decimal:
    return standing.total(PaymentRequest.objects.filter(milestone__due_on="signature", contract=contract_of(tale)))


def test_never_more_than_the_agreed_share_and_only_on_a_ground_of_research(tale: Story) -> None:
    at, officer = tale.at("contract") + 20 * DAY, tale.people.officer
    above = tale.refused("compensation.settle", costs_of(tale), officer, at, **settlement(tale, amount="200000.01"))
    assert above["above_the_compensation"].field == "amount"
    dear = settlement(tale, eligible_cost="900000.00", amount="315000.01")
    assert "above_the_compensation" in tale.refused("compensation.settle", costs_of(tale), officer, at, **dear)
    missed = tale.refused(
        "compensation.settle", costs_of(tale), officer, at, **settlement(tale, ending="milestone_missed")
    )
    assert missed["no_milestone_missed"].field == "ending"
    advance = Milestone.objects.get(contract=contract_of(tale), due_on="signature")
    assert not is_about(ACTIONS["compensation.settle"], advance, by=officer, now=at)


def test_whoever_missed_its_milestone_does_not_leave_without_fault(tale: Story) -> None:
    """政府采购法 art. 50: settled as the supplier's own failure, it ends as that, or by what neither side decides."""
    at, people = tale.at("contract") + 20 * DAY, tale.people
    accept(tale, contract_of(tale), at, passed=False)
    missed = settlement(tale, ending="milestone_missed", reason="未完成标志性成果")
    tale.do("compensation.settle", costs_of(tale), people.officer, at, **missed)
    contract, reviewer = contract_of(tale), people.reviewer
    for ground in ("on_the_market", "insurmountable", "force_majeure"):
        told = rules.ends_as_it_was_settled(contract, by=reviewer, now=at, ground=ground)
        assert told is not None and "供应商一方" in told.zh
    for ground in ("milestone_missed", "breach", "decision", "public_interest"):
        assert rules.ends_as_it_was_settled(contract, by=reviewer, now=at, ground=ground) is None
    with pytest.raises(DatabaseError, match="contract_ends_as_settled"), transaction.atomic():
        Contract.objects.filter(pk=contract.pk).update(terminated_at=at, termination_ground="on_the_market")


def test_the_database_pays_no_costs_that_nobody_accepted_or_published(tale: Story) -> None:
    """Beneath every Action: a settlement that is not published pays nothing, and none may exceed its milestone."""
    at, officer = tale.at("contract") + 20 * DAY, tale.people.officer
    costs, contract = costs_of(tale), contract_of(tale)
    row = {"contract": contract, "number": 1, "is_supplement": False, "clause": "x", "content": "x", "reason": "x"}
    row |= {"ending": "on_the_market", "eligible_cost": Decimal(900_000), "signed_at": at}
    advance = Milestone.objects.get(contract=contract, due_on="signature")
    for wrong in ({"settles": costs, "settled_amount": costs.amount + 1}, {"settles": advance, "settled_amount": 1}):
        with pytest.raises(DatabaseError, match="payment_follows_its_contract"), transaction.atomic():
            Amendment.objects.create(**row, **wrong)
    tale.do("compensation.settle", costs, officer, at, **settlement(tale))
    settled = Amendment.objects.get(settles=costs)
    with pytest.raises(DatabaseError, match="settled_amount is never changed"), transaction.atomic():
        Amendment.objects.filter(pk=settled.pk).update(settled_amount=Decimal(300_000))
    invoice = Invoice.objects.create(
        contract=contract, milestone=costs, number="F-8", amount=Decimal(300_000), issued_on=at.date(), received_at=at
    )
    asked = {"contract": contract, "milestone": costs, "invoice": invoice, "requested_at": at, "approved_at": at}
    with pytest.raises(DatabaseError, match="requests_within_the_milestone"), transaction.atomic():
        PaymentRequest.objects.create(**asked, amount=Decimal("200000.01"))
    request = PaymentRequest.objects.create(**asked, amount=Decimal(200_000))
    with pytest.raises(DatabaseError, match="no_acceptance_no_payment"), transaction.atomic():
        ledger.pay(fund=Fund.objects.get(pk=contract.paid_fund_id), amount=request.amount, now=at, ground=request.ref)


@pytest.mark.long
def test_what_was_asked_for_before_the_settlement_is_not_paid_by_it(tale: Story) -> None:
    """Beneath every Action: a request for the whole amount would be paid once a smaller settlement is published."""
    at, officer = tale.at("contract") + 20 * DAY, tale.people.officer
    costs, contract = costs_of(tale), contract_of(tale)
    invoice = Invoice.objects.create(
        contract=contract, milestone=costs, number="F-7", amount=costs.amount, issued_on=at.date(), received_at=at
    )
    asked = PaymentRequest.objects.create(
        contract=contract, milestone=costs, invoice=invoice, requested_at=at, approved_at=at, amount=costs.amount
    )
    assert "requests_within_the_milestone" in tale.refused(
        "compensation.settle", costs, officer, at, **settlement(tale)
    )
    PaymentRequest.objects.filter(pk=asked.pk).update(returned_at=at, return_reason="x")
    tale.do("compensation.settle", costs, officer, at, **settlement(tale))


def test_a_second_part_of_the_costs_is_settled_on_no_other_fault(tale: Story) -> None:
    """Whoever ends the contract names one ground: both settlements must agree on whose fault it was."""
    at, people = tale.at("contract") + 20 * DAY, tale.people
    tale.do("compensation.settle", costs_of(tale), people.officer, at, **settlement(tale))
    other = Milestone(contract=contract_of(tale), due_on="acceptance", title="第二笔", amount=1)
    found = compensation.settled_alike(other, by=people.officer, now=at, ending="milestone_missed")
    assert found is not None and (found.code, found.field) == ("settled_otherwise", "ending")
    assert compensation.settled_alike(other, by=people.officer, now=at, ending="on_the_market") is None
