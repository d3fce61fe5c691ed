"""Where an attack on awards, contracts and payments begins."""

from decimal import Decimal

from tests import factories
from tests.contracts import support
from tests.factories import at
from tests.invariants.worlds.moments import NOW, Ids
from tests.invariants.worlds.planning import of_case
from yangcai.cases.models import Candidate
from yangcai.contracts import actions as contracts
from yangcai.contracts.models import Amendment
from yangcai.kernel.actions import perform
from yangcai.tendering.models import (
    EvaluationReport,
)


def _of_scene(s: support.Scene) -> Ids:
    runner_up = Candidate.objects.create(
        lot=s.award.lot, supplier=factories.make_supplier().organisation, rank=2, amount=Decimal("1.00"), at=NOW
    )
    report = EvaluationReport.objects.create(lot=s.award.lot, result={"ranking": []}, digest="", computed_at=NOW)
    return {
        **of_case(s.case),
        "report": report.pk,
        "award": s.award.pk,
        "candidate": s.award.candidate_id,
        "runner_up": runner_up.pk,
        "runner_up_supplier": runner_up.supplier_id,
        "supplier": s.award.supplier_id,
    }


def _of_contract(s: support.Scene) -> Ids:
    contract = s.contract
    return {
        **_of_scene(s),
        "contract": contract.pk,
        "committed": contract.committed_fund_id,
        "paid": contract.paid_fund_id,
        **{f"milestone_{m.due_on}": m.pk for m in contract.milestones.all()},
    }


def awarded() -> Ids:
    """An announced award of 900000 without a contract; beside it another one with a drafted contract."""
    s, other = support.scene(), support.scene()
    theirs = support.drafted(other)
    return {**_of_scene(s), "other_contract": theirs.pk, "other_reserved": other.case.plan_item.reserved_fund_id}


def drafted() -> Ids:
    s = support.scene()
    support.drafted(s)
    return _of_contract(s)


def signed() -> Ids:
    """Signed, neither published nor filed."""
    s = support.scene()
    support.signed(s)
    return _of_contract(s)


def requested() -> Ids:
    """In force; of the advance of 270000 an invoice of 1000 is requested and approved, one of 500 is only requested.
    The acceptance has failed. Another contract of the same size stands beside it, accepted and unpaid."""
    s, other = support.scene(), support.scene()
    support.effective(s)
    support.effective(other)
    advance = s.milestone("signature")
    approved, open_one = (
        perform(
            contracts.request_payment,
            support.invoiced(s, advance, amount=amount, now=support.PAID),
            by=s.officer,
            now=support.PAID,
        ).value
        for amount in ("1000.00", "500.00")
    )
    perform(contracts.approve_payment, approved, by=s.reviewer, now=support.PAID)
    failed = support.accepted(s, passed=False)
    theirs = support.accepted(other)
    other_advance = other.milestone("signature")
    return {
        **_of_contract(s),
        "request": approved.pk,
        "open_request": open_one.pk,
        "invoice": approved.invoice_id,
        "failed": failed.pk,
        "other_acceptance": theirs.pk,
        "other_contract": other.contract.pk,
        "other_committed": other.contract.committed_fund_id,
        "other_paid": other.contract.paid_fund_id,
        "other_milestone": other_advance.pk,
    }


def settled() -> Ids:
    """A contract for research in force, whose costs were settled because the market has the product by now."""
    s = support.scene(procedure="cooperative_innovation")
    support.effective(s)
    Amendment.objects.create(
        contract=s.contract,
        number=1,
        is_supplement=False,
        clause="研发成本补偿",
        content="终止研发",
        reason="市场已出现同类产品",
        settles=s.milestone("acceptance"),
        ending="on_the_market",
        eligible_cost=Decimal("1000.00"),
        settled_amount=Decimal("1000.00"),
        signed_at=support.DELIVERED,
    )
    return _of_contract(s)


def paid() -> Ids:
    """The advance and the delivery, 270000 each, are paid; finally accepted, the rest is still committed."""
    s = support.scene()
    support.effective(s)
    request = support.paid(s, s.milestone("signature"))
    support.delivered(s, s.milestone("delivery"))
    support.paid(s, s.milestone("delivery"))
    acceptance = support.accepted(s, now=at("2026-03-28T09:00"))
    return {**_of_contract(s), "request": request.pk, "invoice": request.invoice_id, "acceptance": acceptance.pk}


def closed() -> Ids:
    """Accepted, settled below its amount, closed; with its only lot the case is over."""
    s = support.scene()
    support.effective(s)
    support.paid(s, s.milestone("signature"))
    support.accepted(s, now=at("2026-03-28T09:00"))
    perform(contracts.close_contract, s.contract, by=s.officer, now=at("2026-03-30T09:00"), settlement="余款不再支付")
    return _of_contract(s)
