"""What does the API show of each row? An allow-list per model: a column that is not named here is never sent."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from yangcai.cases.models import Award, Case, Lot
from yangcai.challenges.models import Enquiry, Objection
from yangcai.contracts.models import Acceptance, Contract, Invoice, Milestone, PaymentRequest
from yangcai.funds.models import Appropriation
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.entries import plain
from yangcai.parties.models import Organisation, Post
from yangcai.planning import proposal
from yangcai.planning.models import Intention, MethodApproval, PlanItem, Publicity
from yangcai.planning.queries import warnings
from yangcai.tendering import abnormal, blind
from yangcai.tendering.models import (
    AbnormalScore,
    AwardLetter,
    Bid,
    CommitteeMember,
    Consortium,
    ConsortiumMember,
    EvaluationReport,
    OpenedBid,
    Prequalification,
    PrequalificationApplication,
    StatusChange,
)
from yangcai.tendering.models.abnormal import Tally


@dataclass(frozen=True)
class Resource:
    """One kind of row: its path segment, its columns, and rows below it that are shown with it."""

    path: str
    model: type[models.Model]
    columns: tuple[str, ...]
    children: dict[str, Callable[[Any, Any, datetime.datetime], Any]] | None = None
    prefetch: tuple[str, ...] = ()
    #: What only the answer for one row holds, because it is computed.
    details: dict[str, Callable[[Any, Any, datetime.datetime], Any]] | None = None
    #: Which of the columns of a row this post may read; None for all of them.
    columns_for: Callable[[Any, Any], tuple[str, ...] | None] | None = None


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


def _proposal(plan_item: PlanItem, post: Any, now: datetime.datetime) -> dict[str, Any]:
    """Which methods are lawful, why, and the earliest days of each (yangcai.procedures.choice)."""
    found = proposal.of_plan(plan_item, now=now)
    return {
        "thresholds": {
            name: {"amount": plain(value.value), **value.citation.as_dict()}
            for name, value in (("quota", found.quota), ("open_tender", found.open_tender))
            if value is not None
        },
        "notes": [note.refusal.as_dict() for note in found.notes],
        "methods": [
            {
                "procedure": verdict.procedure.code,
                "answer": verdict.answer.value,
                "reasons": [reason.refusal.as_dict() for reason in verdict.reasons],
                "possible_grounds": [ground.code for ground in verdict.possible],
                "timeline": [
                    {
                        "code": one.code,
                        "zh": one.zh,
                        "en": one.en,
                        "earliest_on": plain(one.earliest_on),
                        "safe_on": plain(one.safe_on),
                        "latest_on": plain(one.latest_on),
                        "citation": one.citation.as_dict() if one.citation else None,
                    }
                    for one in (verdict.timeline.milestones if verdict.timeline else ())
                ],
            }
            for verdict in found.verdicts
        ],
    }


def _repeats(plan_item: PlanItem, post: Any, now: datetime.datetime) -> list[dict[str, Any]]:
    """What the plan repeats, with the arithmetic; nothing once it is approved."""
    return [
        {
            "code": found.code,
            "zh": found.zh,
            "en": found.en,
            "amounts": [plain(part.amount) for part in found.parts],
            "total": plain(found.total),
            "threshold": plain(found.threshold),
        }
        for found in warnings(plan_item, by=post, now=now)
    ]


def _judged_score(proposal: AbnormalScore, post: Post | None, now: datetime.datetime) -> dict[str, Any]:
    """Whose score it is, of which bid and criterion, by their numbers: whose a bid is, is told with the bid."""
    score = proposal.score
    return {"member_id": score.member_id, "opened_bid_id": score.opened_bid_id, "criterion": score.criterion.code}


def _tally(proposal: AbnormalScore) -> Tally | None:
    return next((one for one in abnormal.tallies(proposal.lot) if one.proposal.pk == proposal.pk), None)


def _outcome(proposal: AbnormalScore, post: Post | None, now: datetime.datetime) -> str:
    """open, found or rejected; void where the member concerned was replaced."""
    tally = _tally(proposal)
    if tally is None:
        return "void"
    return "open" if tally.is_open else "found" if tally.is_found else "rejected"


def _votes(proposal: AbnormalScore, post: Post | None, now: datetime.datetime) -> list[dict[str, Any]]:
    """Who voted how, as the report has it; while others have still to vote, nobody reads that."""
    if (tally := _tally(proposal)) is not None and tally.is_open:
        return []
    return [
        {name: plain(getattr(vote, name)) for name in ("member_id", "agrees", "reason", "voted_at")}
        for vote in sorted(proposal.votes.all(), key=lambda vote: vote.pk)
    ]


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
                "ground",
                "needs_approval",
                "in_catalogue",
                "amount",
                "released_amount",
                "renews_id",
                "set_aside",
                "start_on",
                "submitted_at",
                "approved_at",
                "filed_at",
                "version",
            ),
            details={"proposal": _proposal, "repeats": _repeats},
        ),
        Resource(
            "method-approvals",
            MethodApproval,
            (
                "id",
                "plan_item_id",
                "procedure",
                "ground",
                "amount",
                "consent_by_id",
                "applied_at",
                "consented_at",
                "approved_at",
                "number",
                "returned_at",
                "return_reason",
                "withdrawn_at",
            ),
        ),
        Resource(
            "publicities",
            Publicity,
            (
                "id",
                "title",
                "description",
                "reason",
                "supplier_name",
                "supplier_address",
                "opens_at",
                "closes_at",
                "is_upheld",
                "concluded_at",
                "version",
            ),
        ),
        Resource(
            "prequalifications",
            Prequalification,
            (
                "id",
                "case_id",
                "round",
                "title",
                "requirement",
                "accepts_consortium",
                "standard",
                "materials",
                "credit_check",
                "draws",
                "revision",
                "opens_at",
                "supply_closes_at",
                "closes_at",
                "place",
                "examined_on",
                "concluded_at",
                "version",
            ),
            {
                "clauses": lambda found, post, now: [
                    {name: plain(getattr(one, name)) for name in ("id", "number", "text", "lot", "is_statutory")}
                    for one in found.clauses.all()
                ]
            },
            ("clauses",),
        ),
        Resource(
            "prequalification-applications",
            PrequalificationApplication,
            (
                "id",
                "prequalification_id",
                "supplier_id",
                "statement",
                "receipt",
                "submitted_at",
                "withdrawn_at",
                "is_qualified",
                "reason",
                "told_at",
            ),
        ),
        Resource(
            "status-changes",
            StatusChange,
            ("id", "application_id", "content", "reported_at", "still_qualified", "opinion", "decided_at"),
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
            (
                *(
                    "id",
                    "case_id",
                    "number",
                    "title",
                    "budget",
                    "ceiling",
                    "evaluation_method",
                    "is_information_system",
                ),
                *("outcome", "outcome_at"),
            ),
            {"stage": lambda lot, post, now: lot.stage_at(now)},
            ("case__periods",),
        ),
        Resource(
            "bids", Bid, ("id", "lot_id", "stage", "revision", "receipt", "received_at", "replaced_at", "withdrawn_at")
        ),
        Resource("consortia", Consortium, ("id", "lot_id", "leader_id", "work", "registered_at", "withdrawn_at")),
        Resource(
            "consortium-members",
            ConsortiumMember,
            ("id", "consortium_id", "organisation_id", "share", "work", "confirmed_at", "declined_at"),
        ),
        Resource(
            "opened-bids",
            OpenedBid,
            # What was read out; what the committee made of it is secret until the award (87号令 art. 66).
            ("id", "lot_id", "supplier_id", "price", "preference", "opened_at"),
            # Of what is judged blindly the id is known to those who judge, so nobody else reads it beside the name.
            columns_for=lambda bid, post: blind.OPEN if blind.is_hidden_from(bid, post) else None,
        ),
        Resource("committee-members", CommitteeMember, ("id", "committee_id", "is_chair", "signed_in_at")),
        Resource(
            "evaluation-reports", EvaluationReport, ("id", "lot_id", "revision", "digest", "signed_at", "sent_at")
        ),
        Resource(
            "abnormal-scores",
            AbnormalScore,
            (
                *("id", "lot_id", "value", "side", "reason", "proposed_by_id", "is_unanimous", "proposed_at"),
                *("hear_until_at", "statement", "stated_at"),
            ),
            {"score": _judged_score, "outcome": _outcome, "votes": _votes},
            ("votes",),
        ),
        Resource(
            "award-letters", AwardLetter, ("id", "lot_id", "supplier_id", "is_winner", "score", "rank", "issued_at")
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
        Resource(
            "enquiries",
            Enquiry,
            ("id", "case_id", "prequalification_id", "question", "asked_at", "answer", "answered_at"),
        ),
        Resource(
            "objections",
            Objection,
            (
                "id",
                "case_id",
                "lot_id",
                "number",
                "target",
                "stage",
                "received_at",
                "withdrawn_at",
                "answered_at",
                "consequence",
                "complaint_until",
            ),
        ),
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


def show(row: Any, post: Any, now: datetime.datetime, *, whole: bool = False) -> dict[str, Any]:
    """The allowed columns of a row and what stands below it; `whole` with what only the answer for one row holds."""
    resource = BY_MODEL.get(type(row))
    if resource is None:
        return {"id": row.pk}
    columns = (resource.columns_for(row, post) if resource.columns_for else None) or resource.columns
    shown = {name: plain(getattr(row, name)) for name in columns}
    for name, child in {**(resource.children or {}), **((resource.details or {}) if whole else {})}.items():
        shown[name] = child(row, post, now)
    return shown
