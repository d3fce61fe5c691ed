"""What do the members' scores add up to? Plain means: no highest or lowest score is dropped unless the file says so."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from yangcai.kernel.money import rounded
from yangcai.procedures.evaluation.model import FULL_MARKS, Bid, Criterion


def mean(scores: Mapping[str, Decimal]) -> Fraction:
    """The exact mean of the members' points for one criterion. (Points have few digits: their Decimal sum is exact.)"""
    return Fraction(sum(scores.values(), Decimal(0))) / len(scores)


def missing(bid: Bid, criteria: tuple[Criterion, ...]) -> tuple[str, ...]:
    """Codes of the criteria that not every member has scored (members: whoever scored anything in this bid)."""
    members = {member for scores in bid.scores.values() for member in scores}
    return tuple(c.code for c in criteria if not members or set(bid.scores.get(c.code, {})) != members)


def total(bid: Bid, criteria: tuple[Criterion, ...], *, price_score: Decimal, decimals: int) -> Decimal:
    """Sum of the exact means and the price score; rounded once, at the end, half up."""
    exact = sum((mean(bid.scores[criterion.code]) for criterion in criteria), Fraction(0))
    return rounded(exact + Fraction(price_score), places=decimals)


def weighted_total(scores: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> Decimal:
    """F1×A1 + F2×A2 + …: factor scores out of 100 times weights that sum to 1 (财政部令第87号 55)."""
    if sum(weights.values()) != 1 or set(scores) != set(weights):
        raise ValueError("every factor needs a score and a weight, and the weights sum to 1")
    return sum((scores[factor] * weights[factor] for factor in scores), Decimal(0))


def in_range(score: Decimal, criterion: Criterion) -> bool:
    """Whether points lie within the criterion (财政部令第87号 64(2))."""
    return 0 <= score <= min(criterion.weight, FULL_MARKS)
