"""Is money paid only for a signed, published, filed contract, on its milestone's condition, by four people?"""

import dataclasses
import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from tests import factories
from tests.apart import shared
from tests.contracts import support
from tests.factories import at
from yangcai.contracts import actions, standing
from yangcai.contracts.models import Invoice, PaymentRequest
from yangcai.contracts.tasks import payment_clock
from yangcai.funds.queries import Balances, balances_of, waterfall
from yangcai.kernel import calendar
from yangcai.kernel.actions import can, perform
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
LATER = at("2026-03-27T09:00")


def refused(*args: Any, **kwargs: Any) -> set[str]:
    with pytest.raises(Refused) as error:
        perform(*args, **kwargs)
    return error.value.codes


def invoice(s: support.Scene, milestone: Any, *, number: str = "F1", amount: str = "1000.00", **kwargs: Any) -> Any:
    given = {"by": s.supplier, "now": LATER, "issued_on": LATER.date(), "number": number, "amount": amount, **kwargs}
    return perform(actions.submit_invoice, milestone, **given).value


def come_into_effect() -> support.Scene:
    """Signed, published and filed."""
    s = support.scene()
    support.effective(s)
    return s


effective = shared(come_into_effect)


def test_an_advance_is_paid_before_anything_is_delivered_or_accepted(effective: Any) -> None:
    s = effective()
    support.paid(s, s.milestone("signature"))
    contract = s.contract
    assert contract.paid_fund.balance == Decimal("270000.00")
    assert contract.committed_fund.balance == Decimal("630000.00")


def test_the_waterfall_of_a_buyers_year_is_the_sum_of_its_lines() -> None:
    """Along the whole chain, beside a second line, another year and another buyer's money."""
    s = support.scene()
    support.effective(s)
    support.paid(s, s.milestone("signature"))
    line = s.contract.case.plan_item.appropriation
    buyer, year = line.buyer, line.fiscal_year
    lines = [line, factories.fund_appropriation(buyer, amount="50.25", fiscal_year=year)]
    factories.fund_appropriation(buyer, amount="7.00", fiscal_year=year + 1)
    factories.fund_appropriation(factories.make_organisation(), amount="9.00", fiscal_year=year)
    each = balances_of(lines).values()
    parts = [field.name for field in dataclasses.fields(Balances)]
    found = waterfall(buyer=buyer, fiscal_year=year)
    assert [getattr(found, part) for part in parts] == [sum(getattr(one, part) for one in each) for part in parts]
    assert found.agrees and min(found.committed, found.paid) > 0
    nothing = waterfall(buyer=buyer, fiscal_year=year - 1)
    assert [str(getattr(nothing, part)) for part in parts] == ["0.00"] * len(parts)


@pytest.mark.parametrize("due_on", ["delivery", "acceptance"])
def test_other_milestones_wait_for_their_condition(effective: Any, due_on: str) -> None:
    s = effective()
    claim = invoice(s, s.milestone(due_on))
    [refusal] = can(actions.request_payment, claim, by=s.officer, now=LATER)
    assert (refusal.code, refusal.citation.rule) == ("milestone_not_met", "control.no_contract_no_payment")
    support.delivered(s, s.milestone("delivery"))
    if due_on == "acceptance":
        assert can(actions.request_payment, claim, by=s.officer, now=LATER)
        support.accepted(s, milestone=s.milestone("acceptance"), passed=False)
        assert can(actions.request_payment, claim, by=s.officer, now=LATER)
        support.accepted(s, milestone=s.milestone("acceptance"))
    assert can(actions.request_payment, claim, by=s.officer, now=LATER) == []


def test_nothing_is_paid_on_an_unpublished_unfiled_contract() -> None:
    s = support.scene()
    support.signed(s)
    claim = invoice(s, s.milestone("signature"))
    assert refused(actions.request_payment, claim, by=s.officer, now=LATER) == {
        "contract_not_published",
        "contract_not_filed",
    }


def test_nothing_is_paid_on_an_amendment_before_its_notice(effective: Any) -> None:
    s = effective()
    change: dict[str, Any] = {"clause": "追加采购", "content": "追加设备", "reason": "使用需要", "due_on": "signature"}
    more: dict[str, Any] = {"is_supplement": True, "amount_change": "50000.00", "signed_on": LATER.date()}
    amended = perform(
        actions.amend_contract, s.contract, by=s.officer, now=LATER, document=support.document(), **change, **more
    ).value
    claim = invoice(s, s.contract.milestones.get(amendment=amended))
    [refusal] = can(actions.request_payment, claim, by=s.officer, now=LATER)
    assert (refusal.code, refusal.citation.rule) == ("amendment_not_published", "control.no_contract_no_payment")
    wanted = {"contract": s.contract, "milestone": claim.milestone, "invoice": claim, "amount": claim.amount}
    with pytest.raises(IntegrityError, match="no_contract_no_payment"), transaction.atomic():
        PaymentRequest.objects.create(requested_at=LATER, **wanted)
    perform(actions.publish_amendment, amended, by=s.officer, now=LATER)
    claim.refresh_from_db()
    assert can(actions.request_payment, Invoice.objects.get(pk=claim.pk), by=s.officer, now=LATER) == []


