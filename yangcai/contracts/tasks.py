"""What is the next step on each contract of a case, whose is it, and by when?"""

import datetime
from collections.abc import Iterator

from yangcai import law, procedures
from yangcai.cases.models import Award, Case, Stage
from yangcai.cases.rules import applicable
from yangcai.contracts import standing
from yangcai.contracts.models import Contract, Delivery, Invoice, Milestone, MilestoneDue, PaymentRequest
from yangcai.contracts.rules import compensation as compensation_rules
from yangcai.contracts.rules import first_purchase, outside_contract
from yangcai.frameworks.models import CallOff
from yangcai.frameworks.rules.call_off import is_free
from yangcai.kernel import calendar, papers, tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.tendering.rules.award import letter_sent_at

#: Method -> the Action by which a plan begins that follows another purchase's contracts.
FOLLOWING = {first_purchase.REVIEWED: "first_purchase.begin", first_purchase.DIRECT: "innovative_product.buy"}


@tasks.due_on(PlanItem)
def following(plan_item: PlanItem, *, now: datetime.datetime) -> Iterator[Due]:
    """A filed plan for an innovative product waits for its buyer."""
    if plan_item.procedure not in FOLLOWING or not plan_item.filed_at or plan_item.cancelled_at:
        return
    if is_free(plan_item, by=None, now=now) is None:
        yield Due(
            FOLLOWING[plan_item.procedure],
            plan_item.ref,
            Role.BUYER_OFFICER,
            plan_item.filed_at,
            organisation_id=plan_item.buyer_id,
        )


