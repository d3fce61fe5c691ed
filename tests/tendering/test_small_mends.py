"""Is what people write and what they are offered taken at its time: pages of a bid, the review of a low price?"""

import pytest
from django import forms

from tests.tendering.awarding import POINTS
from tests.tendering.judging import COMPUTED, SCORED, hall
from yangcai.kernel.actions import ACTIONS, can
from yangcai.tendering.inputs import pages

WRITTEN = [
    ("12", "12"),
    ("投标文件第12页", "12"),
    ("见响应文件第 3 至 5 页、第9页", "3-5、9"),
    ("pages 12-15", "12-15"),
    ("p. 7", "7"),
    ("申请文件第2页；第4页", "2、4"),
]


@pytest.mark.parametrize(("written", "kept"), WRITTEN)
def test_the_page_is_taken_out_of_what_was_written(written: str, kept: str) -> None:
    assert pages(written) == kept


@pytest.mark.parametrize("written", ["附件三", "第十二页", "0", "投标文件"])
def test_what_names_no_page_is_refused(written: str) -> None:
    with pytest.raises(forms.ValidationError):
        assert pages(written) == ""


@pytest.mark.django_db
def test_no_price_is_asked_about_after_the_result() -> None:
    h = hall("950000", "1000000", "1100000").ready()
    h.score(POINTS)
    asked = {"judgment": "报价过低"}
    assert can(ACTIONS["low_price.start"], h.bid(1), by=h.chair, now=SCORED) == []
    h.compute()
    assert h.refused("low_price.start", h.bid(1), h.chair, COMPUTED, **asked) == {"already_computed"}
