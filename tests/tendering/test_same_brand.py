"""Do bids that offer the same brand count as one? (财政部令第87号 31)"""

import pytest
from django.urls import reverse

from tests.tendering.judging import ANNOUNCED, SCORED, SIGNED, Offer, hall, three
from tests.www.support import Clock, at_desk
from yangcai.kernel import clock
from yangcai.kernel.actions import ACTIONS, can
from yangcai.tendering import brands
from yangcai.tendering.explanation import explain
from yangcai.tendering.models import AwardLetter
from yangcai.www.work.explained import told_in_report

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


@pytest.mark.long
@pytest.mark.parametrize("written", ["lenovo", "LENOVO ", "Ｌｅｎｏｖｏ", "Le novo"])
def test_a_brand_written_otherwise_is_no_other_brand(written: str) -> None:
    """Else two bids of one brand count as two by a capital letter (87号令 art. 31)."""
    brands = (("950000", "Lenovo"), ("940000", written), ("990000", "乙"), ("995000", "丙"))
    h = three(*(Offer(price, rest={"brand": brand}) for price, brand in brands), method="lowest")
    h.compute()
    assert h.result(0)["invalid"]["code"] == "same_brand"
    assert [h.result(n)["rank"] for n in range(4)] == [None, 1, 2, 3]


# --- one brand in two scripts: the committee states it ----------------------------------------------------------------

TWO_SCRIPTS = (("950000", "Lenovo"), ("940000", "联想"), ("990000", "乙"), ("995000", "丙"))
SAID = {"brand": "联想", "other": "Lenovo", "reason": "同一商标的中文和英文名称"}
POINTS = {n: {"technical": "40", "record": "10"} for n in range(4)}


def offers(*pairs: tuple[str, str]) -> list[Offer]:
    return [Offer(price, rest={"brand": brand}) for price, brand in pairs]


def test_two_scripts_are_two_brands_until_the_committee_states_that_they_are_one() -> None:
    """综合评分法: the better one of the brand is ranked; the report that the members sign says why (87号令 art. 31)."""
    h = three(*offers(*TWO_SCRIPTS))
    stated = h.do("same_brand.state", h.lot, h.chair, SCORED, **SAID).value
    assert (stated.brand, stated.other) == ("Lenovo", "联想")
    h.judged(POINTS)
    assert h.result(0)["rank"] is None and h.result(0)["same_brand_as"] == str(h.bids[1].pk)
    assert [c.supplier for c in h.lot.candidates.order_by("rank")] == [h.bids[n].supplier for n in (1, 2, 3)]
    (told,) = h.report.result["same_brands"]
    assert (told["brand"], told["other"], told["reason"]) == ("Lenovo", "联想", "同一商标的中文和英文名称")
    page = told_in_report(h.report, post=h.agent, now=SCORED)
    assert page["same_brands"] == [told]


def test_unstated_they_stay_two() -> None:
    h = three(*offers(*TWO_SCRIPTS))
    h.judged(POINTS)
    assert [h.result(n)["rank"] for n in range(4)] == [2, 1, 3, 4]
    assert "same_brands" not in h.report.result


def test_lowest_price_evaluates_the_cheapest_of_both_scripts() -> None:
    h = three(*offers(*TWO_SCRIPTS), method="lowest")
    h.do("same_brand.state", h.lot, h.chair, SCORED, **SAID)
    h.compute()
    assert h.result(0)["invalid"]["code"] == "same_brand"
    assert [h.result(n)["rank"] for n in range(4)] == [None, 1, 2, 3]
    assert h.refused("same_brand.state", h.lot, h.chair, SIGNED, **{**SAID, "brand": "乙"}) == {"scoring_begun"}


def test_what_is_one_with_one_is_one_with_all_and_too_few_are_left() -> None:
    """Three names of one brand and a second brand: two bidders, and the tender fails (政府采购法 art. 36)."""
    h = three(*offers(("950000", "Lenovo"), ("940000", "联想"), ("960000", "LEGEND"), ("990000", "乙")))
    h.do("same_brand.state", h.lot, h.chair, SCORED, **SAID)
    assert not h.do("same_brand.state", h.lot, h.chair, SCORED, **{**SAID, "brand": "LEGEND"}).value.withdrawn_at
    again = {"brand": "联想", "other": "LEGEND", "reason": "x"}
    assert h.refused("same_brand.state", h.lot, h.chair, SCORED, **again) == {"one_brand_already"}
    refusals = can(ACTIONS["scores.submit"], h.lot, by=h.chair, now=SCORED)
    assert [(r.code, r.facts["count"]) for r in refusals] == [("too_few_bidders", 2)]


