"""What do the members' scores add up to? Plain means: no highest or lowest score is dropped unless the file says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yangcai.kernel.money import rounded
from yangcai.kernel.refusals import in_chinese
from yangcai.procedures.evaluation.model import FULL_MARKS, MEAN, Bid, Criterion, EvaluationError


@dataclass(frozen=True)
class ScoreFormula:
    """How the members' points for one criterion become one number: without `dropped` of the highest and as many of the
    lowest, the mean of the rest."""

    code: str
    zh: str
    en: str
    dropped: int = 0

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.zh if in_chinese() else self.en

    def of(self, points: Sequence[Decimal]) -> Fraction:
        """The exact result. (Points have few digits: their Decimal sum is exact.) While the members are still scoring,
        nothing is dropped before something would be left."""
        few = len(points) <= 2 * self.dropped
        kept = points if few else sorted(points)[self.dropped : len(points) - self.dropped]
        return Fraction(sum(kept, Decimal(0))) / len(kept)


#: By name, so that a file, and a published case, can say which it uses. No rule orders or forbids the second one: the
#: law has every member's opinion count, so it stands only where the file says so.
SCORE_FORMULAS: dict[str, ScoreFormula] = {
    one.code: one
    for one in (
        ScoreFormula(MEAN, "全体评委的平均分", "Mean of all members"),
        ScoreFormula(
            "trimmed_mean",
            "去掉一个最高分和一个最低分后的平均分",
            "Mean without one of the highest and one of the lowest",
            dropped=1,
        ),
    )
}


def mean(scores: Mapping[str, Decimal], *, code: str = MEAN) -> Fraction:
    """The members' points for one criterion as one exact number, plain mean unless `code` names another formula. Raises
    EvaluationError for an unknown one."""
    if code not in SCORE_FORMULAS:
        raise EvaluationError(f"unknown score formula {code}")
    return SCORE_FORMULAS[code].of(list(scores.values()))


def missing(bid: Bid, criteria: tuple[Criterion, ...]) -> tuple[str, ...]:
    """Codes of the criteria that not every member has scored (members: whoever scored anything in this bid)."""
    members = {member for scores in bid.scores.values() for member in scores}
    return tuple(c.code for c in criteria if not members or set(bid.scores.get(c.code, {})) != members)


def total(
    bid: Bid, criteria: tuple[Criterion, ...], *, price_score: Decimal, decimals: int, code: str = MEAN
) -> Decimal:
    """Sum of the exact means, the computed points and the price score; rounded once, at the end, half up."""
    exact = sum((mean(bid.scores[criterion.code], code=code) for criterion in criteria), Fraction(0))
    return rounded(exact + sum(bid.computed.values(), Fraction(0)) + Fraction(price_score), places=decimals)


def weighted_total(scores: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> Decimal:
    """F1×A1 + F2×A2 + …: factor scores out of 100 times weights that sum to 1 (财政部令第87号 55)."""
    if sum(weights.values()) != 1 or set(scores) != set(weights):
        raise ValueError("every factor needs a score and a weight, and the weights sum to 1")
    return sum((scores[factor] * weights[factor] for factor in scores), Decimal(0))


def in_range(score: Decimal, criterion: Criterion) -> bool:
    """Whether points lie within the criterion (财政部令第87号 64(2))."""
    return 0 <= score <= min(criterion.weight, FULL_MARKS)
