"""Two-stage evaluation (财库〔2024〕13号): is the research plan scored first, and who goes on by it?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yangcai.procedures import AwardBy
from yangcai.procedures.evaluation import Bid, Criterion, EvaluationError, Kind, Lot, Quote, Terms, evaluate

CRITERIA = (
    Criterion("price", Decimal(30), Kind.PRICE),
    Criterion("plan", Decimal(50), Kind.SUBJECTIVE, merit=True),
    Criterion("service", Decimal(20), Kind.SUBJECTIVE),
)
TERMS = Terms(
    award_by=AwardBy.RATED,
    category="services",
    budget=Decimal(1_000_000),
    on=date(2026, 3, 2),
    criteria=CRITERIA,
    minimum="",
    merit_first=2,
)


def bid(bidder: str, price: int, plan: Any, service: Any = None) -> Bid:
    given = {"plan": plan, "service": service}
    scores = {code: {m: Decimal(points) for m in "abc"} for code, points in given.items() if points is not None}
    return Bid(bidder=bidder, quote=Quote(figures=Decimal(price)), scores=scores)


def test_who_does_not_reach_the_rank_is_neither_priced_nor_ranked() -> None:
    """The cheapest has the worst plan: its price is nobody's measure either."""
    found = evaluate(Lot(TERMS, (bid("cheap", 600_000, 20), bid("good", 900_000, 45, 10), bid("best", 990_000, 48, 9))))
    assert {b: (r.merit, r.merit_rank, r.left_behind) for b, r in found.bids.items()} == {
        "cheap": (Decimal("20.00"), 3, True),
        "good": (Decimal("45.00"), 2, False),
        "best": (Decimal("48.00"), 1, False),
    }
    out = found.bids["cheap"]
    assert out.valid and (out.price_score, out.total, out.rank) == (None, None, None)
    assert found.base_price == Decimal("900000.00") and found.candidates == ("good", "best") and found.final
    # 45 + 10 + 30, and 48 + 9 + 30 × 900,000 ÷ 990,000.
    assert [found.bids[b].total for b in found.candidates] == [Decimal("85.00"), Decimal("84.27")]
    assert [step.code for step in found.steps].index("merit_first") < [s.code for s in found.steps].index("price_score")


def test_equal_points_at_the_last_rank_all_go_on() -> None:
    bids = (bid("a", 900_000, 45, 10), bid("b", 910_000, 40, 10), bid("c", 920_000, 40, 10), bid("d", 930_000, 39))
    found = evaluate(Lot(TERMS, bids))
    assert {b for b, result in found.bids.items() if result.left_behind} == {"d"}
    assert [found.bids[b].merit_rank for b in "abcd"] == [1, 2, 2, 4]


def test_nobody_goes_on_before_every_plan_has_its_points() -> None:
    found = evaluate(Lot(TERMS, (bid("a", 900_000, 45), bid("b", 910_000, None), bid("c", 920_000, 40))))
    assert [(p.kind, p.bidders, p.facts["criteria"]) for p in found.pending] == [("score", ("b",), ("plan",))]
    assert found.ranking == () and not any(result.left_behind for result in found.bids.values())
    # Then the rest of those who go on is missing, and of nobody else.
    found = evaluate(Lot(TERMS, (bid("a", 900_000, 45), bid("b", 910_000, 41), bid("c", 920_000, 40))))
    assert [(p.bidders, p.facts["criteria"]) for p in found.pending] == [(("a",), ("service",)), (("b",), ("service",))]


def test_errors_in_a_plan_that_went_no_further_are_found_too() -> None:
    odd = replace(bid("odd", 900_000, 20), scores={"plan": {"a": Decimal(51), "b": Decimal(10), "c": Decimal(10)}})
    found = evaluate(Lot(TERMS, (odd, bid("a", 900_000, 45, 10), bid("b", 910_000, 44, 10))))
    assert {(f.kind, f.bidder) for f in found.findings} >= {("range", "odd")}


def test_without_a_criterion_of_merit_it_is_no_input() -> None:
    plain = replace(TERMS, criteria=(CRITERIA[0], CRITERIA[2]))
    with pytest.raises(EvaluationError):
        evaluate(Lot(plain, (bid("a", 900_000, 45, 10),)))
