"""Who goes on when the research plan is scored before everything else? (财库〔2024〕13号: two-stage evaluation)"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from yangcai.procedures.evaluation.model import Criterion, EvaluationError


def criteria_of_merit(scored: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """What the first sitting scores. Raises EvaluationError where nothing is scored for merit."""
    found = tuple(criterion for criterion in scored if criterion.merit)
    if not found:
        raise EvaluationError("merit comes first, but no criterion is one of merit")
    return found


def ranks(points: Mapping[str, Fraction]) -> dict[str, int]:
    """Bidder -> its rank by exact points; equal points share a rank, so that no draw decides who goes on."""
    return {bidder: 1 + sum(other > own for other in points.values()) for bidder, own in points.items()}


def going_on(points: Mapping[str, Fraction], *, places: int) -> frozenset[str]:
    """The bidders up to rank `places`: 得分达到规定名次."""
    return frozenset(bidder for bidder, rank in ranks(points).items() if rank <= places)
