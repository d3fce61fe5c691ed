"""Does whoever asks about a low price, answers or decides see by which test it is too low?"""

import pytest

from tests.tendering.judging import JUDGED, three
from tests.www.support import Clock, at_desk, text_of

pytestmark = pytest.mark.django_db


def test_the_sum_stands_beside_the_form_and_a_bidder_reads_no_line(clock: Clock) -> None:
    """41 against 78, 80, 89 under a ceiling of 100: below 45 % of the ceiling, and below no other line."""
    h = three("410000", "780000", "800000", "890000", ceiling="1000000", budget="1000000.00")
    clock.at = JUDGED
    bid = h.bids[0]
    page = text_of(at_desk(h.chair).get(f"/work/do/openedbid/{bid.pk}/low_price.start/"))
    for said in ("异常低价测算", "450,000.00", "360,000.00", "390,000.00"):
        assert said in page
    assert page.count("低于审查线，触发") == 1
    h.do("low_price.start", bid, h.chair, JUDGED)
    page = text_of(at_desk(h.bidders[0]).get(f"/work/do/openedbid/{bid.pk}/low_price.explain/"))
    assert "要求说明的原因" in page and "低于最高限价（未设的按预算）的比例" in page
    assert "360,000.00" not in page and "低于通过符合性审查的次低报价的比例" not in page
