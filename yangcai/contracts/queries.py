"""Which contracts may a post see, what stands in them, and when did a milestone fall due?"""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from yangcai.cases.models import Case, LotOutcome
from yangcai.cases.queries import OVERSEERS, concerns_case
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
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role


def _own(post: Post, contract: str = "") -> Q | None:
    """The condition under which a contract is the post's own; None when every one may be seen (overseers)."""
    prefix = f"{contract}__" if contract else ""
    if post.role in OVERSEERS:
        return None
    if post.role in BUYER:
        return Q(**{f"{prefix}buyer_id": post.organisation_id})
    if post.role == Role.AGENT:
        return Q(**{f"{prefix}case__agent_id": post.organisation_id})
    if post.role == Role.SUPPLIER:
        return Q(**{f"{prefix}supplier_id": post.organisation_id})
    return Q(pk__in=[])


def visible(post: Post | None, now: datetime.datetime, contract: str = "") -> Q:
    """A contract is public from its notice on; before that the parties, the agent and the overseers see it."""
    prefix = f"{contract}__" if contract else ""
    published = Q(**{f"{prefix}published_at__isnull": False, f"{prefix}published_at__lte": now})
    if post is None:
        return published
    own = _own(post, contract)
    return Q() if own is None else published | own


@scope(Contract)
def visible_to(post: Post | None, now: datetime.datetime) -> QuerySet[Contract]:
    return Contract.objects.filter(visible(post, now)).select_related("case", "buyer", "supplier", "award__lot")


@standing(Contract)
def concerns_contract(contract: Contract, post: Post) -> bool:
    """Its buyer, its supplier, the agent of its case, and the overseers."""
    if post.role == Role.SUPPLIER:
        return contract.supplier_id == post.organisation_id
    return concerns_case(contract.case, post)


@scope(Milestone)
def visible_milestones(post: Post | None, now: datetime.datetime) -> QuerySet[Milestone]:
    return Milestone.objects.filter(visible(post, now, "contract")).select_related("contract__case")


@standing(Milestone)
def concerns_milestone(milestone: Milestone, post: Post) -> bool:
    return concerns_contract(milestone.contract, post)


@scope(Invoice)
def visible_invoices(post: Post | None, now: datetime.datetime) -> QuerySet[Invoice]:
    """Invoices are between the parties and the overseers."""
    return _between_parties(Invoice.objects.select_related("contract__case", "milestone"), post)


@standing(Invoice)
def concerns_invoice(invoice: Invoice, post: Post) -> bool:
    return concerns_contract(invoice.contract, post)


@scope(PaymentRequest)
def visible_payment_requests(post: Post | None, now: datetime.datetime) -> QuerySet[PaymentRequest]:
    return _between_parties(PaymentRequest.objects.select_related("contract__case", "milestone", "invoice"), post)


@standing(PaymentRequest)
def concerns_payment_request(request: PaymentRequest, post: Post) -> bool:
    return concerns_contract(request.contract, post)


def _between_parties(rows: QuerySet[Any], post: Post | None) -> QuerySet[Any]:
    if post is None:
        return rows.none()
    own = _own(post, "contract")
    return rows if own is None else rows.filter(own)


# --- what stands in a contract -----------------------------------------------------------------------------------


def contracts_of(case: Case, *, post: Post | None, now: datetime.datetime) -> QuerySet[Contract]:
    """The contracts of a case that the post may see, with what a page about them needs."""
    return (
        visible_to(post, now)
        .filter(case=case)
        .prefetch_related("items", "milestones__deliveries", "acceptances__items", "amendments")
        .order_by("pk")
    )


def total(rows: QuerySet[Any], field: str = "amount") -> Decimal:
    """The sum of a money column, 0.00 for no rows."""
    return rows.aggregate(total=Sum(field))["total"] or money.ZERO


def supplements(contract: Contract) -> Decimal:
    """What all supplements together added to the contract, in yuan."""
    return total(Amendment.objects.filter(contract=contract, is_supplement=True), "amount_change")


def paid(contract: Contract) -> Decimal:
    return total(PaymentRequest.objects.filter(contract=contract, paid_at__isnull=False))


def final_acceptance(contract: Contract) -> Acceptance | None:
    """The passed acceptance of the whole contract, if there is one."""
    return Acceptance.objects.filter(contract=contract, is_final=True, passed=True).order_by("pk").first()


def acceptance_of(milestone: Milestone) -> Acceptance | None:
    """The first passed acceptance that covers the milestone: its own, or that of the whole contract."""
    return (
        Acceptance.objects.filter(Q(milestone=milestone) | Q(is_final=True), contract=milestone.contract, passed=True)
        .order_by("pk")
        .first()
    )


def condition_met_at(milestone: Milestone) -> datetime.datetime | None:
    """When what the milestone waits for came about: signature, delivery or passed acceptance; None while it has not."""
    if milestone.due_on == MilestoneDue.SIGNATURE:
        return milestone.contract.signed_at
    if milestone.due_on == MilestoneDue.DELIVERY:
        first = Delivery.objects.filter(milestone=milestone).order_by("reported_at").first()
        return first.reported_at if first else None
    accepted = acceptance_of(milestone)
    return accepted.at if accepted else None


def acceptance_due_at(delivery: Delivery) -> datetime.datetime | None:
    """Until when the delivery must have been accepted: the contract's own period; None beyond the calendar."""
    try:
        return calendar.deadline(
            delivery.delivered_on,
            delivery.contract.acceptance_days,
            "days",
            region=delivery.contract.case.jurisdiction,
        )
    except calendar.HorizonError:
        return None


def is_paid(invoice: Invoice) -> bool:
    return PaymentRequest.objects.filter(invoice=invoice, paid_at__isnull=False).exists()


def live_request(invoice: Invoice) -> PaymentRequest | None:
    """The request for this invoice that has not been returned, paid or not."""
    return PaymentRequest.objects.filter(invoice=invoice, returned_at__isnull=True).first()


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