def test_it_is_taken_back_before_the_scores_and_stays_on_the_record() -> None:
    h = three(*offers(*TWO_SCRIPTS))
    stated = h.do("same_brand.state", h.lot, h.chair, SCORED, **SAID).value
    h.do("same_brand.withdraw", stated, h.chair, SCORED, reason="两个商标属于不同企业")
    stated.refresh_from_db()
    assert stated.withdrawn_at == SCORED and stated.reason == SAID["reason"]
    assert h.refused("same_brand.withdraw", stated, h.chair, SCORED, reason="x") == {"not_stated"}
    h.judged(POINTS)
    assert [h.result(n)["rank"] for n in range(4)] == [2, 1, 3, 4]


def test_only_the_chair_states_it_before_the_first_points_with_a_reason() -> None:
    h = three(*offers(*TWO_SCRIPTS))
    member = next(one.post for one in h.members if not one.is_chair)
    assert h.refused("same_brand.state", h.lot, member, SCORED, **SAID) == {"not_chair"}
    assert h.refused("same_brand.state", h.lot, h.agent, SCORED, **SAID) >= {"role_may_not"}
    assert h.refused("same_brand.state", h.lot, h.chair, SCORED, **{**SAID, "reason": ""}) == {"invalid_input"}
    assert h.refused("same_brand.state", h.lot, h.chair, SCORED, **{**SAID, "other": "戊"}) == {"invalid_input"}
    assert h.refused("same_brand.state", h.lot, h.chair, SCORED, **{**SAID, "other": "联想"}) == {"one_brand_already"}
    stated = h.do("same_brand.state", h.lot, h.chair, SCORED, **SAID).value
    h.do("scores.submit", h.lot, member, SCORED, rows=h.rows(POINTS))
    assert h.refused("same_brand.state", h.lot, h.chair, SCORED, **{**SAID, "brand": "乙"}) == {"scoring_begun"}
    assert h.refused("same_brand.withdraw", stated, h.chair, SCORED, reason="x") == {"scoring_begun"}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("联想", "Lenovo", True),
        ("联想（Lenovo）", "LENOVO", True),
        ("联想ThinkPad", "lenovo", True),
        ("Ｈ３Ｃ", "新华三", True),
        ("华为", "联想", False),
        ("甲", "甲乙", False),
        ("HP", "Lenovo", False),
    ],
)
def test_names_that_are_known_together_are_hinted_at(one: str, other: str, alike: bool) -> None:
    assert brands.look_alike(one, other) is brands.look_alike(other, one) is alike


def test_the_desk_of_the_chair_hints_and_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    h = three(*offers(*TWO_SCRIPTS))
    monkeypatch.setattr(clock, "now", Clock(SCORED))
    address = reverse("work_evaluate", args=[h.lot.pk])
    page = at_desk(h.chair).get(address).content.decode()
    assert "“Lenovo”与“联想”可能是同一品牌" in page
    assert reverse("work_do", args=["lot", h.lot.pk, "same_brand.state"]) in page
    h.do("same_brand.state", h.lot, h.chair, SCORED, **SAID)
    page = at_desk(h.chair).get(address).content.decode()
    assert "“Lenovo”与“联想”认定为同一品牌" in page and "可能是同一品牌" not in page


def test_who_lost_by_it_reads_what_was_stated_and_not_whose_the_other_bid_is() -> None:
    h = three(*offers(*TWO_SCRIPTS))
    h.do("same_brand.state", h.lot, h.chair, SCORED, **SAID)
    h.judged(POINTS)
    h.awarded()
    h.announced()
    letter = AwardLetter.objects.get(lot=h.lot, supplier=h.bids[0].supplier)
    (told,) = [one for one in explain(letter, now=ANNOUNCED).reasons if one.quoted]
    assert told.quoted == "“Lenovo”与“联想”：同一商标的中文和英文名称"
    assert h.bids[1].supplier.name not in told.zh + told.quoted
