"""Who is recommended where the lowest evaluated price alone counts?"""

from decimal import Decimal

import pytest

from tests.tendering.judging import SCORED, SENT, Offer, three
from yangcai.tendering import arithmetic

pytestmark = pytest.mark.django_db


def test_lowest_price_knows_no_scores() -> None:
    h = three(
        "1000000",
        Offer("1080000", size="small", rest={"preference": "small_micro"}),
        "990000",
        method="lowest",
        small_micro_rate=Decimal("0.10"),
    )
    assert h.refused(
        "scores.submit", h.lot, h.chair, SCORED, rows=[{"bid": h.bids[0].pk, "criterion": 1, "value": 1}]
    ) == {"no_scores_asked"}
    h.compute()
    h.sign()
    h.send()
    assert [(c.supplier, c.amount, c.score) for c in h.lot.candidates.order_by("rank")] == [
        (h.bids[1].supplier, Decimal("1080000.00"), None),
        (h.bids[2].supplier, Decimal("990000.00"), None),
        (h.bids[0].supplier, Decimal("1000000.00"), None),
    ]


def test_equal_lowest_prices_are_drawn_the_same_way_every_time() -> None:
    h = three("950000", "950000", "990000", method="lowest")
    h.compute()
    again = arithmetic.outcome(h.lot, now=SENT)
    assert h.report.digest == arithmetic.digest(arithmetic.frozen(h.lot, again))
    assert sorted(h.result(n)["rank"] for n in range(3)) == [1, 2, 3]
