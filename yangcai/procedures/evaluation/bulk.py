"""What do very many lots come to, all at once? The arithmetic of `evaluate` on columns, in whole numbers, exactly.

For recomputing what was evaluated before: the second witness of the reports, statistics over years. Bids that were
invalid are left out by the caller. What people must still decide (confirmations, explanations, draws) is not asked
here: ties keep one rank.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from yangcai.procedures.evaluation.model import EvaluationError

#: Rates in ten-thousandths (0.0400 is 400), points of weights and scores in hundredths, prices in cents.
RATE_UNIT = 10_000
POINT_UNIT = 100
#: Above this, products would leave 64 bits: such lots go through `evaluate`.
LIMIT = 2**62

Column = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Lots:
    """Lots of one number of decimals. `starts` are the first bids of the lots, strictly rising from 0.

    Per lot: `weight` of price in hundredths of a point (0: price is no factor), `rated` (else lowest price),
    `tie_by_evaluated` (a tie of totals is broken by the evaluated price instead of the bid price).
    Per bid: `price` in cents, `rates` (bids × deductions) in ten-thousandths, `scores` in hundredths of a point
    (bids × criteria × members; zeros where a lot has fewer criteria), `members` who scored, `ranked` (False: another
    bid stands for its brand, 财政部令第87号 31), `running` cost of consumables in cents (None: nowhere any).
    """

    starts: Column
    weight: Column
    rated: Column
    tie_by_evaluated: Column
    price: Column
    rates: Column
    scores: Column
    members: Column
    ranked: Column
    decimals: int = 2
    running: Column | None = None


@dataclass(frozen=True)
class Results:
    """`base` per lot and `evaluated` per bid in cents; `price_score` and `total` in units of the last decimal; `rank`
    is 0 for bids that are not ranked."""

    base: Column
    evaluated: Column
    price_score: Column
    total: Column
    rank: Column


def recompute(lots: Lots) -> Results:
    """Deductions, price scores (lowest first), totals and ranks of every lot, equal to `evaluate` to the last digit.

    Source: 财政部令第87号 55-57, 财库〔2014〕214号 24. Raises EvaluationError for an empty lot, a price not above zero
    and a number that would not fit in 64 bits.
    """
    bids = len(lots.price)
    _sound(lots, bids=bids)
    count = np.diff(np.append(lots.starts, bids))
    lot = np.repeat(np.arange(len(lots.starts)), count)
    evaluated = lots.price.astype(np.int64, copy=True)
    for rates in lots.rates.T:
        if rates.any():
            evaluated -= _half_up(lots.price * rates, RATE_UNIT)
    if lots.running is not None:
        evaluated += lots.running
    if evaluated.min() <= 0:
        raise EvaluationError("price scores need prices above zero")
    base = np.minimum.reduceat(evaluated, lots.starts)
    places = 10**lots.decimals
    # points × places = base × weight × places / (price × 100), in whole numbers
    up, down = max(places // POINT_UNIT, 1), max(POINT_UNIT // places, 1)
    marks = lots.weight * up
    _fits(base.max(), 2 * int(marks.max(initial=0)))
    _fits(evaluated.max(), 2 * down)
    price_score = _half_up((base * marks)[lot], evaluated * down)
    points = lots.scores.sum(axis=(1, 2), dtype=np.int64)
    # total × places = (points / 100 / members + price score / places) × places, rounded once
    total = _half_up(points * up + price_score * (lots.members * down), lots.members * down)
    total = np.where(lots.rated[lot], total, 0)
    compared = np.where(lots.rated[lot] & ~lots.tie_by_evaluated[lot], lots.price, evaluated)
    return Results(
        base=base,
        evaluated=evaluated,
        price_score=price_score,
        total=total,
        rank=_ranks(lot, -total, compared, ranked=lots.ranked, starts=lots.starts),
    )


def _half_up(value: Column, divisor: Column | int) -> Column:
    """value / divisor of numbers that are not negative, rounded half up."""
    return np.asarray((2 * value + divisor) // (2 * divisor))


def _fits(value: int, factor: int) -> None:
    if int(value) * factor >= LIMIT:
        raise EvaluationError("too large for the bulk path: evaluate the lot by itself")


def _sound(lots: Lots, *, bids: int) -> None:
    starts = lots.starts
    if not bids or not len(starts) or starts[0] != 0 or (np.diff(starts) <= 0).any() or starts[-1] >= bids:
        raise EvaluationError("every lot needs at least one bid")
    if lots.price.min() <= 0 or lots.members.min() <= 0:
        raise EvaluationError("price scores need prices above zero, totals need members")
    _fits(lots.price.max(), 2 * max(int(lots.rates.max(initial=0)), 1))


def _ranks(lot: Column, first: Column, second: Column, *, ranked: Column, starts: Column) -> Column:
    """Places within each lot by two keys, ascending; equal in both share a place; 0 where nothing is ranked."""
    order = np.lexsort((second, first, ~ranked, lot))
    sorted_lot, keys = lot[order], (first[order], second[order])
    position = np.arange(len(lot))
    new = np.ones(len(lot), dtype=bool)
    new[1:] = (np.diff(sorted_lot) != 0) | (np.diff(keys[0]) != 0) | (np.diff(keys[1]) != 0)
    leader = np.maximum.accumulate(np.where(new, position, 0))
    ranks = np.empty(len(lot), dtype=np.int64)
    ranks[order] = leader - starts[sorted_lot] + 1
    return np.where(ranked, ranks, 0)
