"""Is each lot set aside as the plan says, and does that count for who may bid, what is deducted and what is told?"""

from decimal import Decimal
from typing import Any

import pytest

from tests.tendering.walk import Tender, criteria, document, offer
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Entry
from yangcai.portal.models import Notice
from yangcai.tendering import arithmetic
from yangcai.tendering.models import Clause

pytestmark = pytest.mark.django_db


def planned(way: str, share: str = "0.40", small: str = "0", **values: Any) -> Tender:
    """A tender of a million whose plan sets a share aside in one of the ways."""
    plan = {"set_aside": way, "set_aside_share": Decimal(share), "set_aside_small_micro": Decimal(small)}
    return Tender(set_aside=way, plan=plan, **values)


def lot(number: str, budget: str, way: str = "", share: str = "0", **more: Any) -> dict[str, Any]:
    row = {"number": number, "title": f"第 {number} 包", "budget": budget, "evaluation_method": "rated"}
    return row | {"set_aside": way, "set_aside_share": share} | more


#: The plan's way and shares; the lots; what is refused, with its article.
TABLE = [
    ("package", "0.40", "0", [lot("1", "400000", "package"), lot("2", "600000")], {}),
    ("package", "0.40", "0", [lot("1", "399999", "package"), lot("2", "600001")],
     {"lots_set_too_little_aside": "第八条"}),
    ("package", "0.40", "0.60", [lot("1", "400000", "package"), lot("2", "600000")],
     {"lots_leave_too_little_to_small": "第八条"}),
    ("package", "0.40", "0.60", [lot("1", "400000", "package", for_small_micro=True), lot("2", "600000")], {}),
    ("consortium", "0.40", "0", [lot("1", "1000000", "consortium", "0.40")], {}),
    ("consortium", "0.40", "0", [lot("1", "1000000", "consortium")],
     {"set_aside_share_missing": "第十二条", "lots_set_too_little_aside": "第八条"}),
    ("subcontract", "0.40", "0", [lot("1", "1000000", "subcontract", "0.39")], {"lots_set_too_little_aside": "第八条"}),
    ("subcontract", "0.40", "0", [lot("1", "500000", "subcontract", "0.40"), lot("2", "500000", "package")], {}),
    ("whole", "0", "0", [lot("1", "500000"), lot("2", "500000")], {}),
    ("whole", "0", "0", [lot("1", "1000000", "none")], {"set_aside_not_as_planned": "第八条"}),
    ("none", "0", "0", [lot("1", "1000000", "package")], {"set_aside_not_as_planned": "第八条"}),
    ("none", "0", "0", [lot("1", "1000000", "none", "0.40")], {"set_aside_share_missing": "第十二条"}),
]  # fmt: skip


@pytest.mark.parametrize(("way", "share", "small", "rows", "told"), TABLE)
def test_lots_keep_to_the_plan(way: str, share: str, small: str, rows: list[Any], told: dict[str, str]) -> None:
    tender = planned(way, share, small)
    if not told:
        tender.do("lots.define", tender.case, tender.runner, rows=rows)
        return
    found = tender.refused("lots.define", tender.case, tender.runner, rows=rows)
    assert {code: refusal.citation.article for code, refusal in found.items()} == told
    assert {refusal.field for refusal in found.values()} == {"rows"}


def divided(**terms: Any) -> Tender:
    """Two lots: the first for small and medium enterprises, the second for everybody."""
    tender = planned("package")
    rows = [lot("1", "400000", "package"), lot("2", "600000")]
    tender.do("lots.define", tender.case, tender.runner, rows=rows)
    return tender.published(**terms)


def test_a_lot_of_its_own_is_closed_to_large_enterprises_and_gives_no_deduction() -> None:
    tender = divided()
    first, second = tender.case.lots.order_by("pk")
    large, medium = tender.supplier(size="large"), tender.supplier(size="medium")
    told = tender.refused("bid.submit", first, large, **offer("390000.00"))["invalid_input"]
    assert told.field in {"makers", "partners"} and "专门面向中小企业" in told.zh
    tender.bid(large, lot=second, price="590000.00")
    tender.bid(medium, lot=first, price="390000.00")
    # The document grants the least lawful deduction; in the lot that is set aside nothing is deducted.
    assert [arithmetic.terms(one, now=tender.now).small_micro_rate for one in (first, second)] == [0, Decimal("0.10")]
    assert [arithmetic.terms(one, now=tender.now).reserved for one in (first, second)] == [True, False]


def test_small_and_micro_only_is_closed_to_medium_ones() -> None:
    tender = planned("package", small="1")
    rows = [lot("1", "400000", "package", for_small_micro=True), lot("2", "600000")]
    tender.do("lots.define", tender.case, tender.runner, rows=rows)
    tender.published()
    told = tender.refused("bid.submit", tender.lot, tender.supplier(size="medium"), **offer("390000.00"))
    assert "专门面向小微企业" in told["invalid_input"].zh
    tender.bid(tender.supplier(size="micro"), price="390000.00")


def test_the_condition_stands_in_the_lot_it_is_about_and_in_the_notice() -> None:
    tender = divided()
    condition = Clause.objects.get(case=tender.case, text__contains="专门面向")
    assert (condition.lot.number, condition.kind, condition.is_statutory) == ("1", "qualification", True)
    facts = Notice.objects.get(root=tender.case.ref, kind="invitation").facts
    assert [row["set_aside"] for row in facts["lots"]] == ["采购包专门面向中小企业", "非专门面向中小企业"]


