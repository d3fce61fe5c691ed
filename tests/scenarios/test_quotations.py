"""How do quotations go, told by role: one unchangeable price each, examined by the committee, the lowest wins?"""

from copy import copy
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.scenarios import story
from tests.scenarios.story import FOURTH, SECOND, THIRD, Story
from yangcai.cases.models import Award, CaseEnd, Stage
from yangcai.contracts.models import Contract
from yangcai.kernel.actions import SCOPES
from yangcai.portal.models import Notice
from yangcai.tendering.models import AwardLetter, OpenedBid

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def beginning(world: None) -> Story:
    """Four quotes lie open."""
    bids = [
        story.bid(FOURTH, "455000.00"),
        story.bid(SECOND, "470000.00"),
        story.bid(THIRD, "460000.00"),
        story.bid(("示例己公司", "medium"), "450000.00", responsive="没有提供★质保承诺"),
    ]
    file = story.purchase(story.lot("1", bids, budget="500000.00", method="lowest"), method="quotations")
    return story.begin(file, until="opening")


@pytest.fixture
def opened(beginning: Story) -> Story:
    """From there each story goes on by itself."""
    return copy(beginning)


def test_the_price_is_quoted_once(opened: Story) -> None:
    at = opened.moment(5)
    assert opened.stage(at) == Stage.QUALIFICATION
    # 74号令 art. 47: no second price, by whatever door.
    supplier = opened.supplier(SECOND)
    again = opened.refused("final_offer.submit", opened.lot, supplier, at, price="1.00")
    assert again["quoted_once"].citation is not None and again["quoted_once"].citation.article == "第四十七条"
    late = opened.refused("bid.submit", opened.lot, supplier, at, price="1.00", commitment=True)
    assert late["late_bid"].citation is not None and "第74号" in late["late_bid"].citation.instrument
    # Nothing can be talked about either: the method has no such stage.
    assert Stage.DIALOGUE not in opened.procedure.stages
    # Quotes are not read out (政府采购法 art. 38).
    assert SCOPES[OpenedBid](supplier, at).filter(lot=opened.lot).get().supplier == supplier.organisation


@pytest.mark.long
def test_the_committee_examines_and_the_buyer_does_not(opened: Story) -> None:
    tale, at = opened, opened.moment(5)
    refused = tale.refused("qualification.conclude", tale.lot, tale.people.officer, at)
    assert "not_yours_to_check" in refused
    tale.qualification()
    # The fourth does not respond: three are left, and that is enough.
    assert tale.stage(tale.moment(11)) == Stage.EVALUATION
    assert len(tale.members()) == 3


@pytest.mark.long
def test_the_lowest_quote_wins(opened: Story) -> None:
    tale = opened
    for stretch in ("qualification", "evaluation", "award", "contract", "acceptance", "payment"):
        getattr(tale, stretch)()
    award = Award.objects.get(lot=tale.lot)
    assert (award.supplier.name, award.amount) == (FOURTH[0], Decimal("455000.00"))
    assert Contract.objects.get(case=tale.case).amount == Decimal("455000.00")
    assert tale.refreshed().end_kind == CaseEnd.CLOSED
    assert tale.notices()[:2] == ["invitation", "award"]
    notice = Notice.objects.get(root=tale.case.ref, kind="award")
    # What losers asked is not published.
    assert [row["price"] for row in notice.facts["candidates"]] == ["455000.00", None, None]


def test_with_two_left_it_ends(opened: Story) -> None:
    """74号令 art. 50(3): no exception."""
    tale = copy(opened)
    lot = tale.file.lots[0]
    out = tuple(replace(bid, qualified="没有营业执照") if bid.supplier.name == THIRD[0] else bid for bid in lot.bids)
    tale.file = replace(tale.file, lots=(replace(lot, bids=out),))
    tale.qualification()
    assert tale.refreshed().end_kind == CaseEnd.UNSUCCESSFUL
    notice = Notice.objects.get(root=tale.case.ref, kind="unsuccessful")
    assert notice.title.endswith("终止公告")
    # The two who were left are told why it ended; the one who was out, why it was.
    letters = {letter.supplier.name: letter.reason for letter in AwardLetter.objects.filter(lot=tale.lot)}
    assert "不足三家" in letters[FOURTH[0]] and "没有营业执照" in letters[THIRD[0]]
