"""Do bids that offer the same brand count as one? (财政部令第87号 31)"""

import pytest

from tests.tendering.judging import SCORED, Offer, hall, three
from yangcai.kernel.actions import ACTIONS, can

pytestmark = pytest.mark.django_db


def test_three_bids_of_two_brands_are_two_bidders() -> None:
    h = hall(*(Offer(price, rest={"brand": brand}) for price, brand in (("95", "甲"), ("96", "甲"), ("99", "乙"))))
    h.seat()
    h.qualify()
    h.respond()
    refusals = can(ACTIONS["scores.submit"], h.lot, by=h.chair, now=SCORED)
    assert [(r.code, r.facts["count"]) for r in refusals] == [("too_few_bidders", 2)]


def test_a_brand_is_recommended_once() -> None:
    """综合评分法: the best of the brand is ranked, the others are no candidates (87号令 art. 31)."""
    brands = (("950000", "甲"), ("960000", "甲"), ("990000", "乙"), ("995000", "丙"))
    h = three(*(Offer(price, rest={"brand": brand}) for price, brand in brands))
    h.judged({n: {"technical": "40", "record": "10"} for n in range(4)})
    assert h.result(1)["rank"] is None and h.result(1)["same_brand_as"] == str(h.bids[0].pk)
    assert [c.supplier for c in h.lot.candidates.order_by("rank")] == [h.bids[n].supplier for n in (0, 2, 3)]


def test_lowest_price_evaluates_the_cheapest_of_a_brand() -> None:
    brands = (("950000", "甲"), ("940000", "甲"), ("990000", "乙"), ("995000", "丙"))
    h = three(*(Offer(price, rest={"brand": brand}) for price, brand in brands), method="lowest")
    h.compute()
    assert h.result(0)["invalid"]["code"] == "same_brand"
    assert [h.result(n)["rank"] for n in range(4)] == [None, 1, 2, 3]


@pytest.mark.parametrize("written", ["lenovo", "LENOVO ", "Ｌｅｎｏｖｏ", "Le novo"])
def test_a_brand_written_otherwise_is_no_other_brand(written: str) -> None:
    """Else two bids of one brand count as two by a capital letter (87号令 art. 31)."""
    brands = (("950000", "Lenovo"), ("940000", written), ("990000", "乙"), ("995000", "丙"))
    h = three(*(Offer(price, rest={"brand": brand}) for price, brand in brands), method="lowest")
    h.compute()
    assert h.result(0)["invalid"]["code"] == "same_brand"
    assert [h.result(n)["rank"] for n in range(4)] == [None, 1, 2, 3]
