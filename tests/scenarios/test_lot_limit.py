"""兼投不兼中: one bidder stands first in both lots and wins the one that comes first; what is everybody told?"""

from dataclasses import replace

import pytest

from tests.scenarios import story
from tests.scenarios.story import DAY, FIRST, FOURTH, SECOND, THIRD, Story
from yangcai.cases.models import Award
from yangcai.kernel.models import Task
from yangcai.ocds.rows import read
from yangcai.ocds.tender import tender
from yangcai.portal.models import Notice
from yangcai.tendering.actions.award import DetermineAward
from yangcai.tendering.explanation import explain
from yangcai.tendering.models import AwardLetter

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def judged(world: None) -> Story:
    """Both reports lie with the buyer: the first bidder asks the least in both lots, of lowest price."""
    lots = []
    for number in ("1", "2"):
        prices = ("400000.00", "430000.00", "440000.00", "450000.00")
        bids = [story.bid(who, price) for who, price in zip((FIRST, SECOND, THIRD, FOURTH), prices, strict=True)]
        lots.append(story.lot(number, bids, budget="500000.00", method="lowest"))
    file = story.purchase(*lots, max_lots_bid=2, max_lots_won=1)
    return story.begin(file, until="evaluation")


def test_the_lots_are_awarded_one_after_the_other(judged: Story) -> None:
    first, second = judged.case.lots.order_by("pk")
    at = judged.moment(58)
    reviewer = judged.people.reviewer
    # As many candidates more as other lots may take away: the usual three, and one.
    assert [lot.candidates.count() for lot in (first, second)] == [4, 4]
    told = judged.refused("award.determine", second, reviewer, at, candidate=second.candidates.get(rank=1).pk)
    assert set(told) == {"earlier_lot_undecided"} and told["earlier_lot_undecided"].citation.article == "第二十条"
    judged.do("award.determine", first, reviewer, at, candidate=first.candidates.get(rank=1).pk)
    # The same bidder stands first here, but it has its lot.
    told = judged.refused("award.determine", second, reviewer, at, candidate=second.candidates.get(rank=1).pk)
    assert set(told) == {"lot_limit_reached"}
    # The form says why it begins with the second.
    form = DetermineAward(subject=second, by=reviewer, now=at)
    assert "第 1 名已中其他采购包" in str(form.fields["candidate"].help_text)
    assert not DetermineAward(subject=first, by=reviewer, now=at).fields["candidate"].help_text
    # The next one is taken without any other ground.
    judged.do("award.determine", second, reviewer, at, candidate=second.candidates.get(rank=2).pk)
    assert [award.supplier.name for award in Award.objects.order_by("lot")] == [FIRST[0], SECOND[0]]


@pytest.mark.long
def test_everybody_is_told_why(judged: Story) -> None:
    first, second = judged.case.lots.order_by("pk")
    judged.award()
    letter = AwardLetter.objects.get(lot=second, supplier__name=FIRST[0])
    assert not letter.is_winner and "其他采购包中标已达到采购文件规定的数量" in letter.reason
    [reason] = explain(letter, now=judged.at("award")).reasons
    assert "按定标次序" in reason.zh and "Ranked 1" in reason.en and reason.citation is not None
    # In the lot that it lost for its price alone the second winner reads nothing of a limit.
    letter = AwardLetter.objects.get(lot=first, supplier__name=SECOND[0])
    [reason] = explain(letter, now=judged.at("award")).reasons
    assert reason.zh == "评审排名第 2，未被确定为中标供应商" and reason.zh == letter.reason
    facts = Notice.objects.get(root=judged.case.ref, kind="invitation").facts
    assert facts["lot_limit"] == (
        "每家供应商至多可投 2 个采购包；每家供应商至多可中 1 个采购包，按采购包 1、2 的次序确定中标供应商"
    )
    said = tender(read(judged.refreshed()), judged.at("award"))["lotDetails"]
    assert said == {"maximumLotsBidPerSupplier": 2, "maximumLotsAwardedPerSupplier": 1}


@pytest.mark.long
def test_the_replay_walks_it_by_itself(world: None) -> None:
    asked = ((FIRST, "400000.00"), (SECOND, "430000.00"), (THIRD, "440000.00"))
    bids = [story.bid(who, price) for who, price in asked]
    lots = [story.lot(number, bids, budget="500000.00", method="lowest") for number in ("1", "2")]
    told = story.begin(replace(story.purchase(*lots, max_lots_won=1), id="示例二"), until="award")
    assert [award.supplier.name for award in told.awards()] == [FIRST[0], SECOND[0]]


@pytest.mark.long
def test_silence_gives_each_its_lot_in_order(judged: Story) -> None:
    """C13 ran out for both: whichever task fires first, the first lot is decided first."""
    due = max(Task.objects.filter(action="award.determine", done_at=None).values_list("due_at", flat=True))
    story.pass_time(due + DAY)
    found = Award.objects.filter(refused_at=None).order_by("lot")
    assert [(award.supplier.name, award.is_deemed) for award in found] == [(FIRST[0], True), (SECOND[0], True)]
