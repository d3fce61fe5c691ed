"""How does a purchase of services go where the lowest price wins?"""

from decimal import Decimal

import pytest

from tests.scenarios import story
from tests.scenarios.story import DAY, FIRST, SECOND, THIRD, Story
from yangcai.cases.models import Award, Candidate
from yangcai.tendering.models import AwardLetter, Score

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def paid(world: None) -> Story:
    bids = [story.bid(FIRST, "970000.00"), story.bid(SECOND, "900000.00"), story.bid(THIRD, "920000.00")]
    file = story.purchase(story.lot("1", bids, budget="1000000.00", method="lowest"), category="services")
    return story.begin(file, until="payment", for_public=True)


@pytest.mark.long
def test_the_lowest_evaluated_price_wins(paid: Story) -> None:
    # 970,000 of the small bidder count as 873,000: less than anybody else's.
    ranked = Candidate.objects.filter(lot=paid.lot).order_by("rank")
    assert [(c.supplier.name, c.evaluated_price) for c in ranked] == [
        (FIRST[0], Decimal("873000.00")), (SECOND[0], Decimal("900000.00")), (THIRD[0], Decimal("920000.00")),
    ]  # fmt: skip
    assert Award.objects.get(lot=paid.lot).amount == Decimal("970000.00")
    # Nobody scores, and so the letters speak of rank and reason only.
    assert not Score.objects.filter(opened_bid__lot=paid.lot).exists()
    losers = AwardLetter.objects.filter(lot=paid.lot, is_winner=False)
    assert [(letter.score, bool(letter.reason)) for letter in losers] == [(None, True)] * 2


def test_it_is_paid_in_one_and_closed(paid: Story) -> None:
    assert paid.money == ("30000", "0", "0", "970000")
    assert paid.lamps(paid.at("payment") + DAY) == "closed closed closed closed"
    assert paid.notices() == ["invitation", "award", "contract", "acceptance"]
