"""Does the path for very many lots come to the same as the path for one, to the last digit?"""

import datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from yangcai.procedures import AwardBy
from yangcai.procedures.evaluation import Bid, Claim, Criterion, EvaluationError, Kind, Lot, Quote, Terms, evaluate
from yangcai.procedures.evaluation.bulk import Lots, recompute

DAY = datetime.date(2025, 6, 2)  # before the low-price tests of 2026, which ask people
MEMBERS = 3


def cents(text: str) -> int:
    return int(Decimal(text) * 100)


@some.composite
def lots(draw):
    """A lot of some bids with a weight, a deduction and scores; as the law's words and as columns."""
    size, criteria = draw(some.integers(3, 7)), draw(some.integers(1, 4))
    weight = draw(some.integers(10, 60))
    prices = draw(some.lists(some.integers(5_000_000, 9_999_999), min_size=size, max_size=size))
    small = draw(some.lists(some.booleans(), min_size=size, max_size=size))
    rated = draw(some.booleans())
    tie = draw(some.sampled_from(["bid", "evaluated"]))
    points = draw(
        some.lists(some.integers(0, 1000), min_size=size * criteria * MEMBERS, max_size=size * criteria * MEMBERS)
    )
    return size, criteria, weight, prices, small, rated, tie, np.array(points).reshape(size, criteria, MEMBERS)


def alone(lot, decimals: int):
    size, criteria, weight, prices, small, rated, tie, points = lot
    rest = Decimal(100 - weight) / criteria
    declared = [Criterion("price", Decimal(weight), Kind.PRICE)]
    declared += [Criterion(f"c{n}", rest, Kind.SUBJECTIVE) for n in range(criteria)]
    terms = Terms(
        award_by=AwardBy.RATED if rated else AwardBy.LOWEST,
        category="services",
        budget=Decimal("100000"),
        on=DAY,
        criteria=tuple(declared) if rated else (),
        decimals=decimals,
        small_micro_rate=Decimal("0.1333"),
        tie_price=tie,
    )
    bids = tuple(
        Bid(
            bidder=f"{n:02d}",
            quote=Quote(figures=Decimal(prices[n]) / 100),
            claim=Claim.SMALL_MICRO if small[n] else Claim.NONE,
            scores={
                f"c{c}": {str(m): Decimal(int(points[n, c, m])) / 100 for m in range(MEMBERS)} for c in range(criteria)
            }
            if rated
            else {},
        )
        for n in range(size)
    )
    return evaluate(Lot(terms=terms, bids=bids))


def together(found, decimals: int):
    sizes = [lot[0] for lot in found]
    widest = max(lot[1] for lot in found)
    return recompute(
        Lots(
            starts=np.cumsum([0, *sizes[:-1]]),
            weight=np.array([lot[2] * 100 if lot[5] else 0 for lot in found]),
            rated=np.array([lot[5] for lot in found]),
            tie_by_evaluated=np.array([lot[6] == "evaluated" for lot in found]),
            price=np.concatenate([np.array(lot[3]) for lot in found]),
            rates=np.concatenate([np.where(lot[4], 1333, 0)[:, None] for lot in found]),
            scores=np.concatenate([np.pad(lot[7], ((0, 0), (0, widest - lot[1]), (0, 0))) for lot in found]),
            members=np.full(sum(sizes), MEMBERS),
            ranked=np.full(sum(sizes), True),
            decimals=decimals,
        )
    )


@settings(max_examples=60, deadline=None)
@given(some.lists(lots(), min_size=1, max_size=5), some.integers(0, 4))
def test_both_paths_come_to_the_same(found, decimals: int) -> None:
    results = together(found, decimals)
    at = 0
    for index, lot in enumerate(found):
        one = alone(lot, decimals)
        for n in range(lot[0]):
            told = one.bids[f"{n:02d}"]
            assert int(results.evaluated[at]) == told.evaluated_price * 100
            assert int(results.rank[at]) == told.rank
            if lot[5]:
                assert int(results.price_score[at]) == told.price_score.scaleb(decimals)
                assert int(results.total[at]) == told.total.scaleb(decimals)
            at += 1
        if lot[5]:
            assert int(results.base[index]) == one.base_price * 100


def columns(**changed) -> Lots:
    sound = {
        "starts": np.array([0]),
        "weight": np.array([3000]),
        "rated": np.array([True]),
        "tie_by_evaluated": np.array([False]),
        "price": np.array([cents("900.00"), cents("1000.00")]),
        "rates": np.zeros((2, 1), dtype=np.int64),
        "scores": np.full((2, 1, 1), 5000),
        "members": np.array([1, 1]),
        "ranked": np.array([True, True]),
    }
    return Lots(**(sound | changed))


def test_a_score_by_hand() -> None:
    found = recompute(columns())
    assert found.price_score.tolist() == [3000, 2700]
    assert (found.total.tolist(), found.rank.tolist()) == ([8000, 7700], [1, 2])


def test_one_that_stands_for_its_brand_leaves_the_others_without_a_place() -> None:
    found = recompute(columns(ranked=np.array([False, True])))
    assert found.rank.tolist() == [0, 1]
    assert found.base.tolist() == [cents("900.00")], "the price base is the lowest of all valid bids"


@pytest.mark.parametrize(
    "changed",
    [
        {"starts": np.array([0, 0])},
        {"starts": np.array([1])},
        {"starts": np.array([0, 2])},
        {"price": np.array([0, 1])},
        {"members": np.array([0, 1])},
        {"rates": np.array([[10_000], [0]])},
        {"price": np.array([2**55, 2**55])},
    ],
)
def test_what_cannot_be_computed_is_refused(changed) -> None:
    with pytest.raises(EvaluationError):
        recompute(columns(**changed))
