"""Does a published case replay in which a member gave everything, or nothing, and its source says no reason?"""

from decimal import Decimal

import pytest

from tests.scenarios import story
from tests.scenarios.story import FIRST, SECOND, THIRD
from yangcai.tendering.models import Score

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def test_points_at_the_ends_are_replayed_with_what_the_source_lacks(world: None) -> None:
    """The platform asks for a reason from 2026 on; the source of a replay is asked for nothing."""
    panels = [{"technical": ("50", "48", "0", "49", "47")}, {"technical": ("40",) * 5}, {"technical": ("30",) * 5}]
    bids = [
        story.bid(who, price, panel={code: tuple(map(Decimal, told)) for code, told in panel.items()})
        for who, price, panel in zip(
            (FIRST, SECOND, THIRD), ("950000.00", "930000.00", "940000.00"), panels, strict=True
        )
    ]
    told = story.begin(story.purchase(story.lot("1", bids, budget="1000000.00")), until="evaluation")
    given = Score.objects.filter(opened_bid__lot=told.lot, criterion__code="technical")
    ends = given.filter(value__in=(0, 50))
    assert ends.count() == 2 and {one.reason for one in ends} == {"公开资料未载明"}
    assert {one.reason for one in given.exclude(pk__in=ends)} == {""}
