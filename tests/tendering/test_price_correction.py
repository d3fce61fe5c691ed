"""Is a price that contradicts itself corrected as the law says, and confirmed by its bidder?"""

from decimal import Decimal
from typing import Any

import pytest

from tests.apart import shared
from tests.tendering.judging import ANSWER_BY, EQUAL, JUDGED, SCORED, Hall, Offer, open_tasks, three
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.models import Task

pytestmark = pytest.mark.django_db


def contradict() -> Hall:
    """Words say 1,020,000, figures 1,200,000: the words hold (87号令 art. 59(2))."""
    return three("950000", Offer("1200000", rest={"price_in_words": "壹佰零贰万元整"}), "1100000")


contradictory = shared(contradict)


def test_words_win_and_the_bidder_confirms(contradictory: Any) -> None:
    h = contradictory()
    refusals = can(ACTIONS["scores.submit"], h.lot, by=h.chair, now=SCORED)
    assert {r.code for r in refusals} == {"correction_open"}
    assert h.refused("price_correction.propose", h.bids[0], h.chair, JUDGED, answer_by=ANSWER_BY) == {
        "nothing_to_correct"
    }
    h.do("price_correction.propose", h.bids[1], h.chair, JUDGED, answer_by=ANSWER_BY)
    assert h.bid(1).corrected_price == Decimal("1020000.00")
    waiting = Task.objects.get(root=h.case.ref, action="price_correction.answer", role="supplier", done_at=None)
    assert (waiting.organisation_id, waiting.due_at) == (h.bids[1].supplier_id, ANSWER_BY)
    assert h.refused("price_correction.answer", h.bids[1], h.bidders[0], JUDGED, confirms=True) == {"not_yours"}
    h.do("price_correction.answer", h.bids[1], h.bidders[1], JUDGED, confirms=True)
    h.judged(EQUAL)
    assert h.result(1)["bid_price"] == "1020000.00"
    assert h.lot.candidates.get(supplier=h.bids[1].supplier).amount == Decimal("1020000.00")


def test_unit_prices_win_over_a_wrong_total() -> None:
    """C04: 100 at 1,200 is 120,000, not 118,000."""
    h = three(Offer("118000", lines=[("100", "1200.00", "118000.00")]), "130000", "140000")
    h.do("price_correction.propose", h.bids[0], h.chair, JUDGED, answer_by=ANSWER_BY)
    assert h.bid(0).corrected_price == Decimal("120000.00")


def test_an_unconfirmed_correction_makes_the_bid_invalid(contradictory: Any) -> None:
    h = contradictory()
    h.do("price_correction.propose", h.bids[1], h.chair, JUDGED, answer_by=ANSWER_BY)
    h.do("price_correction.answer", h.bids[1], h.bidders[1], JUDGED, confirms=False)
    assert "不确认修正后的报价" in h.bid(1).invalid_reason
    assert open_tasks(h) == {"lot.declare_unsuccessful"}


def test_silence_is_recorded_by_the_chair_after_the_time_to_answer(contradictory: Any) -> None:
    h = contradictory()
    h.do("price_correction.propose", h.bids[1], h.chair, JUDGED, answer_by=ANSWER_BY)
    assert h.refused("price_correction.answer", h.bids[1], h.chair, JUDGED, confirms=False) == {
        "bidder_may_still_answer"
    }
    assert h.refused("price_correction.answer", h.bids[1], h.bidders[1], ANSWER_BY, confirms=True) == {
        "answer_too_late"
    }
    assert h.refused("price_correction.answer", h.bids[1], h.chair, ANSWER_BY, confirms=True) == {
        "only_bidder_confirms"
    }
    h.do("price_correction.answer", h.bids[1], h.chair, ANSWER_BY, confirms=False)
    assert h.bid(1).correction_confirmed is False


def test_the_form_says_which_price_is_confirmed(contradictory: Any) -> None:
    """The bidder reads the price as it stood and as it was corrected."""
    h = contradictory()
    h.do("price_correction.propose", h.bids[1], h.chair, JUDGED, answer_by=ANSWER_BY)
    form = ACTIONS["price_correction.answer"].input(subject=h.bid(1), by=h.bidders[1], now=JUDGED)
    assert "1,200,000.00 → 1,020,000.00" in str(form["confirms"].help_text)
