"""A consortium is one supplier of several: what do its members win with it, and who of them is looked at again?"""

import datetime

import pytest

from tests.scenarios import story
from tests.scenarios.story import FIRST, FOURTH, SECOND, THIRD, Story
from yangcai.cases.models import Award
from yangcai.credit.models import Debarment
from yangcai.parties.models import Organisation
from yangcai.tendering.models import AwardLetter

pytestmark = pytest.mark.django_db
MEMBER = {"kind": "member", "name": THIRD[0], "size": THIRD[1], "share": "0.30", "work": "安装"}
BESIDE = {FIRST[0]: {"preference": "none", "partners": [MEMBER]}}


def debar(at: datetime.datetime) -> None:
    """The third bidder, which is behind the first one."""
    Debarment.objects.create(
        organisation=Organisation.objects.get(name=THIRD[0]),
        ground="procurement",
        from_on=at.date(),
        authority="兰州新区财政局",
        decision="兰新财〔2026〕9号",
    )


@pytest.fixture(scope="module")
def judged(world: None) -> Story:
    """Both reports lie with the buyer: the third bidder is behind the first one in lot 1, and the cheapest in lot 2."""
    asked = {"1": ((FIRST, "400000.00"), (SECOND, "430000.00"), (FOURTH, "440000.00"))}
    asked["2"] = ((THIRD, "400000.00"), (SECOND, "430000.00"), (FOURTH, "440000.00"))
    lots = [
        story.lot(number, [story.bid(who, price) for who, price in bids], budget="500000.00", method="lowest")
        for number, bids in asked.items()
    ]
    file = story.purchase(*lots, max_lots_won=1, accepts_consortium=True)
    return story.begin(file, until="evaluation", in_bids=BESIDE)


@pytest.mark.long
def test_a_lot_won_in_a_consortium_counts_for_its_members(judged: Story) -> None:
    """政府采购法 art. 24: what the file lets one bidder win it lets the members win, alone or together."""
    first, second = judged.case.lots.order_by("pk")
    at, reviewer = judged.moment(58), judged.people.reviewer
    judged.do("award.determine", first, reviewer, at, candidate=first.candidates.get(rank=1).pk)
    best = second.candidates.get(rank=1)
    assert best.supplier.name == THIRD[0]
    told = judged.refused("award.determine", second, reviewer, at, candidate=best.pk)
    assert set(told) == {"lot_limit_reached"}
    judged.award()
    assert [award.supplier.name for award in Award.objects.order_by("lot")] == [FIRST[0], SECOND[0]]
    letter = AwardLetter.objects.get(lot=second, supplier=best.supplier)
    assert "其他采购包中标已达到采购文件规定的数量" in letter.reason


@pytest.mark.long
def test_a_member_debarred_after_the_opening_wins_nothing_for_its_consortium(judged: Story) -> None:
    """政府采购法 art. 22, 24: asked again when the winner is determined, of every member."""
    first = judged.case.lots.order_by("pk")[0]
    at, reviewer = judged.moment(58), judged.people.reviewer
    debar(at)
    best, next_best = first.candidates.order_by("rank")[:2]
    assert set(judged.refused("award.determine", first, reviewer, at, candidate=best.pk)) == {"debarred"}
    judged.do("award.determine", first, reviewer, at, candidate=next_best.pk)
    assert Award.objects.get(lot=first).supplier.name == SECOND[0]
