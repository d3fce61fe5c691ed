"""Does whoever computes or signs an evaluation see there whose scores stand apart?"""

import pytest

from tests.tendering.judging import SCORED, hall
from tests.www.support import Clock, at_desk, text_of

pytestmark = pytest.mark.django_db


def test_the_hint_stands_beside_the_steps_that_it_is_for(clock: Clock) -> None:
    """Who is about to compute or to sign sees it there, not only on the page of the case."""
    h = hall(*(str(n) for n in range(950000, 956000, 1000))).ready()
    for place, member in enumerate(h.members):
        own = 0 if place < 2 else place
        points = {n: {"technical": str(30 + n + own), "record": "10"} for n in range(6)}
        h.do("scores.submit", h.lot, member.post, SCORED, rows=h.rows(points))
    clock.at = SCORED
    page = text_of(at_desk(h.chair).get(f"/work/do/lot/{h.lot.pk}/evaluation.compute/"))
    assert "评分一致性提示" in page and "6 项主观分完全相同" in page
