"""Is of an offer published only what is read out, and does the whole of it come together again at the opening?"""

from typing import Any

import pytest

from yangcai.kernel.encoding import jcs
from yangcai.sealing import schedule
from yangcai.sealing.faults import Faulty
from yangcai.sealing.schedule import BadOffer

OFFER: dict[str, Any] = {
    "price": 88_000_050,
    "price_in_words": "",
    "delivery": "30 日",
    "lines": [{"item": "计算机", "unit_price": 880_001}],
    "brand": "甲",
}


def test_what_is_read_out_is_committed_to_and_the_rest_goes_along() -> None:
    price, rest = schedule.split(OFFER)
    assert price == {"price": 88_000_050, "price_in_words": "", "delivery": "30 日"}
    assert rest == {"lines": OFFER["lines"], "brand": "甲"}
    assert schedule.joined(price, schedule.content(rest)) == OFFER


def test_an_offer_without_a_price_and_another_schedule() -> None:
    assert schedule.split({"delivery": "", "brand": "甲"}) == ({"delivery": ""}, {"brand": "甲"})
    assert schedule.split({"total_fen": 1}) == ({"total_fen": 1}, {})
    assert schedule.joined({"total_fen": 1}, None) == {"total_fen": 1}


@pytest.mark.parametrize(
    "rest",
    [
        b"", b"[]", b"nothing", b'{"brand": "x"}', b'{"brand":1.5}', jcs({"price": 1}), jcs({"delivery": "x"}),
        jcs({"brand": "x" * schedule.LARGEST}),
    ],
)  # fmt: skip
def test_what_is_no_form_or_says_a_price_again_is_refused(rest: bytes) -> None:
    with pytest.raises(BadOffer):
        schedule.joined({"price": 1}, rest)


def test_what_has_no_canonical_form_is_refused_before_it_is_sealed() -> None:
    with pytest.raises(Faulty):
        schedule.content({"金额": 1})
