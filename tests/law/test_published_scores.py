"""Do the price scores, totals and ranks of published award notices come out of our arithmetic?"""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from yangcai.kernel.money import rounded
from yangcai.procedures.evaluation import panel, price_score, ranking

FILE = Path(__file__).parents[3] / "shared" / "data" / "score_tables" / "score_tables.json"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="../shared/data/score_tables is not beside the project")


def case(start: str) -> dict[str, Any]:
    cases = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
    return next(item for item in cases if item["case"].startswith(start))


def test_zhongshan_2020_price_scores_totals_and_ranks() -> None:
    published = case("zhongshan")
    weight = Decimal(published["weights"]["价格"])
    lowest = Decimal(published["bidders"][0]["bid_price"])
    # Only the winner's price was printed; the losers' follow from their scores by the formula, to the cent.
    prices = {
        bidder["name"]: rounded(Fraction(lowest) * Fraction(weight) / Fraction(bidder["price_score"]), places=2)
        for bidder in published["bidders"]
    }
    scores = price_score.price_scores(prices=prices, weight=weight, decimals=2).scores
    totals = {}
    for bidder in published["bidders"]:
        assert scores[bidder["name"]] == Decimal(bidder["price_score"])
        totals[bidder["name"]] = (
            scores[bidder["name"]] + Decimal(bidder["tech_score"]) + Decimal(bidder["business_score"])
        )
        assert totals[bidder["name"]] == Decimal(bidder["total"])
    ranked = ranking.rank([ranking.Standing(name, prices[name], total=total) for name, total in totals.items()])
    assert [ranked.ranks[bidder["name"]] for bidder in published["bidders"]] == [
        b["rank"] for b in published["bidders"]
    ]


@pytest.mark.parametrize("lot", ["jinan-2025-SDGP370000000202502005150-A", "jinan-2025-SDGP370000000202502005150-C"])
def test_jinan_2025_means_of_seven_members(lot: str) -> None:
    published = case(lot)
    means = {}
    for bidder in published["bidders"]:
        scores = {str(n): Decimal(score) for n, score in enumerate(bidder["judge_totals_sorted"])}
        means[bidder["name"]] = panel.mean(scores)
        assert rounded(means[bidder["name"]], places=4) == Decimal(bidder["mean_of_7"])
    standings = [ranking.Standing(name, Decimal(1), total=rounded(mean, places=4)) for name, mean in means.items()]
    assert ranking.rank(standings).order[0] == published["winner"]
