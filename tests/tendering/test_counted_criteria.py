"""Are objective points counted by the file's own formula: said beforehand, the same for all, explained afterwards?"""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from tests import factories
from tests.tendering.judging import ANNOUNCED, COMPUTED, JUDGED, SCORED, Hall, Offer, hall
from tests.tendering.walk import Tender, criteria
from tests.www.support import Clock, at_desk, text_of
from yangcai.cases import words
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.inputs import PrivateFile
from yangcai.kernel.wording import in_words
from yangcai.tendering import arithmetic, preflight
from yangcai.tendering.explanation import _counted, explain
from yangcai.tendering.models import AwardLetter, Criterion, OfferedFigure

pytestmark = pytest.mark.django_db

#: Price 30, technical 50 by the members, warranty 20 by formula: 12 months nothing, 36 months all.
WARRANTY = ("warranty", "business", "20", True, "interpolated", "质保期", "月", "12=0；36=20")
COUNTED = (("price", "price", "30", True), ("technical", "technical", "50", False), WARRANTY)
ALL_COUNTED = (
    ("price", "price", "30", True),
    ("warranty", "technical", "70", True, "interpolated", "质保期", "月", "12=0；36=70"),
)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    settings.YANGCAI_SECOND_FACTOR = False
    clock = Clock(ANNOUNCED)
    monkeypatch.setattr("yangcai.kernel.clock.now", clock)
    return clock


def three(**more: Any) -> Hall:
    offers = (Offer("1000000", figure="12"), Offer("1000000", figure="24"), Offer("1000000", figure="36"))
    return hall(*offers, criteria=COUNTED, **more)


def technical(points: str = "40") -> dict[int, dict[str, str]]:
    return {n: {"technical": points} for n in range(3)}


def figure_of(h: Hall, number: int) -> OfferedFigure:
    return OfferedFigure.objects.get(opened_bid=h.bids[number])


# --- what the document may say ------------------------------------------------------------------------------------


def row(**more: Any) -> dict[str, Any]:
    base = {"code": "business", "kind": "business", "title": "质保期", "weight": "20", "is_objective": True}
    counted = {"formula": "interpolated", "figure": "质保期", "unit": "月", "points_table": "12=0；36=20"}
    return {**base, **counted, **more}


def test_the_document_says_how_the_points_are_counted() -> None:
    tender = Tender()
    tender.draft()
    price, merit, _service = criteria()
    tender.do("criteria.define", tender.lot, tender.runner, rows=[price, merit, row(points_table=" 36=20.0 ;12=0")])
    made = Criterion.objects.get(lot=tender.lot, code="business")
    assert made.points_table == "12=0；36=20" and made.is_objective
    assert made.counted_by == "质保期：按表中各点直线内插：12月 0 分；36月 20 分（满分 20 分）"


@pytest.mark.parametrize(
    "wrong",
    [
        {"points_table": "12=0；36=19"},
        {"points_table": "36=20"},
        {"figure": ""},
        {"formula": "", "points_table": "12=0；36=20"},
        {"formula": "at_least", "points_table": "12=20；36=20"},
    ],
)
def test_what_does_not_count_is_refused_with_the_article(wrong: dict[str, Any]) -> None:
    tender = Tender()
    tender.draft()
    price, merit, _service = criteria()
    found = tender.refused("criteria.define", tender.lot, tender.runner, rows=[price, merit, row(**wrong)])
    assert set(found) == {"formula_does_not_count"}
    assert found["formula_does_not_count"].citation is not None
    assert found["formula_does_not_count"].citation.article == "第五十五条"


@pytest.mark.parametrize("wrong", [{"points_table": "12+1=0"}, {"points_table": ""}, {"formula": "eval"}])
def test_what_is_no_formula_is_not_taken(wrong: dict[str, Any]) -> None:
    tender = Tender()
    tender.draft()
    price, merit, _service = criteria()
    assert set(tender.refused("criteria.define", tender.lot, tender.runner, rows=[price, merit, row(**wrong)])) == {
        "invalid_input"
    }