@tasks.due_on(Case)
def contract_tasks(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Every next step from the award notice to the closing, with its legal clock where the law has one."""
    awards = Award.objects.filter(lot__case=case, announced_at__isnull=False).select_related("lot", "supplier")
    awarded = list(awards) if case.has_reached(Stage.AWARD) else []
    contracts = {
        c.award_id: c for c in Contract.objects.filter(award__in=awarded).select_related("supplier", "award", "case")
    }
    for award in awarded:
        contract = contracts.get(award.pk)
        if contract is None:
            if award.refused_at is None and case.ended_at is None:
                yield _to_draft(case, award, now=now)
        elif contract.terminated_at is None and contract.closed_at is None:
            yield from _steps(case, contract, now=now)
    signed = [contract for contract in contracts.values() if contract.signed_at and contract.digest]
    issued = papers.issued_under(case) if signed else set()
    for contract in signed:  # the platform's own step, whatever became of the contract
        if contract.ref not in issued:
            yield Due("contract.issue_paper", contract.ref, Role.PLATFORM, contract.signed_at)
    if signed:
        for request in PaymentRequest.objects.filter(contract__in=signed, paid_at__isnull=False).order_by("pk"):
            if request.ref not in issued:
                yield Due("payment.issue_paper", request.ref, Role.PLATFORM, request.paid_at)
    if case.ended_at is not None:
        yield Due(
            "", case.ref, "", case.ended_at, clock="C46", due_at=_due_at("C46", since=case.ended_at, case=case, now=now)
        )


def _due_at(clock: str, *, since: datetime.date, case: Case, now: datetime.datetime) -> datetime.datetime | None:
    return law.due_at(clock, since=since, **applicable(case, now=now))


def _to_draft(case: Case, award: Award, *, now: datetime.datetime) -> Due:
    since = letter_sent_at(award)
    return Due(
        "contract.draft",
        award.ref,
        Role.BUYER_OFFICER,
        since,
        organisation_id=case.buyer_id,
        clock="C20",
        due_at=_due_at("C20", since=since, case=case, now=now),
    )


def _steps(case: Case, contract: Contract, *, now: datetime.datetime) -> Iterator[Due]:
    if contract.award.refused_at is not None and contract.signed_at is None:
        yield _buyer("contract.terminate", contract.ref, case, contract.award.refused_at, role=Role.BUYER_REVIEWER)
        return
    if contract.signed_at is None:
        yield from _signatures(case, contract, now=now)
        return
    for code, clock, done_at in (
        ("contract.publish", "C21", contract.published_at),
        ("contract.file", "C22", contract.filed_at),
    ):
        if done_at is None:
            due_at = _due_at(clock, since=contract.signed_at, case=case, now=now)
            yield _buyer(code, contract.ref, case, contract.signed_at, clock=clock, due_at=due_at)
    yield from _copies(case, contract, now=now)
    yield from _amendments(case, contract, now=now)
    yield from _deliveries(case, contract)
    yield from _invoices(contract)
    yield from _payments(case, contract, now=now)
    yield from _receivables(case, contract, now=now)
    yield from _closing(case, contract)


def _buyer(
    code: str,
    subject: str,
    case: Case,
    since: datetime.datetime,
    *,
    role: str = Role.BUYER_OFFICER,
    clock: str = "",
    due_at: datetime.datetime | None = None,
) -> Due:
    return Due(code, subject, role, since, organisation_id=case.buyer_id, clock=clock, due_at=due_at)


def _supplier(code: str, subject: str, contract: Contract, since: datetime.datetime) -> Due:
    return Due(code, subject, Role.SUPPLIER, since, organisation_id=contract.supplier_id)


def _signatures(case: Case, contract: Contract, *, now: datetime.datetime) -> Iterator[Due]:
    since = letter_sent_at(contract.award)
    due_at = _due_at("C20", since=since, case=case, now=now)
    sides = (
        (Role.BUYER_REVIEWER, contract.buyer_id, contract.buyer_signed_at),
        (Role.SUPPLIER, contract.supplier_id, contract.supplier_signed_at),
    )
    for role, organisation_id, signed_at in sides:
        if signed_at is None:
            yield Due(
                "contract.sign", contract.ref, role, since, organisation_id=organisation_id, clock="C20", due_at=due_at
            )


def _copies(case: Case, contract: Contract, *, now: datetime.datetime) -> Iterator[Due]:
    """C41: a contract outside the entrants of an agreement, until its convener has a copy."""
    if not procedures.get(case.procedure).draws_on:
        return
    waiting = CallOff.objects.filter(lot=contract.award.lot_id, outside_offer__copied_at__isnull=True)
    for call_off in waiting.select_related("outside_offer"):
        if outside_contract.goes_outside(call_off):
            due_at = _due_at("C41", since=contract.signed_at, case=case, now=now)
            yield _buyer("call_off.copy", call_off.ref, case, contract.signed_at, clock="C41", due_at=due_at)


def _amendments(case: Case, contract: Contract, *, now: datetime.datetime) -> Iterator[Due]:
    """C23 runs from the signing, however late the amendment was entered."""
    for amendment in contract.amendments.filter(published_at__isnull=True).order_by("number"):
        since = amendment.signed_at
        due_at = _due_at("C23", since=since, case=case, now=now)
        yield _buyer("amendment.publish", amendment.ref, case, since, clock="C23", due_at=due_at)


def _deliveries(case: Case, contract: Contract) -> Iterator[Due]:
    """What is to be delivered, then what is to be accepted; without such milestones the whole contract is accepted."""
    if standing.final_acceptance(contract) is not None or standing.settlement_under(contract) is not None:
        return
    waiting = False
    for milestone in contract.milestones.exclude(due_on=MilestoneDue.SIGNATURE):
        if standing.acceptance_of(milestone) is not None:
            continue
        delivery = standing.first_delivery(milestone)
        if delivery is None:
            waiting = True
            yield _supplier("delivery.report", milestone.ref, contract, contract.signed_at)
        elif milestone.due_on == MilestoneDue.ACCEPTANCE:
            waiting = True
            yield _acceptance(case, contract, delivery)
    if not waiting:
        last = Delivery.objects.filter(contract=contract).order_by("-reported_at").first()
        if last is not None:
            yield _acceptance(case, contract, last)
        else:
            yield _buyer("acceptance.record", contract.ref, case, contract.signed_at)


def _acceptance(case: Case, contract: Contract, delivery: Delivery) -> Due:
    """On the contract, whatever was delivered: it is the contract that the Action is done on."""
    due_at = standing.acceptance_due_at(delivery)
    return _buyer("acceptance.record", contract.ref, case, delivery.reported_at, due_at=due_at)


def _invoices(contract: Contract) -> Iterator[Due]:
    """A milestone that is due and not wholly invoiced waits for the supplier's invoice."""
    for milestone in contract.milestones.all():
        met_at = standing.condition_met_at(milestone)
        if met_at is not None and standing.total(standing.standing_invoices(milestone)) < standing.most(milestone):
            yield _supplier("invoice.submit", milestone.ref, contract, met_at)


def _payments(case: Case, contract: Contract, *, now: datetime.datetime) -> Iterator[Due]:
    for invoice in standing.open_invoices(contract).select_related("milestone"):
        invoice.milestone.contract = contract
        met_at = standing.condition_met_at(invoice.milestone)
        if met_at is None:
            continue
        since = max(invoice.received_at, met_at)
        clock, due_at = payment_clock(case, contract, invoice, since=since, now=now)
        request = standing.live_request(invoice)
        if request is None:
            yield _buyer("payment.request", invoice.ref, case, since, clock=clock, due_at=due_at)
        elif request.approved_at is None:
            yield _buyer(
                "payment.approve", request.ref, case, since, role=Role.BUYER_REVIEWER, clock=clock, due_at=due_at
            )
        else:
            yield Due("payment.pay", request.ref, Role.TREASURY_PAYER, since, clock=clock, due_at=due_at)


def _receivables(case: Case, contract: Contract, *, now: datetime.datetime) -> Iterator[Due]:
    """C26: what the buyer is asked to confirm."""
    for receivable in contract.receivables.filter(confirmed_at__isnull=True):
        since = receivable.requested_at
        due_at = _due_at("C26", since=since, case=case, now=now)
        yield _buyer("receivable.confirm", receivable.ref, case, since, clock="C26", due_at=due_at)


def payment_clock(
    case: Case, contract: Contract, invoice: Invoice, *, since: datetime.datetime, now: datetime.datetime
) -> tuple[str, datetime.datetime | None]:
    """The strictest payment clock that applies, with the instant it runs out (law.md §2.12).

    From the invoice, once the condition is met: 10 working days in principle (C24), 30 days (C24b). For a small or
    medium enterprise also from delivery or acceptance: 30 days (C25), or as agreed, 60 at most (C25b).
    """
    clocks = [(clock, _due_at(clock, since=since, case=case, now=now)) for clock in ("C24", "C24b")]
    if contract.supplier.is_sme:
        clocks.append(_sme_clock(case, contract, _sme_begins_on(invoice.milestone) or since, now=now))
    known = [(due_at, clock) for clock, due_at in clocks if due_at is not None]
    if not known:
        return "C24b", None
    due_at, clock = min(known)
    return clock, due_at


def _sme_clock(
    case: Case, contract: Contract, begun: datetime.date, *, now: datetime.datetime
) -> tuple[str, datetime.datetime | None]:
    """30 days, unless the contract agreed on more (its own number of days, capped when it was drafted)."""
    applies = applicable(case, now=now)
    if not law.applies("payment.sme", **applies) or contract.payment_days <= law.value("payment.sme", **applies):
        return "C25", _due_at("C25", since=begun, case=case, now=now)
    try:
        return "C25b", calendar.deadline(begun, contract.payment_days, "days", region=case.jurisdiction)
    except calendar.HorizonError:
        return "C25b", None


def _sme_begins_on(milestone: Milestone) -> datetime.date | None:
    """The day of delivery, not that of its report; where acceptance was agreed that of acceptance, at the latest the
    last day of its agreed period (保障中小企业款项支付条例 art. 9, 10)."""
    delivery = standing.first_delivery(milestone)
    if milestone.due_on != MilestoneDue.ACCEPTANCE:
        return delivery.delivered_on if delivery else None
    accepted = standing.acceptance_of(milestone)
    days = [accepted.accepted_on if accepted else None, standing.acceptance_due_on(delivery) if delivery else None]
    return min((day for day in days if day is not None), default=None)


def _closing(case: Case, contract: Contract) -> Iterator[Due]:
    """Accepted, and every milestone paid; of research that ended, its costs."""
    settled = standing.settlement_under(contract)
    if settled is not None and settled.published_at and compensation_rules.is_compensated(settled):
        yield _buyer("contract.terminate", contract.ref, case, settled.published_at, role=Role.BUYER_REVIEWER)
        return
    accepted = standing.final_acceptance(contract)
    if accepted is not None and standing.paid(contract) >= contract.amount:
        yield _buyer("contract.close", contract.ref, case, accepted.at)