def test_invoices_stay_within_the_milestone(effective: Any) -> None:
    s = effective()
    advance = s.milestone("signature")
    invoice(s, advance, amount="200000.00")
    with pytest.raises(Refused) as error:
        invoice(s, advance, number="F2", amount="70000.01")
    [refusal] = error.value.refusals
    assert refusal.code == "invoice_above_milestone" and "70,000.00" in refusal.zh
    invoice(s, advance, number="F3", amount="70000.00")


def test_an_invoice_is_claimed_once_across_the_suppliers_contracts(effective: Any) -> None:
    s = effective()
    invoice(s, s.milestone("signature"))
    with pytest.raises(Refused) as error:
        invoice(s, s.milestone("delivery"))
    assert error.value.codes == {"invoice_number_used"}


def test_an_invoice_of_tomorrow_or_over_nothing_is_refused(effective: Any) -> None:
    s = effective()
    with pytest.raises(Refused) as error:
        invoice(s, s.milestone("signature"), issued_on="2026-03-28")
    assert error.value.codes == {"impossible_date"}
    for amount in ("0", "-5", "1.005", "壹万", "1e3000"):
        with pytest.raises(Refused) as error:
            invoice(s, s.milestone("signature"), amount=amount)
        assert error.value.codes == {"invalid_input"}


def test_request_approval_and_payment_are_three_peoples_work(effective: Any) -> None:
    s = effective()
    claim = support.invoiced(s, s.milestone("signature"))
    request = perform(actions.request_payment, claim, by=s.officer, now=LATER).value
    requester_reviewing = factories.make_post(Role.BUYER_REVIEWER, s.officer.organisation, person=s.officer.person)
    assert refused(actions.approve_payment, request, by=requester_reviewing, now=LATER) == {"same_person"}
    assert refused(actions.pay_payment, request, by=s.payer, now=LATER) == {"not_approved"}
    perform(actions.approve_payment, request, by=s.reviewer, now=LATER)
    assert refused(actions.approve_payment, request, by=s.reviewer, now=LATER) == {"already_approved"}
    approver_paying = factories.make_post(Role.TREASURY_PAYER, s.payer.organisation, person=s.reviewer.person)
    assert refused(actions.pay_payment, request, by=approver_paying, now=LATER) == {"same_person"}
    perform(actions.pay_payment, request, by=s.payer, now=LATER)
    assert refused(actions.pay_payment, request, by=s.payer, now=LATER) == {"request_done"}
    assert s.contract.paid_fund.balance == Decimal("270000.00")


def test_one_live_request_per_invoice_and_a_returned_one_may_be_made_again(effective: Any) -> None:
    s = effective()
    claim = support.invoiced(s, s.milestone("signature"))
    request = perform(actions.request_payment, claim, by=s.officer, now=LATER).value
    codes = refused(actions.request_payment, claim, by=s.officer, now=LATER)
    assert codes == {"already_requested", "request_above_milestone"}
    assert refused(actions.return_payment, request, by=s.payer, now=LATER, reason="缺附件") == {"not_your_turn"}
    perform(actions.return_payment, request, by=s.reviewer, now=LATER, reason="缺附件")
    again = perform(actions.request_payment, claim, by=s.officer, now=LATER).value
    perform(actions.approve_payment, again, by=s.reviewer, now=LATER)
    assert refused(actions.return_payment, again, by=s.reviewer, now=LATER, reason="…") == {"not_your_turn"}
    perform(actions.return_payment, again, by=s.payer, now=LATER, reason="账号有误")
    assert refused(actions.pay_payment, again, by=s.payer, now=LATER) == {"request_done"}


def test_a_returned_invoice_can_be_replaced_but_never_paid_twice(effective: Any) -> None:
    s = effective()
    advance = s.milestone("signature")
    first = support.invoiced(s, advance)
    request = perform(actions.request_payment, first, by=s.officer, now=LATER).value
    perform(actions.return_payment, request, by=s.reviewer, now=LATER, reason="发票抬头有误")
    support.paid(s, advance)
    assert refused(actions.request_payment, first, by=s.officer, now=LATER) == {"request_above_milestone"}


def test_the_strictest_payment_clock_is_shown(effective: Any) -> None:
    """10 working days from the invoice; for a small enterprise 30 days from acceptance when the invoice came late."""
    s = effective()
    support.delivered(s, s.milestone("delivery"), now=at("2026-03-16T09:00"))
    support.invoiced(s, s.milestone("delivery"), now=at("2026-03-17T09:00"))
    task = Task.objects.get(action="payment.request", done_at=None)
    assert (task.clock, task.due_at) == ("C24", at("2026-04-01T00:00"))

    late = support.scene()
    support.effective(late)
    support.delivered(late, late.milestone("delivery"), now=at("2026-03-16T09:00"))
    support.invoiced(late, late.milestone("delivery"), now=at("2026-04-14T09:00"))
    task = Task.objects.get(action="payment.request", done_at=None, root=late.case.ref)
    assert (task.clock, task.due_at) == ("C25", at("2026-04-16T00:00"))

    large = support.scene(size="large")
    support.effective(large)
    support.delivered(large, large.milestone("delivery"), now=at("2026-03-16T09:00"))
    support.invoiced(large, large.milestone("delivery"), now=at("2026-04-14T09:00"))
    assert Task.objects.get(action="payment.request", done_at=None, root=large.case.ref).clock == "C24"