def test_the_price_has_its_own_formula() -> None:
    tender = Tender()
    tender.draft()
    price, merit, service = criteria()
    counted = {**price, "formula": "each", "figure": "x", "unit": "", "points_table": "1=30"}
    assert set(tender.refused("criteria.define", tender.lot, tender.runner, rows=[counted, merit, service])) == {
        "formula_does_not_count"
    }


# --- what a bid declares -------------------------------------------------------------------------------------------


def with_formula() -> Tender:
    tender = Tender()
    tender.describe()
    price, merit, _service = criteria()
    tender.do("criteria.define", tender.lot, tender.runner, rows=[price, merit, row()])
    tender.confirm()
    tender.publish()
    return tender


def test_a_bid_declares_each_figure_once_and_it_is_opened_with_it() -> None:
    tender = with_formula()
    posts = [tender.supplier() for _ in range(3)]
    for bad in ([], [{"criterion": "technical", "figure": "3"}], [{"criterion": "business", "figure": "3"}] * 2):
        found = tender.refused("bid.submit", tender.lot, posts[0], **_offer(figures=bad))
        assert set(found) == {"invalid_input"} and found["invalid_input"].field == "figures"
    for post, months in zip(posts, ("12", "24", "36"), strict=True):
        tender.bid(post, figures=[{"criterion": "business", "figure": months}])
    opened = tender.open()
    assert [bid.figures.get().declared for bid in opened] == [Decimal(12), Decimal(24), Decimal(36)]


def test_where_nothing_is_counted_nothing_is_asked() -> None:
    tender = Tender().published()
    assert tender.bid(tender.supplier())


def _offer(**more: Any) -> dict[str, Any]:
    return {
        "price": Decimal("900000.00"),
        "lines": [
            {"item": "计算机", "specification": "X1", "quantity": "100", "unit_price": "9000.00", "amount": "900000.00"}
        ],
        "delivery": "30 日",
        "commitment": True,
        **more,
    }


def test_the_preflight_counts_the_points_before_the_bid_is_handed_in() -> None:
    tender = with_formula()
    post = tender.supplier()
    offer = {**_offer(), "lines": [], "attachments": [PrivateFile("x.pdf", "application/pdf", b"%PDF-1.7")]}
    offer["figures"] = [{"criterion": "business", "figure": Decimal(24)}]
    found = preflight.check(tender.lot, supplier=post.organisation, offer=offer, met=frozenset(), now=tender.now)
    (told,) = [one for one in found if one.code == "counted"]
    assert "计 10.00 分，满分 20 分" in told.zh and told.verdict is preflight.Verdict.PASS
    assert told.citation is not None and told.citation.rule == "evaluation.intervals"


# --- what comes of it ----------------------------------------------------------------------------------------------


def test_the_points_follow_and_no_member_gives_them() -> None:
    h = three().ready()
    everything = h.rows({n: {"technical": "40", "warranty": "20"} for n in range(3)})
    assert h.refused("scores.submit", h.lot, h.members[0].post, SCORED, rows=everything) == {"invalid_input"}
    h.score(technical())
    report = h.compute()
    assert [h.result(n)["means"]["warranty"] for n in range(3)] == ["0.00", "10.00", "20.00"]
    assert [h.result(n)["total"] for n in range(3)] == ["70.00", "80.00", "90.00"]
    assert [h.result(n)["rank"] for n in range(3)] == [3, 2, 1]
    (step,) = [one for one in report.result["steps"] if one["code"] == "computed"]
    assert step["citation"]["article"] == "第五十五条" and len(step["notes"]) == 3
    counted = next(one for one in report.result["criteria"] if one["code"] == "warranty")
    assert counted["formula"]["zh"].startswith("按表中各点直线内插")
    assert not report.result["findings"]


