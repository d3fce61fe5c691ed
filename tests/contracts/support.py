"""A case whose award has been announced, and the people who carry its contract through."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests import factories
from tests.factories import at
from yangcai.cases.models import Award, Candidate, Case, Lot, LotOutcome, Period
from yangcai.contracts import actions
from yangcai.contracts.models import Acceptance, Contract, Invoice, Milestone, PaymentRequest
from yangcai.funds.models import Fund
from yangcai.kernel import documents
from yangcai.kernel.actions import perform
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import PaymentTerm, Solicitation

#: When each step is taken unless a test says otherwise.
ANNOUNCED = at("2026-03-06T10:00")
DRAFTED = at("2026-03-09T09:00")
SIGNED = at("2026-03-10T09:00")
EFFECTIVE = at("2026-03-11T09:00")
DELIVERED = at("2026-03-20T09:00")
ACCEPTED = at("2026-03-25T09:00")
INVOICED = at("2026-03-26T09:00")
PAID = at("2026-03-27T09:00")
THREE_TERMS = (("预付款", "30", "signature"), ("到货款", "30", "delivery"), ("验收款", "40", "acceptance"))


@dataclass
class Scene:
    """Everybody whom a contract needs, and the award it comes from."""

    case: Case
    award: Award
    officer: Post
    reviewer: Post
    supplier: Post
    payer: Post
    treasury: Post

    @property
    def contract(self) -> Contract:
        return Contract.objects.get(award=self.award)

    @property
    def reserved(self) -> Decimal:
        return Fund.objects.get(pk=self.case.plan_item.reserved_fund_id).balance

    def milestone(self, due_on: str) -> Milestone:
        return Milestone.objects.get(contract=self.contract, due_on=due_on)


def scene(
    *,
    amount: str = "900000.00",
    budget: str = "1000000.00",
    terms: Any = THREE_TERMS,
    lots: int = 1,
    size: str = "small",
    announced_at: datetime.datetime | None = ANNOUNCED,
    procedure: str = "open_tender",
    **solicitation: Any,
) -> Scene:
    """A buyer with officer and reviewer, a treasury, a winner; the award was announced on 6 March 2026 or as told."""
    officer = factories.make_post(Role.BUYER_OFFICER)
    reviewer = factories.make_post(Role.BUYER_REVIEWER, officer.organisation)
    supplier = factories.make_supplier(size=size)
    payer = factories.make_post(Role.TREASURY_PAYER)
    treasury = factories.make_post(Role.TREASURY, payer.organisation)
    case = factories.make_case(buyer=officer.organisation, budget=budget, lots=lots, procedure=procedure)
    values = {
        "requirement": "采购需求",
        "delivery": "合同签订后 30 日内送达",
        "bid_validity_days": 90,
        "performance_security_rate": Decimal("0.05"),
        "contract_terms": "按采购文件和投标文件履行",
        "payment_days": 30,
        "acceptance_days": 10,
        **solicitation,
    }
    Solicitation.objects.create(case=case, **values)
    for number, (title, percent, due_on) in enumerate(terms, start=1):
        PaymentTerm.objects.create(case=case, number=number, title=title, percent=Decimal(percent), due_on=due_on)
    publish(case)
    award = announce(case.lots.order_by("pk")[0], supplier, amount=amount, announced_at=announced_at)
    return Scene(case, award, officer, reviewer, supplier, payer, treasury)


def publish(case: Case) -> None:
    """As the invitation does, then straight on to the award: what lies between is tendering's and tested there."""
    Case.objects.filter(pk=case.pk).update(published_at=factories.NOW, law_as_of=factories.NOW.date())
    Period.objects.filter(case=case).update(closes_at=factories.NOW)
    Period.objects.create(case=case, stage="award", opens_at=factories.NOW)
    case.refresh_from_db()


def announce(
    lot: Lot,
    supplier: Post,
    *,
    amount: str,
    rank: int = 1,
    announced_at: datetime.datetime | None = ANNOUNCED,
) -> Award:
    candidate = Candidate.objects.create(
        lot=lot, supplier=supplier.organisation, rank=rank, amount=Decimal(amount), at=ANNOUNCED
    )
    Lot.objects.filter(pk=lot.pk).update(outcome=LotOutcome.AWARDED, outcome_at=ANNOUNCED)
    return Award.objects.create(
        candidate=candidate,
        lot=lot,
        supplier=supplier.organisation,
        amount=Decimal(amount),
        determined_at=ANNOUNCED,
        announced_at=announced_at,
    )


def document(text: str = "文件") -> Document:
    return documents.store_bytes(data=f"{text}{factories.number()}".encode(), name="文件.txt")


def drafted(s: Scene, *, now: datetime.datetime = DRAFTED) -> Contract:
    return perform(actions.draft_contract, s.award, by=s.officer, now=now).value


def signed(s: Scene, *, now: datetime.datetime = SIGNED) -> Contract:
    contract = drafted(s)
    perform(actions.sign_contract, contract, by=s.reviewer, now=now)
    perform(actions.sign_contract, contract, by=s.supplier, now=now)
    return s.contract


def effective(s: Scene, *, now: datetime.datetime = EFFECTIVE) -> Contract:
    """Signed, published and filed."""
    contract = signed(s)
    perform(actions.publish_contract, contract, by=s.officer, now=now)
    perform(actions.file_contract, contract, by=s.officer, now=now)
    return s.contract


def delivered(s: Scene, milestone: Milestone, *, now: datetime.datetime = DELIVERED) -> None:
    perform(actions.report_delivery, milestone, by=s.supplier, now=now, delivered_on=now.date())


def accepted(
    s: Scene,
    *,
    milestone: Milestone | None = None,
    passed: bool = True,
    now: datetime.datetime = ACCEPTED,
    **values: Any,
) -> Acceptance:
    """Of one milestone, or of the whole contract."""
    given = {
        "milestone": milestone.pk if milestone else None,
        "is_final": milestone is None,
        "accepted_on": now.date(),
        "items": [{"item": "技术标准", "result": "符合", "passed": True}, {"item": "安全标准", "passed": passed}],
        "members": "使用科室、资产科",
        "opinion": "同意验收",
        "report": document("验收书"),
        **values,
    }
    for row in given["items"]:
        row.setdefault("result", "已查验")
    return perform(actions.record_acceptance, s.contract, by=s.officer, now=now, **given).value


def invoiced(s: Scene, milestone: Milestone, *, amount: str = "", now: datetime.datetime = INVOICED) -> Invoice:
    return perform(
        actions.submit_invoice,
        milestone,
        by=s.supplier,
        now=now,
        number=f"FP{factories.number():08d}",
        amount=amount or milestone.amount,
        issued_on=now.date(),
    ).value


def paid(s: Scene, milestone: Milestone, *, now: datetime.datetime = PAID) -> PaymentRequest:
    """Invoiced, requested, approved and paid."""
    invoice = invoiced(s, milestone, now=now)
    request = perform(actions.request_payment, invoice, by=s.officer, now=now).value
    perform(actions.approve_payment, request, by=s.reviewer, now=now)
    return perform(actions.pay_payment, request, by=s.payer, now=now).value
