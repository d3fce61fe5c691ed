"""Is an abnormally low price reviewed before anybody scores, on costs and prices alone?"""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests import factories
from tests.apart import shared
from tests.factories import at
from tests.tendering.judging import ANSWER_BY, JUDGED, SCORED, Hall, hall, three
from yangcai import procedures
from yangcai.cases.models import Lot
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.kernel.models import Attachment, Task
from yangcai.kernel.wording import in_words
from yangcai.parties.models import Organisation
from yangcai.tendering import arithmetic
from yangcai.tendering.models import LowPriceReview

pytestmark = pytest.mark.django_db

BEFORE_LOW_PRICE_LAW = at("2026-01-05T09:00")
LOW = ("410000", "780000", "800000", "890000")


def offer_low() -> Hall:
    """L01: 41 against 78, 80, 89 under a ceiling of 100 hits the ceiling's test alone."""
    return three(*LOW, ceiling="1000000", budget="1000000.00")


low = shared(offer_low)


def test_bidders_in_a_list_keep_their_names_in_whose_words_ever(low: Any) -> None:
    h = low()
    Organisation.objects.filter(pk=h.bids[0].supplier_id).update(name="甘肃中标招标有限公司")
    lot = Lot.objects.get(pk=h.lot.pk)
    [told] = can(ACTIONS["scores.submit"], lot, by=h.chair, now=SCORED)
    with in_words(procedures.get("consultation").word):
        assert told.code == "low_price_open" and told.text.endswith("甘肃中标招标有限公司")


def test_a_low_price_is_reviewed_before_anybody_scores(low: Any) -> None:
    h = low()
    assert {r.code for r in can(ACTIONS["scores.submit"], h.lot, by=h.chair, now=SCORED)} == {"low_price_open"}
    assert h.refused("low_price.start", h.bids[1], h.chair, JUDGED) == {"not_abnormally_low"}
    early = JUDGED + datetime.timedelta(minutes=29)
    assert h.refused("low_price.start", h.bids[0], h.chair, JUDGED, answer_by=early) == {"answer_time_too_short"}
    h.do("low_price.start", h.bids[0], h.chair, JUDGED)
    review = LowPriceReview.objects.get()
    assert review.tests == {"hit": ["ceiling"], "judgment": ""}
    assert review.answer_by_at == JUDGED + datetime.timedelta(minutes=30)
    task = Task.objects.get(action="low_price.explain", done_at=None)
    assert (task.clock, task.due_at) == ("C47", review.answer_by_at)
    assert h.refused("low_price.decide", h.bids[0], h.chair, JUDGED, is_accepted=True, decision="合理") == {
        "supplier_may_still_explain"
    }


def test_an_accepted_explanation_keeps_the_bid(low: Any) -> None:
    h = low()
    h.do("low_price.start", h.bids[0], h.chair, JUDGED)
    then = JUDGED + datetime.timedelta(minutes=10)
    h.do("low_price.explain", h.bids[0], h.bidders[0], then, explanation="自有产能，成本构成见附件")
    assert not Attachment.objects.exists()
    h.do("low_price.decide", h.bids[0], h.chair, then, is_accepted=True, decision="成本构成可信")
    h.judged({n: {"technical": "40", "record": "10"} for n in range(4)})
    assert h.result(0)["rank"] == 1


def test_no_explanation_means_invalid(low: Any) -> None:
    h = low()
    h.do("low_price.start", h.bids[0], h.chair, JUDGED)
    late = JUDGED + datetime.timedelta(minutes=30)
    assert h.refused("low_price.explain", h.bids[0], h.bidders[0], late, explanation="迟到") == {"explanation_too_late"}
    assert h.refused("low_price.decide", h.bids[0], h.chair, late, is_accepted=True, decision="合理") == {
        "nothing_explained"
    }
    h.do("low_price.decide", h.bids[0], h.chair, late, is_accepted=False, decision="未提供说明")
    assert "未提供说明" in h.bid(0).invalid_reason
    h.score({n: {"technical": "40", "record": "10"} for n in (1, 2, 3)})
    h.compute()
    assert h.result(0)["rank"] is None and h.report.result["base_price"] == "780000.00"


