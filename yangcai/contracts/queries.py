"""Which contracts may a post see, and which are its own?"""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from yangcai.cases.queries import OVERSEERS, concerns_case
from yangcai.contracts.models import (
    Acceptance,
    Amendment,
    Contract,
    Delivery,
    Invoice,
    Milestone,
    OverdueDisclosure,
    PaymentRequest,
    Receivable,
)
from yangcai.frameworks.models import CallOff
from yangcai.kernel import papers
from yangcai.kernel.actions import scope, standing
from yangcai.kernel.models import Attachment, Task
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
    """A contract is public from its notice on; before that the parties, the agent and the overseers see it, and one
    made outside the entrants of an agreement also the convener that has its copy (110号令 art. 37)."""
    prefix = f"{contract}__" if contract else ""
    published = Q(**{f"{prefix}published_at__isnull": False, f"{prefix}published_at__lte": now})
    if post is None:
        return published
    own = _own(post, contract)
    return Q() if own is None else published | own | _copied(post, prefix)


def _copied(post: Post, prefix: str) -> Q:
    convener = "framework__lot__case__agent_id" if post.role == Role.AGENT else "framework__lot__case__buyer_id"
    if post.role != Role.AGENT and post.role not in BUYER:
        return Q()
    copied = CallOff.objects.filter(outside_offer__copied_at__isnull=False, **{convener: post.organisation_id})
    return Q(**{f"{prefix}award__lot_id__in": copied.values("lot_id")})


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
    return _between_parties(Invoice.objects.select_related("contract__case", "milestone__contract"), post)


@standing(Invoice)
def concerns_invoice(invoice: Invoice, post: Post) -> bool:
    return concerns_contract(invoice.contract, post)


@scope(PaymentRequest)
def visible_payment_requests(post: Post | None, now: datetime.datetime) -> QuerySet[PaymentRequest]:
    return _between_parties(PaymentRequest.objects.select_related("contract__case", "milestone", "invoice"), post)


@standing(PaymentRequest)
def concerns_payment_request(request: PaymentRequest, post: Post) -> bool:
    return concerns_contract(request.contract, post)


@scope(Receivable)
def visible_receivables(post: Post | None, now: datetime.datetime) -> QuerySet[Receivable]:
    return _between_parties(Receivable.objects.select_related("contract__case", "contract__supplier"), post)


@standing(Receivable)
def concerns_receivable(receivable: Receivable, post: Post) -> bool:
    return concerns_contract(receivable.contract, post)


@scope(OverdueDisclosure)
def visible_disclosures(post: Post | None, now: datetime.datetime) -> QuerySet[OverdueDisclosure]:
    return OverdueDisclosure.objects.filter(published_at__lte=now).select_related("buyer")


@scope(Delivery)
def visible_deliveries(post: Post | None, now: datetime.datetime) -> QuerySet[Delivery]:
    return _between_parties(Delivery.objects.select_related("contract__case", "milestone"), post)


@scope(Acceptance)
def visible_acceptances(post: Post | None, now: datetime.datetime) -> QuerySet[Acceptance]:
    """Between the parties and the overseers; what the public may read of one stands in its notice (条例 art. 45)."""
    return _between_parties(Acceptance.objects.select_related("contract__case", "milestone"), post)


@scope(Amendment)
def visible_amendments(post: Post | None, now: datetime.datetime) -> QuerySet[Amendment]:
    return _between_parties(Amendment.objects.select_related("contract__case"), post)


@standing(Amendment)
def concerns_amendment(amendment: Amendment, post: Post) -> bool:
    return concerns_contract(amendment.contract, post)


def reads_paper(contract: Contract, post: Post) -> bool:
    """The paper itself is between the parties, their agent and the overseers: the public has the notice."""
    if post.role == Role.AGENT:
        return contract.case.agent_id == post.organisation_id
    if post.role == Role.SUPPLIER:
        return contract.supplier_id == post.organisation_id
    return post.role in OVERSEERS or (post.role in BUYER and contract.buyer_id == post.organisation_id)


def _between_parties(rows: QuerySet[Any], post: Post | None) -> QuerySet[Any]:
    if post is None:
        return rows.none()
    own = _own(post, "contract")
    return rows if own is None else rows.filter(own)


def without_order() -> QuerySet[PaymentRequest]:
    """Payments that have no signed order, and for which none is asked."""
    ref = Concat(Value("paymentrequest:"), Cast("pk", TextField()))
    issued = Attachment.objects.filter(subject=OuterRef("ref_"), kind=papers.SIGNED)
    asked = Task.objects.filter(subject=OuterRef("ref_"), action="payment.issue_paper", done_at__isnull=True)
    paid = PaymentRequest.objects.filter(paid_at__isnull=False, contract__signed_at__isnull=False)
    return paid.exclude(contract__digest="").alias(ref_=ref).exclude(Exists(issued)).exclude(Exists(asked))
