"""What had a committee found when it was dissolved? Sealed as it was, then void (财政部令第87号 49)."""

import datetime
import hashlib
from collections.abc import Iterable
from typing import Any

from yangcai.cases.models import Lot
from yangcai.kernel.entries import canonical
from yangcai.tendering.models import (
    AbnormalScore,
    AbnormalScoreVote,
    Clarification,
    ClauseKind,
    Committee,
    EvaluationReport,
    Finding,
    LowPriceReview,
    OfferedFigure,
    SameBrand,
    Score,
)


def seal(committee: Committee, lots: Iterable[Lot]) -> tuple[dict[str, Any], str]:
    """Every opinion of the committee on these lots as it stands, and the SHA-256 of that in hexadecimal, for the log.
    Members are numbers: who they are stays secret."""
    lots = list(lots)
    of_lots = {"opened_bid__lot__in": lots}
    told = {
        "members": _rows(committee.members.order_by("pk"), "pk", "is_chair", "signed_in_at"),
        "findings": _rows(_findings(lots), "opened_bid_id", "clause_id", "passed", "reason", "page", "at"),
        "scores": _rows(
            Score.objects.filter(member__committee=committee, **of_lots),
            *("member_id", "opened_bid_id", "criterion_id", "value", "reason", "at"),
        ),
        "low_prices": _rows(
            LowPriceReview.objects.filter(decided_at__isnull=False, **of_lots),
            *("opened_bid_id", "is_accepted", "decision", "decided_at"),
        ),
        "clarifications": _rows(
            Clarification.objects.filter(decided_at__isnull=False, **of_lots),
            *("opened_bid_id", "number", "is_accepted", "opinion", "decided_at"),
        ),
        "figures": _rows(
            OfferedFigure.objects.filter(found_at__isnull=False, **of_lots),
            *("opened_bid_id", "criterion_id", "found", "reason", "page", "found_at"),
        ),
        "same_brands": _rows(
            SameBrand.objects.filter(committee=committee, lot__in=lots),
            *("lot_id", "brand", "other", "reason", "stated_at", "withdrawn_at"),
        ),
        "abnormal_scores": _rows(
            AbnormalScore.objects.filter(score__member__committee=committee, lot__in=lots),
            *("score_id", "value", "side", "reason", "proposed_by_id", "proposed_at", "statement", "stated_at"),
        ),
        "abnormal_score_votes": _rows(
            AbnormalScoreVote.objects.filter(finding__score__member__committee=committee, finding__lot__in=lots),
            *("finding_id", "member_id", "agrees", "reason", "voted_at"),
        ),
        "reports": _rows(EvaluationReport.objects.filter(lot__in=lots), "lot_id", "revision", "digest", "computed_at"),
    }
    return told, hashlib.sha256(canonical(told)).hexdigest()


def void(lots: Iterable[Lot], *, now: datetime.datetime) -> None:
    """What the committee found of these lots counts no more. What bidders answered, and what the buyer's side found of
    their qualification, was not its opinion and stands. Scores and statements go with their members."""
    lots = list(lots)
    of_lots = {"opened_bid__lot__in": lots}
    _findings(lots).update(voided_at=now)
    LowPriceReview.objects.filter(decided_at__isnull=False, **of_lots).update(
        is_accepted=None, decision="", basis=[], queries="", decided_at=None
    )
    Clarification.objects.filter(decided_at__isnull=False, **of_lots).update(
        is_accepted=None, opinion="", decided_at=None
    )
    OfferedFigure.objects.filter(found_at__isnull=False, **of_lots).update(
        found=None, reason="", page="", found_at=None
    )


def _findings(lots: list[Lot]) -> Any:
    return Finding.objects.filter(
        opened_bid__lot__in=lots, clause__kind=ClauseKind.RESPONSIVENESS, voided_at__isnull=True
    )


def _rows(rows: Any, *columns: str) -> list[dict[str, Any]]:
    return [
        {name: value if isinstance(value, bool | int | None) else str(value) for name, value in row.items()}
        for row in rows.order_by("pk").values(*columns)
    ]
