"""How is a milestone paid? Invoice, request, approval and payment, by four different people."""

import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from yangcai.contracts.models import Invoice, Milestone, PaymentRequest
from yangcai.contracts.rules import acceptance as of_acceptance
from yangcai.contracts.rules import payment as rules
from yangcai.funds import actions as ledger
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, DocumentField, Input, MoneyField, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role


class SubmitInvoice(Input):
    number = TextField(label=_("发票号码"))
    amount = MoneyField(label=_("金额（元）"), min_value=Decimal("0.01"))
    eligible_cost = MoneyField(
        label=_("实际研发成本（元）"),
        required=False,
        help_text=_(
            "研发合同的成本补偿必填：实际投入的设备费、业务费、劳务费和间接费用，不含激励费用和擅自变更路线的费用"
        ),
    )
    issued_on = DateField(label=_("开票日期"))
    document = DocumentField(label=_("发票"), required=False)

    def scope(self) -> None:
        if self.subject is not None:
            self.initial["amount"] = rules.left_to_invoice(self.subject)
            self.fields["eligible_cost"].disabled = not rules.compensates(self.subject)


@action(
    "invoice.submit",
    zh="提交发票",
    en="Submit an invoice",
    on=Milestone,
    by={Role.SUPPLIER},
    needs=(of_acceptance.contract_runs, rules.milestone_is_not_invoiced),
    checks=(
        rules.invoice_within_milestone,
        rules.cost_is_compensated,
        rules.invoice_number_is_new,
        rules.issued_by_today,
    ),
    input=SubmitInvoice,
    sentence=("{post}提交了发票", "{post} submitted an invoice"),
    is_public=False,
    cites=("payment.invoice", "payment.invoice_limit", "payment.sme", "cooperative_innovation.compensation"),
    despite_block=True,
)
def submit_invoice(
    milestone: Milestone,
    *,
    by: Post,
    now: datetime.datetime,
    number: str,
    amount: Decimal,
    eligible_cost: Decimal | None,
    issued_on: datetime.date,
    document: Document | None,
) -> Invoice:
    """Take the supplier's invoice for one milestone; the payment clocks count from here once its condition is met."""
    invoice = Invoice.objects.create(
        contract=milestone.contract,
        milestone=milestone,
        number=number,
        amount=amount,
        eligible_cost=eligible_cost,
        issued_on=issued_on,
        received_at=now,
    )
    documents.attach(document, to=invoice, title=number, kind="invoice", by=by, now=now)
    return invoice


@action(
    "payment.request",
    zh="申请支付",
    en="Request payment",
    on=Invoice,
    by={Role.BUYER_OFFICER},
    needs=(
        rules.contract_is_payable,
        rules.condition_met,
        rules.no_live_request,
        rules.request_within_milestone,
    ),
    sentence=("{post}申请支付合同款项", "{post} requested payment"),
    cites=("control.no_contract_no_payment", "payment.invoice", "payment.sme", "payment.no_excuse"),
    hint=("按发票金额申请，由他人审核", "For the amount of the invoice; somebody else approves it"),
    despite_block=True,
)
def request_payment(invoice: Invoice, *, by: Post, now: datetime.datetime) -> PaymentRequest:
    """Ask that the invoice be paid, in full."""
    return PaymentRequest.objects.create(
        contract=invoice.contract,
        milestone=invoice.milestone,
        invoice=invoice,
        amount=invoice.amount,
        requested_at=now,
    )


class ReturnPayment(Input):
    reason = TextField(label=_("退回理由"), lines=3)


@action(
    "payment.return",
    zh="退回支付申请",
    en="Return the payment request",
    on=PaymentRequest,
    by={Role.BUYER_REVIEWER, Role.TREASURY_PAYER},
    needs=(rules.is_open, rules.returned_by_the_right_side),
    input=ReturnPayment,
    sentence=("{post}退回了支付申请", "{post} returned the payment request"),
    is_public=False,
    cites=("payment.no_excuse",),
    despite_block=True,
)
def return_payment(request: PaymentRequest, *, by: Post, now: datetime.datetime, reason: str) -> PaymentRequest:
    """Send it back with the reason; the same invoice may be requested again, or a new one submitted."""
    request.returned_at, request.return_reason = now, reason
    request.save(update_fields=["returned_at", "return_reason"])
    return request


@action(
    "payment.approve",
    zh="审核支付申请",
    en="Approve the payment request",
    on=PaymentRequest,
    by={Role.BUYER_REVIEWER},
    needs=(rules.is_open, rules.not_approved, rules.request_is_payable),
    sentence=("{post}审核通过了支付申请", "{post} approved the payment request"),
    not_same_person_as=("payment.request",),
    cites=("control.separation", "control.no_contract_no_payment"),
    despite_block=True,
)
def approve_payment(request: PaymentRequest, *, by: Post, now: datetime.datetime) -> PaymentRequest:
    """The buyer's reviewer agrees; never the person who requested."""
    request.approved_at = now
    request.save(update_fields=["approved_at"])
    return request


@action(
    "payment.pay",
    zh="支付",
    en="Pay",
    on=PaymentRequest,
    by={Role.TREASURY_PAYER},
    needs=(rules.is_open, rules.approved, rules.request_is_payable),
    sentence=("{post}支付了合同款项", "{post} paid"),
    not_same_person_as=("payment.request", "payment.approve"),
    cites=("control.no_contract_no_payment", "payment.invoice_limit", "payment.sme"),
    despite_block=True,
)
def pay_payment(request: PaymentRequest, *, by: Post, now: datetime.datetime) -> PaymentRequest:
    """Move the money from the contract's committed to its paid fund."""
    request.paid_at = now
    request.save(update_fields=["paid_at"])
    ledger.pay(fund=request.contract.paid_fund, amount=request.amount, now=now, ground=request.ref)
    return request
