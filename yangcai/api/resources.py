"""What does the API show of each row? An allow-list per model: a column that is not named here is never sent."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from yangcai.cases.models import Award, Case, Lot
from yangcai.challenges.models import Enquiry
from yangcai.contracts.models import Acceptance, Contract, Invoice, Milestone, PaymentRequest
from yangcai.funds.models import Appropriation
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.entries import plain
from yangcai.parties.models import Organisation
from yangcai.planning.models import Intention, PlanItem
from yangcai.tendering.models import Bid, CommitteeMember, EvaluationReport, OpenedBid


@dataclass(frozen=True)
class Resource:
    """One kind of row: its path segment, its columns, and rows below it that are shown with it."""

    path: str
    model: type[models.Model]
    columns: tuple[str, ...]
    children: dict[str, Callable[[Any, Any, datetime.datetime], Any]] | None = None
    prefetch: tuple[str, ...] = ()


def _case_children() -> dict[str, Callable[[Any, Any, datetime.datetime], Any]]:
    return {
        "stage": lambda case, post, now: case.stage_at(now),
        "lots": lambda case, post, now: [
            show(lot, post, now) for lot in sorted(case.lots.all(), key=lambda lot: lot.number)
        ],
        "periods": lambda case, post, now: [
            {name: plain(getattr(p, name)) for name in ("stage", "round", "opens_at", "closes_at", "lot_id")}
            for p in case.periods.all()
        ],
    }


RESOURCES: dict[str, Resource] = {
    r.path: r
    for r in (
        Resource("organisations", Organisation, ("id", "name", "kind", "uscc", "jurisdiction", "size", "version")),
        Resource(
            "appropriations",
            Appropriation,
            ("id", "buyer_id", "fiscal_year", "code", "name", "classification", "amount", "version"),
        ),
        Resource(
            "intentions",
            Intention,
            ("id", "title", "overview", "amount", "expected_on", "for_sme", "published_at", "version"),
        ),
        Resource(
            "plan-items",
            PlanItem,
            (
                "id",
                "title",
                "category",
                "classification",
                "procedure",
                "amount",
                "set_aside",
                "start_on",
                "submitted_at",
                "approved_at",
                "filed_at",
                "version",
            ),
        ),
        Resource(
            "cases",
            Case,
            (
                "id",
                "number",
                "title",
                "buyer_id",
                "agent_id",
                "procedure",
                "category",
                "classification",
                "budget",
                "ceiling",
                "set_aside",
                "law_as_of",
                "published_at",
                "ended_at",
                "end_kind",
                "version",
            ),
            _case_children(),
            ("lots", "periods"),
        ),
        Resource(
            "lots",
            Lot,
            ("id", "case_id", "number", "title", "budget", "ceiling", "evaluation_method", "outcome", "outcome_at"),
            {"stage": lambda lot, post, now: lot.stage_at(now)},
            ("case__periods",),
        ),
        Resource("bids", Bid, ("id", "lot_id", "revision", "receipt", "received_at", "replaced_at", "withdrawn_at")),
        Resource(
            "opened-bids",
            OpenedBid,
            # What was read out; what the committee made of it is secret until the award (87号令 art. 66).
            ("id", "lot_id", "supplier_id", "price", "preference", "opened_at"),
        ),
        Resource("committee-members", CommitteeMember, ("id", "committee_id", "is_chair", "signed_in_at")),
        Resource(
            "evaluation-reports", EvaluationReport, ("id", "lot_id", "revision", "digest", "signed_at", "sent_at")
        ),
        Resource(
            "awards", Award, ("id", "lot_id", "supplier_id", "amount", "determined_at", "is_deemed", "announced_at")
        ),
        Resource(
            "contracts",
            Contract,
            (
                "id",
                "case_id",
                "award_id",
                "number",
                "title",
                "buyer_id",
                "supplier_id",
                "amount",
                "signed_at",
                "published_at",
                "filed_at",
                "closed_at",
            ),
            {"milestones": lambda c, post, now: [show(m, post, now) for m in c.milestones.all()]},
            ("milestones",),
        ),
        Resource("milestones", Milestone, ("id", "contract_id", "number", "title", "due_on", "amount")),
        Resource("acceptances", Acceptance, ("id", "contract_id", "milestone_id", "is_final", "passed", "accepted_on")),
        Resource("invoices", Invoice, ("id", "contract_id", "milestone_id", "number", "amount", "issued_on")),
        Resource(
            "payment-requests",
            PaymentRequest,
            ("id", "contract_id", "invoice_id", "amount", "requested_at", "approved_at", "paid_at", "returned_at"),
        ),
        Resource("enquiries", Enquiry, ("id", "case_id", "question", "asked_at", "answer", "answered_at")),
    )
}
BY_MODEL: dict[type[models.Model], Resource] = {r.model: r for r in RESOURCES.values()}


def path_of(model: type[models.Model]) -> str:
    """Path segment of a model, declared above or made from its name: rows without a read model can be acted on too."""
    known = BY_MODEL.get(model)
    return known.path if known else f"{model._meta.model_name}s"


def fetch(model: type[models.Model], pk: int, post: Any, now: datetime.datetime) -> Any:
    """The row if this post may see it, else None."""
    return SCOPES[model](post, now).filter(pk=pk).first()


def show(row: Any, post: Any, now: datetime.datetime) -> dict[str, Any]:
    resource = BY_MODEL.get(type(row))
    if resource is None:
        return {"id": row.pk}
    shown = {name: plain(getattr(row, name)) for name in resource.columns}
    for name, child in (resource.children or {}).items():
        shown[name] = child(row, post, now)
    return shown