def test_the_thirty_days_of_a_small_supplier_run_from_the_day_itself_not_from_its_report(effective: Any) -> None:
    """Delivered on the 16th and accepted on the 18th, both entered days later (条例 art. 9, 10)."""
    s = effective()
    delivery, balance = s.milestone("delivery"), s.milestone("acceptance")
    for milestone in (delivery, balance):
        given = {"now": at("2026-03-20T09:00"), "delivered_on": "2026-03-16"}
        perform(actions.report_delivery, milestone, by=s.supplier, **given)
    support.accepted(s, now=at("2026-03-24T09:00"), accepted_on="2026-03-18")
    for milestone, due in ((delivery, "2026-04-16T00:00"), (balance, "2026-04-18T00:00")):
        invoice = support.invoiced(s, milestone, now=at("2026-04-14T09:00"))
        task = Task.objects.get(action="payment.request", subject=invoice.ref, done_at=None)
        assert (task.clock, task.due_at) == ("C25", at(due))


def test_a_late_acceptance_counts_from_the_last_day_of_its_period(effective: Any) -> None:
    s = effective()
    balance = s.milestone("acceptance")
    support.delivered(s, balance, now=at("2026-03-16T09:00"))
    delivery = balance.deliveries.get()
    last = calendar.day_of(standing.acceptance_due_at(delivery) - datetime.timedelta(microseconds=1))
    assert last == standing.acceptance_due_on(delivery)
    late = calendar.start_of(last) + datetime.timedelta(days=20, hours=9)
    support.accepted(s, now=late)
    invoice = support.invoiced(s, balance, now=late)
    task = Task.objects.get(action="payment.request", subject=invoice.ref, done_at=None)
    assert (task.clock, task.due_at) == ("C25", calendar.deadline(last, 30, "days", region=s.case.jurisdiction))


def test_the_task_wanders_from_hand_to_hand(effective: Any) -> None:
    s = effective()
    advance = s.milestone("signature")

    def open_tasks() -> set[tuple[str, str]]:
        found = Task.objects.filter(done_at=None, action__startswith="payment.") | Task.objects.filter(
            done_at=None, action="invoice.submit"
        )
        return {(t.action, t.role) for t in found}

    assert open_tasks() == {("invoice.submit", "supplier")}
    claim = support.invoiced(s, advance)
    assert open_tasks() == {("payment.request", "buyer_officer")}
    request = perform(actions.request_payment, claim, by=s.officer, now=LATER).value
    assert open_tasks() == {("payment.approve", "buyer_reviewer")}
    perform(actions.approve_payment, request, by=s.reviewer, now=LATER)
    assert open_tasks() == {("payment.pay", "treasury_payer")}
    perform(actions.pay_payment, request, by=s.payer, now=LATER)
    assert open_tasks() == {("payment.issue_paper", "platform")}


def test_others_see_neither_invoices_nor_requests(effective: Any) -> None:
    from yangcai.kernel.actions import SCOPES

    s = effective()
    support.paid(s, s.milestone("signature"))
    strangers = [None, factories.make_supplier(), factories.make_post(Role.BUYER_OFFICER), factories.make_expert()]
    for model in (Invoice, PaymentRequest):
        assert [SCOPES[model](post, LATER).count() for post in strangers] == [0, 0, 0, 0]
        own = (s.officer, s.reviewer, s.supplier, s.payer, s.treasury)
        assert [SCOPES[model](post, LATER).count() for post in own] == [1, 1, 1, 1, 1]


def test_a_request_cannot_be_marked_paid_without_approval_even_by_hand(effective: Any) -> None:
    s = effective()
    claim = support.invoiced(s, s.milestone("signature"))
    request = perform(actions.request_payment, claim, by=s.officer, now=LATER).value
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRequest.objects.filter(pk=request.pk).update(paid_at=LATER)


@pytest.mark.parametrize(
    ("size", "clock", "due"), [("large", "C24b", "2026-06-10T00:00"), ("small", "C25b", "2026-05-20T00:00")]
)
def test_before_the_ten_working_days_the_older_clocks_count(effective: Any, size: str, clock: str, due: str) -> None:
    """By the law of 2021: 30 days from the invoice; a small supplier as agreed, 60 days from delivery at the most."""
    s = effective()
    milestone = s.milestone("delivery")
    support.delivered(s, milestone)
    received = at("2026-05-10T09:00")
    invoice = support.invoiced(s, milestone, now=received)
    contract, case = s.contract, s.case
    contract.supplier.size, contract.payment_days, case.law_as_of = size, 60, datetime.date(2021, 6, 1)
    assert payment_clock(case, contract, invoice, since=received, now=received) == (clock, at(due))