def test_what_is_demanded_must_be_open() -> None:
    """A lot that demands consortia in a document that accepts none cannot be confirmed."""
    tender = planned("consortium")
    rows = [lot("1", "1000000", "consortium", "0.40")]
    tender.do("lots.define", tender.case, tender.runner, rows=rows)
    tender.describe()
    told = tender.refused("solicitation.confirm", tender.case, tender.reviewer)
    assert set(told) == {"consortium_demanded_not_accepted"}
    tender.draft(accepts_consortium=True)
    tender.confirm()
    tender.publish()
    facts = Notice.objects.get(root=tender.case.ref, kind="invitation").facts
    assert facts["lots"][0]["set_aside"] == "要求联合体（中小企业合同份额不低于 40%）"


def test_lots_that_were_never_divided_are_found_before_the_document_is_confirmed() -> None:
    tender = planned("package")
    tender.draft()
    tender.do("criteria.define", tender.lot, tender.runner, rows=criteria())
    terms = [{"title": "验收款", "percent": "100", "due_on": "acceptance"}]
    tender.do("payment_terms.define", tender.case, tender.runner, rows=terms)
    told = tender.refused("solicitation.confirm", tender.case, tender.reviewer)
    assert set(told) == {"lots_set_too_little_aside"}


def test_a_lot_is_left_out_only_when_nothing_said_of_it_elsewhere_is_lost() -> None:
    tender = planned("none", "0")
    one, two = lot("1", "400000"), lot("2", "600000")
    tender.do("lots.define", tender.case, tender.runner, rows=[one, two])
    listed = {"product": "打印机", "kind": "environment", "lot": "2"}
    tender.do("green_products.define", tender.case, tender.runner, rows=[listed])
    found = tender.refused("lots.define", tender.case, tender.runner, rows=[one])["lot_is_not_bare"]
    assert found.facts == {"lot": "2", "kind": "节能环保产品", "action": "green_products.define"}
    assert "列明节能环保产品" in found.zh and "List the green products" in found.en and found.field == "rows"
    assert "(Green products)" in found.en
    # What it keeps may change; taken back first, it goes, and its criteria with it.
    tender.do("lots.define", tender.case, tender.runner, rows=[one, {**two, "title": "改名"}])
    tender.do("green_products.define", tender.case, tender.runner, rows=[])
    tender.do("criteria.define", tender.case.lots.get(number="2"), tender.runner, rows=criteria())
    tender.do("lots.define", tender.case, tender.runner, rows=[one])
    assert [found.number for found in tender.case.lots.all()] == ["1"]


def test_a_repeated_purchase_lifts_it_from_every_lot() -> None:
    tender = divided()
    tender.do("case.terminate", tender.case, tender.runner, ground="solicitation_unlawful", reason="须修改")
    again = tender.do("case.retender", tender.case, tender.runner, lift_set_aside=True).value
    assert [one.way for one in again.lots.all()] == ["none", "none"]
    assert document()["industry"] == again.solicitation.industry


# --- limits on how many lots a bidder may have -----------------------------------------------------------------------


def test_a_supplier_bids_for_no_more_lots_than_the_file_allows() -> None:
    """Said at the form, and written down nowhere: an Entry would tell that it bids."""
    tender = Tender(lots=3).published(max_lots_bid=2)
    first, second, third = tender.case.lots.order_by("pk")
    post = tender.supplier()
    earlier = tender.bid(post, lot=first, price="300000.00")
    tender.bid(post, lot=second, price="300000.00")
    tender.bid(post, lot=second, price="290000.00")  # the same lot again is no further lot
    told = tender.refused("bid.submit", third, post, **offer("300000.00"))
    assert "至多投 2 个采购包" in told["invalid_input"].zh and "第二十条" in told["invalid_input"].zh
    assert not Entry.objects.filter(action="bid.submit", outcome="refused").exists()
    tender.do("bid.withdraw", earlier, post)
    tender.bid(post, lot=third, price="300000.00")


def test_limits_and_orders_that_contradict_themselves_are_refused() -> None:
    tender = Tender(lots=2)
    data = {**document(), "max_lots_bid": 1, "max_lots_won": 2}
    told = tender.refused("solicitation.draft", tender.case, tender.runner, **data)
    assert set(told) == {"lot_limits_contradict"} and told["lot_limits_contradict"].field == "max_lots_won"
    one, two = lot("1", "400000", award_order=2), lot("2", "600000")
    assert set(tender.refused("lots.define", tender.case, tender.runner, rows=[one, two])) == {"award_order_unclear"}
    tender.do("lots.define", tender.case, tender.runner, rows=[one, two | {"award_order": 1}])
    assert [found.number for found in tender.case.lots_in_award_order] == ["2", "1"]


def test_the_lots_as_they_stand_can_be_sent_back_unchanged() -> None:
    """A lot without a place in the order of award keeps none; its form had a 0 there, which it refused itself."""
    tender = Tender(lots=2)
    form = ACTIONS["lots.define"].input(subject=tender.case, by=tender.runner, now=tender.now)
    rows = form.fields["rows"].initial
    tender.do("lots.define", tender.case, tender.runner, rows=rows)
    assert list(tender.case.lots.values_list("award_order", flat=True)) == [0, 0]
