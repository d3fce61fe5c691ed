"""Which payments to small and medium enterprises were overdue when a year ended? (保障中小企业款项支付条例 18)"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yangcai import law
from yangcai.cases.rules import applicable
from yangcai.contracts import standing
from yangcai.contracts.models import Contract, Invoice, OverdueDisclosure, PaymentRequest
from yangcai.contracts.tasks import payment_clock
from yangcai.kernel import calendar, money, tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.roles import Role

RULE = "payment.overdue_disclosure"


@dataclass(frozen=True)
class Overdue:
    """How many contracts had money overdue, and how much (yuan)."""

    contracts: int
    amount: Decimal


def ends_at(year: int) -> datetime.datetime:
    """The first instant after the year."""
    return calendar.end_of(datetime.date(year, 12, 31))


def sme_contracts(buyer: Organisation) -> list[Contract]:
    """Signed contracts of the buyer with small and medium suppliers, oldest first."""
    signed = Contract.objects.filter(buyer=buyer, signed_at__isnull=False).select_related("supplier", "case")
    return [contract for contract in signed.order_by("signed_at", "pk") if contract.supplier.is_sme]


def overdue(buyer: Organisation, *, year: int, now: datetime.datetime) -> Overdue:
    """What had fallen due in the year or before and was not paid when it ended."""
    found = {contract.pk: _overdue_of(contract, at=ends_at(year), now=now) for contract in sme_contracts(buyer)}
    late = [amount for amount in found.values() if amount]
    return Overdue(len(late), sum(late, money.ZERO))


def _overdue_of(contract: Contract, *, at: datetime.datetime, now: datetime.datetime) -> Decimal:
    left = money.ZERO
    for invoice in Invoice.objects.filter(contract=contract, received_at__lt=at).select_related("milestone"):
        met_at = standing.condition_met_at(invoice.milestone)
        paid = PaymentRequest.objects.filter(invoice=invoice, paid_at__lt=at).exists()
        if met_at is None or met_at >= at or paid:
            continue
        since = max(invoice.received_at, met_at)
        _clock, due_at = payment_clock(contract.case, contract, invoice, since=since, now=now)
        if due_at is not None and due_at <= at:
            left += invoice.amount
    return left


def next_year(buyer: Organisation, *, now: datetime.datetime) -> int | None:
    """The first year that is to be disclosed and is not; None for a buyer that owed no such enterprise anything."""
    for contract in sme_contracts(buyer):
        if law.applies(RULE, **applicable(contract.case, now=now)):
            disclosed = set(OverdueDisclosure.objects.filter(buyer=buyer).values_list("year", flat=True))
            year = calendar.day_of(contract.signed_at or now).year
            while year in disclosed:
                year += 1
            return year
    return None


@tasks.due_on(Organisation)
def yearly_disclosure(buyer: Organisation, *, now: datetime.datetime) -> Iterator[Due]:
    """C48: by 31 March of the year after."""
    year = next_year(buyer, now=now) if buyer.kind == OrganisationKind.BUYER else None
    if year is not None:
        since = ends_at(year)
        due_at = law.due_at("C48", since=since, on=calendar.day_of(now), jurisdiction=buyer.jurisdiction)
        yield Due(
            "overdue.disclose",
            buyer.ref,
            Role.BUYER_OFFICER,
            since,
            organisation_id=buyer.pk,
            clock="C48",
            due_at=due_at,
        )
