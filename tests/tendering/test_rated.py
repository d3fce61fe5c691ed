"""Do deductions, price scores and totals come out as the law says, where criteria are rated?"""

from decimal import Decimal

import pytest

from tests.tendering.judging import EQUAL, SCORED, Offer, three
from yangcai.tendering import arithmetic, standing, vrd
from yangcai.tendering.models import Committee

pytestmark = pytest.mark.django_db


def test_price_scores_totals_and_ranks_of_the_law_example() -> None:
    """P01: 950,000, 1,000,000 and 1,100,000 at 30 points give 30, 28.5 and 25.91."""
    h = three()
    h.score(
        {
            0: {"technical": "30", "record": "10"},
            1: {"technical": "40", "record": "12"},
            2: {"technical": "35", "record": "8"},
        }
    )
    report = h.compute()
    assert [h.result(n)["price_score"] for n in range(3)] == ["30.00", "28.50", "25.91"]
    assert [h.result(n)["total"] for n in range(3)] == ["70.00", "80.50", "68.91"]
    assert [h.result(n)["rank"] for n in range(3)] == [2, 1, 3]
    assert report.result["base_price"] == "950000.00"
    codes = [step["code"] for step in report.result["steps"]]
    assert codes[:3] == ["qualification", "conformity", "arithmetic"] and codes[-1] == "corrections"
    assert all(step["citation"]["article"] for step in report.result["steps"])
    assert report.digest == arithmetic.digest(report.result)


def test_small_enterprises_are_preferred_in_the_evaluation_only() -> None:
    """P03: 10 % off 1,080,000 makes 972,000 the base; the contract price stays 1,080,000."""
    h = three(
        "1000000",
        Offer("1080000", size="small", rest={"preference": "small_micro"}),
        "1050000",
        small_micro_rate=Decimal("0.10"),
    )
    h.judged(EQUAL)
    assert [h.result(n)["evaluated_price"] for n in range(3)] == ["1000000.00", "972000.00", "1050000.00"]
    assert [h.result(n)["price_score"] for n in range(3)] == ["29.16", "30.00", "27.77"]
    first = h.lot.candidates.get(rank=1)
    assert (first.supplier, first.amount) == (h.bids[1].supplier, Decimal("1080000.00"))
    assert first.evaluated_price == Decimal("972000.00")


def test_a_consortium_is_preferred_from_thirty_percent_on() -> None:
    rest = {"preference": "consortium"}
    h = three(
        "990000",
        Offer("1000000", size="medium", rest={**rest, "small_micro_share": Decimal("0.30")}),
        Offer("1000000", size="medium", rest={**rest, "small_micro_share": Decimal("0.2999")}),
        consortium_rate=Decimal("0.04"),
    )
    h.score(EQUAL)
    h.compute()
    assert [h.result(n)["evaluated_price"] for n in (1, 2)] == ["960000.00", "1000000.00"]
    assert h.result(2)["not_granted"][0]["code"] == "partner_share_too_small"


def test_a_set_aside_lot_prefers_nobody() -> None:
    small = Offer("1080000", size="small", rest={"preference": "small_micro"})
    others = (Offer(price, size="medium") for price in ("1000000", "1050000"))
    h = three(next(others), small, next(others), small_micro_rate=Decimal("0.10"), set_aside="whole")
    h.score(EQUAL)
    h.compute()
    assert h.result(1)["evaluated_price"] == "1080000.00"


def test_domestic_products_are_preferred_where_both_kinds_compete() -> None:
    """P11: domestic 1,000,000 counts as 800,000 against 850,000."""
    h = three(Offer("1000000", rest={"is_domestic": True}), "850000", "1100000")
    h.score(EQUAL)
    h.compute()
    assert [h.result(n)["evaluated_price"] for n in range(3)] == ["800000.00", "850000.00", "1100000.00"]
    assert h.result(1)["price_score"] == "28.24"


def test_of_several_products_the_domestic_share_of_the_cost_counts() -> None:
    """80 % of the cost is enough for the whole offer (国办发〔2025〕34号), anything less is not."""
    offers = [
        Offer("1000000", rest={"is_domestic": True, "domestic_share": Decimal(share)}) for share in ("0.80", "0.7999")
    ]
    h = three(*offers, "1000000")
    h.score(EQUAL)
    h.compute()
    assert [h.result(n)["evaluated_price"] for n in range(2)] == ["800000.00", "1000000.00"]
    assert h.result(1)["not_granted"][0]["code"] == "domestic_share_too_small"


def test_deductions_add_up_on_the_original_price() -> None:
    """P12: domestic 20 % and small enterprise 15 %, both of the million: 650,000 (0.8 × 0.85 would be wrong)."""
    both = Offer("1000000", size="small", rest={"is_domestic": True, "preference": "small_micro"})
    h = three(both, "1000000", "1000000", small_micro_rate=Decimal("0.15"))
    h.score(EQUAL)
    h.compute()
    assert h.result(0)["evaluated_price"] == "650000.00"
    assert [(d["code"], d["amount"]) for d in h.result(0)["deductions"]] == [
        ("small_micro", "150000.00"), ("domestic", "200000.00"),
    ]  # fmt: skip


def test_an_imported_product_is_out_where_the_document_accepts_none() -> None:
    h = three(Offer("1000000", rest={"has_imports": True}), "1010000", "1020000", "1030000")
    [out] = [s for s in standing.standings(h.lot) if not s.is_in]
    assert out.bid == h.bids[0] and out.reason == "采购文件不接受进口产品"


def test_means_of_unequal_members() -> None:
    h = three()
    for n, member in enumerate(h.members):
        points = {0: {"technical": str(40 + n), "record": "10"}, **{k: EQUAL[k] for k in (1, 2)}}
        h.do("scores.submit", h.lot, member.post, SCORED, rows=h.rows(points))
    h.compute()
    assert h.result(0)["means"]["technical"] == "42.00"


def test_equal_scores_go_to_the_lower_price() -> None:
    h = three("950000", "1000000", "1000000")
    points = {
        0: {"technical": "10", "record": "10"},
        1: {"technical": "40", "record": "10"},
        2: {"technical": "40", "record": "10"},
    }
    h.judged(points)
    seed = vrd.seed_of_tie(Committee.objects.get(case=h.case).draw_seed, lot=h.lot.pk)
    expected = vrd.shuffled([h.bids[1].pk, h.bids[2].pk], seed=seed)
    ranked = [c.supplier_id for c in h.lot.candidates.order_by("rank")]
    by_bid = {bid.pk: bid.supplier_id for bid in h.bids}
    assert ranked == [*(by_bid[pk] for pk in expected), h.bids[0].supplier_id]
    assert [int(bidder) for bidder in h.report.result["drawn"]] == expected
