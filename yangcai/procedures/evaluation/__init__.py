"""How is a lot evaluated? Pure arithmetic: evaluate(lot) for the result, check_terms(terms) for the document."""

from yangcai.procedures.evaluation.evaluate import evaluate
from yangcai.procedures.evaluation.model import (
    UNREGISTERED,
    Bid,
    BidResult,
    Claim,
    Criterion,
    EvaluationError,
    Explanation,
    Finding,
    Kind,
    Line,
    Lot,
    LotResult,
    Pending,
    Quote,
    StepRecord,
    Terms,
)
from yangcai.procedures.evaluation.terms import check_terms

__all__ = [
    "UNREGISTERED", "Bid", "BidResult", "Claim", "Criterion", "EvaluationError", "Explanation", "Finding", "Kind",
    "Line", "Lot", "LotResult", "Pending", "Quote", "StepRecord", "Terms", "check_terms", "evaluate",
]  # fmt: skip