def test_the_committee_counts_what_the_bid_proves() -> None:
    h = three().ready()
    other = {"figure": figure_of(h, 2).pk, "found": "24", "reason": "质保承诺书写明两年", "page": "18"}
    member = next(m.post for m in h.members if not m.is_chair)
    assert h.refused("figures.find", h.lot, member, JUDGED, rows=[other]) == {"not_chair"}
    assert h.refused("figures.find", h.lot, h.chair, JUDGED, rows=[{**other, "reason": ""}]) == {"invalid_input"}
    assert h.refused("figures.find", h.lot, h.chair, JUDGED, rows=[other, other]) == {"duplicate_row"}
    h.do("figures.find", h.lot, h.chair, JUDGED, rows=[other])
    h.score(technical())
    report = h.compute()
    assert [h.result(n)["means"]["warranty"] for n in range(3)] == ["0.00", "10.00", "10.00"]
    assert report.result["figures"][str(h.bids[2].pk)]["warranty"]["declared"] == "36"
    assert h.refused("figures.find", h.lot, h.chair, COMPUTED, rows=[other]) == {"already_computed"}


def test_only_where_something_is_counted_is_anything_found() -> None:
    h = hall("950000", "1000000", "1100000").ready()
    assert "nothing_is_counted" in h.refused("figures.find", h.lot, h.chair, JUDGED, rows=[])


def test_where_all_is_counted_nobody_scores() -> None:
    offers = (Offer("1000000", figure="12"), Offer("1000000", figure="24"), Offer("1000000", figure="36"))
    h = hall(*offers, criteria=ALL_COUNTED).ready()
    assert h.refused("scores.submit", h.lot, h.members[0].post, SCORED, rows=[]) >= {"no_scores_asked"}
    h.compute()
    assert [h.result(n)["total"] for n in range(3)] == ["30.00", "65.00", "100.00"]
    h.sign()
    assert arithmetic.latest_report(h.lot) is not None and h.report.signed_at is not None


def test_the_loser_reads_its_own_figure_and_formula(clock: Clock) -> None:
    h = three().ready()
    other = {"figure": figure_of(h, 1).pk, "found": "18", "reason": "质保承诺书写明十八个月", "page": "18"}
    h.do("figures.find", h.lot, h.chair, JUDGED, rows=[other])
    h.judged(technical())
    h.awarded()
    h.announced()
    letter = AwardLetter.objects.get(lot=h.lot, supplier=h.bids[1].supplier)
    told = explain(letter, now=ANNOUNCED)
    (counted,) = [one for one in told.criteria if one.counted]
    assert counted.points == Decimal("5.00") and counted.counted is not None
    assert "质保期 18 月" in counted.counted.zh and "承诺 24 月，核实为 18 月（投标文件第 18 页）" in counted.counted.zh
    assert counted.counted.quoted == "质保承诺书写明十八个月"
    # Nothing of another bid: 36 is a point of the formula, the winner's own figure is said nowhere.
    assert "质保期 36 月" not in str(told.as_dict())
    page = text_of(at_desk(h.bidders[1]).get(reverse("work_explanation", args=[letter.pk])))
    assert "承诺 24 月，核实为 18 月" in page
    report = text_of(at_desk(h.officer).get(reverse("work_report", args=[h.report.pk])))
    assert "质保期：按表中各点直线内插" in report


def test_no_rival_reads_a_figure_though_prices_were_read_out() -> None:
    h = three().ready()
    own = SCOPES[OfferedFigure](h.bidders[0], ANNOUNCED)
    assert {one.opened_bid_id for one in own} == {h.bids[0].pk}
    assert SCOPES[OfferedFigure](h.chair, ANNOUNCED).count() == 3
    assert SCOPES[OfferedFigure](h.officer, ANNOUNCED).count() == 3
    outside = factories.make_expert()
    for nobody in (None, outside, factories.make_supplier()):
        assert not SCOPES[OfferedFigure](nobody, ANNOUNCED).exists()


def test_what_is_counted_keeps_its_name_in_every_method() -> None:
    formula = {"figure": "投标文件份数", "unit": "份", "zh": "每份 1 分", "en": "one each"}
    figure = {"counts": "2", "declared": "3", "page": "7", "reason": ""}
    said = _counted({"formula": formula}, figure)
    assert said is not None
    with in_words(words.of_method("negotiation")):
        assert said.as_dict()["zh"].startswith("投标文件份数 2 份") and "响应文件第 7 页" in said.as_dict()["zh"]
