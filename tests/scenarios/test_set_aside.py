"""Who is favoured with what, and what does the public read of set-asides, deductions and consortia?"""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.scenarios import story
from tests.scenarios.story import FIRST, SECOND, THIRD, Story
from yangcai.cases.models import Award
from yangcai.contracts.models import Contract
from yangcai.ocds import release, rows
from yangcai.portal.models import Notice
from yangcai.tendering.models import EvaluationReport, OpenedBid

pytestmark = pytest.mark.django_db

MEMBER = {"kind": "member", "name": "示例小微公司", "size": "small", "share": "0.40", "work": "安装调试"}
MADE = {"item": "示例设备", "maker": "示例制造公司", "size": "small"}
#: The large bidder comes with a small member, whose part is forty per cent, and with what a small enterprise made.
CONSORTIUM = {"preference": "consortium", "partners": [MEMBER], "makers": [MADE]}


@pytest.fixture(scope="module")
def awarded(world: None) -> Story:
    """By lowest price, one small bidder, one large with a small member, one medium."""
    bids = [story.bid(FIRST, "990000.00"), story.bid(SECOND, "930000.00"), story.bid(THIRD, "940000.00")]
    rates = {"small_micro": Decimal("0.10"), "consortium": Decimal("0.04")}
    file = story.purchase(story.lot("1", bids, budget="1000000.00", method="lowest", price_preference=rates))
    return story.begin(file, until="contract", in_bids={SECOND[0]: CONSORTIUM})


def test_each_is_compared_at_its_own_deduction(awarded: Story) -> None:
    result = EvaluationReport.objects.get(lot=awarded.lot).result["bids"]
    opened = OpenedBid.objects.filter(lot=awarded.lot)
    found = {bid.supplier.name: result[str(bid.pk)]["evaluated_price"] for bid in opened}
    # 990,000 less 10 %; 930,000 less 4 %; a medium enterprise gets nothing.
    assert found == {FIRST[0]: "891000.00", SECOND[0]: "892800.00", THIRD[0]: "940000.00"}
    assert Award.objects.get(lot=awarded.lot).supplier.name == FIRST[0]


@pytest.mark.long
def test_the_notices_name_the_policy_and_the_favoured_winner(awarded: Story) -> None:
    invitation = Notice.objects.get(root=awarded.case.ref, kind="invitation").facts
    assert invitation["preferences"] == ("小微企业 10%；小微企业合同份额达到规定比例的联合体或者分包 4%；本国产品 20%")
    assert invitation["imports"] == "不接受进口产品"
    award = Notice.objects.get(root=awarded.case.ref, kind="award").facts
    assert award["sme"] == f"《中小企业声明函》：{FIRST[0]}，小型企业；价格扣除 10%"
    assert award["partners"] == []
    assert not Contract.objects.get(case=awarded.case).for_sme


@pytest.mark.long
def test_members_of_a_winning_consortium_are_published(world: None) -> None:
    bids = [story.bid(FIRST, "990000.00"), story.bid(SECOND, "900000.00"), story.bid(THIRD, "940000.00")]
    rates = {"small_micro": Decimal("0.10"), "consortium": Decimal("0.04")}
    file = story.purchase(story.lot("1", bids, budget="1000000.00", method="lowest", price_preference=rates))
    told = story.begin(replace(file, id="示例二"), until="award", in_bids={SECOND[0]: CONSORTIUM})
    facts = Notice.objects.get(root=told.case.ref, kind="award").facts
    assert (facts["winner"], facts["amount"]) == (SECOND[0], "900000.00")
    assert facts["partners"] == [
        {"name": "示例小微公司", "kind": "联合体成员", "size": "小型企业", "share": "40%", "work": "安装调试"}
    ]
    assert "价格扣除 4%" in facts["sme"]
    published = release.release(rows.read(told.case), at=told.at("award") + story.DAY, tag=["award"], number=1)
    assert [one["name"] for one in published["awards"][0]["suppliers"]] == [SECOND[0], "示例小微公司"]
    roles = {party["name"]: party["roles"] for party in published["parties"]}
    assert roles["示例小微公司"] == ["supplier", "tenderer"]


@pytest.mark.long
def test_a_purchase_set_aside_as_a_whole_is_marked_down_to_its_contract(world: None) -> None:
    small = [(name, "small") for name, _size in (FIRST, SECOND, THIRD)]
    bids = [story.bid(who, price) for who, price in zip(small, ("900000.00", "930000.00", "940000.00"), strict=True)]
    bare = [replace(one, prefer="") for one in bids]
    lot = story.lot("1", bare, budget="1000000.00", method="lowest", price_preference={})
    told = story.begin(replace(story.purchase(lot, set_aside="whole"), id="示例三"), until="contract")
    result = EvaluationReport.objects.get(lot=told.lot).result["bids"]
    assert {one["evaluated_price"] for one in result.values()} == {"900000.00", "930000.00", "940000.00"}
    assert Contract.objects.get(case=told.case).for_sme
    award = Notice.objects.get(root=told.case.ref, kind="award").facts
    assert award["sme"] == f"《中小企业声明函》：{FIRST[0]}，小型企业；整体专门面向中小企业"
