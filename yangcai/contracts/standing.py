"""How does a contract stand: what is due, accepted, invoiced, paid, and is its case over? Derived from the rows."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from yangcai import procedures
from yangcai.cases.models import Case, LotOutcome
from yangcai.contracts.models import (
    Acceptance,
    Amendment,
    Contract,
    Delivery,
    Invoice,
    Milestone,
    MilestoneDue,
    PaymentRequest,
)
from yangcai.kernel import calendar, money
from yangcai.kernel.reading import remembered


def total(rows: QuerySet[Any], field: str = "amount") -> Decimal:
    """The sum of a money column, 0.00 for no rows."""
    return rows.aggregate(total=Sum(field))["total"] or money.ZERO


def supplements(contract: Contract) -> Decimal:
    """What all supplements together added to the contract, in yuan."""
    return total(Amendment.objects.filter(contract=contract, is_supplement=True), "amount_change")


def paid(contract: Contract) -> Decimal:
    return total(PaymentRequest.objects.filter(contract=contract, paid_at__isnull=False))


@remembered
def _passed(contract: Contract) -> list[Acceptance]:
    return list(Acceptance.objects.filter(contract=contract, passed=True).order_by("pk"))


def final_acceptance(contract: Contract) -> Acceptance | None:
    """The passed acceptance of the whole contract, if there is one."""
    return next((one for one in _passed(contract) if one.is_final), None)


def acceptance_of(milestone: Milestone) -> Acceptance | None:
    """The first passed acceptance that covers the milestone: its own, or that of the whole contract."""
    passed = _passed(milestone.contract)
    return next((one for one in passed if one.is_final or one.milestone_id == milestone.pk), None)


@remembered
def first_delivery(milestone: Milestone) -> Delivery | None:
    return milestone.deliveries.order_by("reported_at").first()


@remembered
def settlement_of(milestone: Milestone) -> Amendment | None:
    """What both sides settled of the costs of research that ended without its goal; of research contracts alone."""
    if not procedures.get(milestone.contract.case.procedure).compensates:
        return None
    return Amendment.objects.filter(settles=milestone).first()


def settlement_under(contract: Contract) -> Amendment | None:
    """The settlement of its costs, once its research has ended; of research contracts alone."""
    if not procedures.get(contract.case.procedure).compensates:
        return None
    return Amendment.objects.filter(contract=contract, settles__isnull=False).select_related("settles").first()


def most(milestone: Milestone) -> Decimal:
    """What a milestone pays at most, in yuan: its amount, or of costs that were settled the compensation."""
    settled = settlement_of(milestone)
    if settled is None or settled.settled_amount is None:
        return milestone.amount
    return settled.settled_amount


def condition_met_at(milestone: Milestone) -> datetime.datetime | None:
    """When what the milestone waits for came about: signature, delivery or passed acceptance, of costs that were
    settled the notice of that; None while it has not."""
    if milestone.due_on == MilestoneDue.SIGNATURE:
        return milestone.contract.signed_at
    if milestone.due_on == MilestoneDue.DELIVERY:
        first = first_delivery(milestone)
        return first.reported_at if first else None
    accepted = acceptance_of(milestone)
    if accepted is not None:
        return accepted.at
    settled = settlement_of(milestone)
    return settled.published_at if settled is not None else None


def acceptance_due_on(delivery: Delivery) -> datetime.date | None:
    """The last day for accepting the delivery: the contract's own period; None beyond the calendar."""
    contract = delivery.contract
    try:
        return calendar.due_on(
            delivery.delivered_on, contract.acceptance_days, "days", region=contract.case.jurisdiction
        )
    except calendar.HorizonError:
        return None


def acceptance_due_at(delivery: Delivery) -> datetime.datetime | None:
    """Until when the delivery must have been accepted: the end of that last day."""
    last = acceptance_due_on(delivery)
    return calendar.end_of(last) if last else None


@remembered
def _live_requests(contract: Contract) -> tuple[PaymentRequest, ...]:
    """The requests that have not been returned, paid or not."""
    return tuple(PaymentRequest.objects.filter(contract=contract, returned_at__isnull=True).order_by("pk"))


def live_request(invoice: Invoice) -> PaymentRequest | None:
    """The request for this invoice that has not been returned, paid or not."""
    return next((one for one in _live_requests(invoice.contract) if one.invoice_id == invoice.pk), None)


def claimed(milestone: Milestone) -> Decimal:
    """What all live requests of a milestone ask for together, in yuan."""
    live = _live_requests(milestone.contract)
    return sum((one.amount for one in live if one.milestone_id == milestone.pk), money.ZERO)


def open_invoices(contract: Contract) -> QuerySet[Invoice]:
    """Invoices that wait for their money: never requested, or requested and neither paid nor returned for good."""
    return Invoice.objects.filter(
        Q(payment_requests__isnull=True)
        | Q(payment_requests__returned_at__isnull=True, payment_requests__paid_at__isnull=True),
        contract=contract,
    ).distinct()


def standing_invoices(milestone: Milestone) -> QuerySet[Invoice]:
    """Invoices that still claim money of the milestone: all but those whose every request was returned."""
    return Invoice.objects.filter(
        Q(payment_requests__isnull=True) | Q(payment_requests__returned_at__isnull=True), milestone=milestone
    ).distinct()


def is_running(contract: Contract) -> bool:
    """Signed, and neither ended nor closed."""
    return contract.signed_at is not None and contract.terminated_at is None and contract.closed_at is None


def all_lots_over(case: Case) -> bool:
    """Whether every lot has failed, or has an award whose contract is closed or was terminated."""
    for lot in case.lots.all():
        if lot.outcome in {LotOutcome.UNSUCCESSFUL, LotOutcome.TERMINATED}:
            continue
        award = lot.awards.filter(refused_at__isnull=True).first()
        contract = Contract.objects.filter(award=award).first() if award else None
        if contract is None or (contract.closed_at is None and contract.terminated_at is None):
            return False
    return True
