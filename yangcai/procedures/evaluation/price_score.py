"""How many points is a price worth? Formulas by name, so that a published case can say which it used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yangcai.kernel.money import rounded
from yangcai.kernel.refusals import in_chinese
from yangcai.procedures.evaluation.model import EvaluationError

Compute = Callable[[Mapping[str, Decimal], Mapping[str, Decimal]], tuple[Decimal, dict[str, Fraction]]]


@dataclass(frozen=True)
class Formula:
    """A price formula. `lawful` says whether 财政部令第87号 55 allows it for goods and services; `options` are the
    numbers that the file has to state with it."""

    code: str
    zh: str
    en: str
    lawful: bool
    compute: Compute
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.zh if in_chinese() else self.en


FORMULAS: dict[str, Formula] = {}


def formula(
    code: str, *, zh: str, en: str, lawful: bool, options: tuple[str, ...] = ()
) -> Callable[[Compute], Compute]:
    """Register a function (evaluated prices, options) -> (base price, share of full marks by bidder)."""

    def register(compute: Compute) -> Compute:
        FORMULAS[code] = Formula(code=code, zh=zh, en=en, lawful=lawful, compute=compute, options=options)
        return compute

    return register


@formula("lowest_first", zh="低价优先法", en="Lowest price first", lawful=True)
def lowest_first(prices: Mapping[str, Decimal], options: Mapping[str, Decimal]) -> tuple[Decimal, dict[str, Fraction]]:
    """Lowest evaluated price divided by the bid's evaluated price (财政部令第87号 55; 财库〔2014〕214号 24)."""
    base = min(prices.values())
    return base, {bidder: Fraction(base) / Fraction(price) for bidder, price in prices.items()}


@formula("mean_deviation", zh="平均价基准法", en="Deviation from the mean", lawful=False, options=("above", "below"))
def mean_deviation(
    prices: Mapping[str, Decimal], options: Mapping[str, Decimal]
) -> tuple[Decimal, dict[str, Fraction]]:
    """Full marks at the mean of all prices; each percent above or below costs `above` or `below` percent of the marks.

    Seen in works tenders outside the procurement law; known here so that such a published case can be recomputed.
    """
    mean = sum((Fraction(price) for price in prices.values()), Fraction(0)) / len(prices)
    shares = {}
    for bidder, price in prices.items():
        deviation = Fraction(price) / mean - 1
        cost = Fraction(options["above"] if deviation > 0 else options["below"])
        shares[bidder] = max(Fraction(0), 1 - abs(deviation) * cost)
    return rounded(mean, places=2), shares


@dataclass(frozen=True)
class PriceScores:
    """The base price in yuan and each bidder's points."""

    base: Decimal
    scores: dict[str, Decimal]


def price_scores(
    *,
    prices: Mapping[str, Decimal],
    weight: Decimal,
    decimals: int,
    code: str = "lowest_first",
    options: Mapping[str, Decimal] | None = None,
) -> PriceScores:
    """Points for every valid evaluated price, out of `weight`, rounded half up to `decimals`; no quote is dropped."""
    if code not in FORMULAS:
        raise EvaluationError(f"unknown price formula {code}")
    if not prices or any(price <= 0 for price in prices.values()):
        raise EvaluationError("price scores need prices above zero")
    given = options or {}
    if lacking := [name for name in FORMULAS[code].options if name not in given]:
        raise EvaluationError(f"price formula {code} needs {', '.join(lacking)}")
    base, shares = FORMULAS[code].compute(prices, given)
    scores = {bidder: rounded(share * Fraction(weight), places=decimals) for bidder, share in shares.items()}
    return PriceScores(base=base, scores=scores)