@pytest.mark.long
def test_before_the_numbers_came_into_force_only_judgment_counts() -> None:
    """财库〔2026〕2号 applies from 2026-02-01; before, only 87号令 art. 60."""
    h = three(*LOW, ceiling="1000000", budget="1000000.00", published=BEFORE_LOW_PRICE_LAW)
    assert can(ACTIONS["scores.submit"], h.lot, by=h.chair, now=SCORED) == []
    assert h.refused("low_price.start", h.bids[0], h.chair, JUDGED) == {"not_abnormally_low"}
    h.do("low_price.start", h.bids[0], h.chair, JUDGED, judgment="明显低于其他投标人", answer_by=ANSWER_BY)
    assert {r.code for r in can(ACTIONS["scores.submit"], h.lot, by=h.chair, now=SCORED)} == {"low_price_open"}
    h.do("low_price.decide", h.bids[0], h.chair, ANSWER_BY, is_accepted=False, decision="不能证明报价合理")
    assert h.bid(0).invalid_reason


def test_the_document_may_raise_the_rates_of_the_tests() -> None:
    """60 against 95 and 100: nothing by the law's own rates, reviewed where the file raised them to 65 % (L04)."""
    prices = ("600000", "950000", "1000000")
    assert arithmetic.outcome(three(*prices).lot, now=JUDGED).pending("explain_low_price") == []
    raised = {f"{test}_rate": Decimal("0.65") for test in ("average", "second", "ceiling")}
    h = three(*prices, **raised)
    found = arithmetic.outcome(h.lot, now=JUDGED)
    assert found.pending("explain_low_price") == [h.bids[0]]
    assert found.of(h.bids[0]).low_price_tests == ("second", "ceiling")


def test_the_decision_rests_on_costs_and_prices_never_on_size_or_age() -> None:
    h = three("400000", "950000", "1000000")
    h.do("low_price.start", h.bids[0], h.chair, JUDGED)
    h.do("low_price.explain", h.bids[0], h.bidders[0], JUDGED, explanation="自有产能")
    told = {"is_accepted": False, "decision": "注册资本过低，难以履约"}
    assert h.refused("low_price.decide", h.bids[0], h.chair, JUDGED, **told) == {"basis_not_allowed"}
    record = screenshot(h)
    h.do(
        "low_price.decide", h.bids[0], h.chair, JUDGED, is_accepted=False, decision="低于同类项目中标价格的一半",
        basis=["awards", "market"], queries="2026-03-23 14:00 中国政府采购网，同类中标价格 90 万元",
        query_record=record,
    )  # fmt: skip
    review = LowPriceReview.objects.get()
    assert review.basis == ["awards", "market"] and "中国政府采购网" in review.queries
    assert Attachment.objects.get(kind="low_price_query").subject == h.bids[0].ref


def screenshot(h: Hall) -> Any:
    """What the chair's screen showed."""
    return documents.store_bytes(data=b"%PDF-1.4 x", name="查询.pdf", person_id=h.chair.person_id, now=JUDGED)


def test_a_bidder_sees_its_own_low_price_review_only(low: Any) -> None:
    h = low()
    h.do("low_price.start", h.bids[0], h.chair, JUDGED)
    visible = SCOPES[LowPriceReview]
    assert visible(h.bidders[0], JUDGED).count() == visible(h.chair, JUDGED).count() == 1
    assert visible(h.agent, JUDGED).count() == 1
    for post in (h.bidders[1], None, hall("950000").agent, factories.make_expert()):
        assert not visible(post, JUDGED).exists()


def test_the_form_says_which_explanation_is_judged(low: Any) -> None:
    review = low()
    review.do("low_price.start", review.bids[0], review.chair, JUDGED)
    review.do("low_price.explain", review.bids[0], review.bidders[0], JUDGED, explanation="自有产能")
    form = ACTIONS["low_price.decide"].input(subject=review.bid(0), by=review.chair, now=JUDGED)
    assert "自有产能" in str(form["is_accepted"].help_text)
