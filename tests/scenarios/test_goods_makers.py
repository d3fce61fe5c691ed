"""What becomes of a dealer's bid for goods that small enterprises made, from the envelope to the award notice?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tests.scenarios import story
from tests.scenarios.story import FIRST, SECOND, THIRD, Story
from tests.tendering.test_goods_makers import made
from tests.www.support import at_desk, text_of
from yangcai.portal.models import Notice
from yangcai.tendering.models import EvaluationReport, GoodsMaker, OpenedBid

pytestmark = pytest.mark.django_db

SMALL = {"preference": "small_micro", "makers": [made("small"), made("micro", "示例附件", "示例配件厂")]}


@pytest.fixture(scope="module")
def awarded(world: None) -> Story:
    """A large dealer offers what small enterprises made; a small one does not claim; a medium one offers its own."""
    bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "930000.00"), story.bid(THIRD, "840000.00")]
    rates = {"small_micro": Decimal("0.10")}
    lot = story.lot("1", [replace(one, prefer="") for one in bids], budget="1000000.00", method="lowest",
                    price_preference=rates)  # fmt: skip
    file = replace(story.purchase(lot), id="制造商示例")
    return story.begin(file, until="award", in_bids={FIRST[0]: {"preference": "none"}, SECOND[0]: SMALL})


def test_a_large_dealer_is_favoured_for_what_small_enterprises_made(awarded: Story, client: Client) -> None:
    """930,000 less a tenth is below the 840,000 of the medium enterprise; the contract price stays."""
    result = EvaluationReport.objects.get(lot=awarded.lot).result["bids"]
    opened = OpenedBid.objects.filter(lot=awarded.lot)
    found = {bid.supplier.name: result[str(bid.pk)]["evaluated_price"] for bid in opened}
    assert found == {FIRST[0]: "900000.00", SECOND[0]: "837000.00", THIRD[0]: "840000.00"}
    notice = Notice.objects.get(root=awarded.case.ref, kind="award")
    assert (notice.facts["winner"], notice.facts["amount"]) == (SECOND[0], "930000.00")
    assert notice.facts["sme"] == (
        f"《中小企业声明函》：{SECOND[0]}，示例设备由示例制造公司制造（小型企业）、示例附件由示例配件厂制造（微型企业）；"
        "价格扣除 10%"
    )
    assert notice.facts["sme"] in text_of(client.get(reverse("notice", args=[notice.pk])))


@pytest.mark.long
def test_who_made_them_stands_with_the_bid(awarded: Story) -> None:
    assert list(GoodsMaker.objects.values_list("item", "maker", "size", "staff").order_by("number")) == [
        ("示例设备", "示例制造公司", "small", 20), ("示例附件", "示例配件厂", "micro", 20),
    ]  # fmt: skip
    for post in (awarded.people.officer, awarded.supplier(SECOND)):
        page = text_of(at_desk(post).get(reverse("work_case", args=[awarded.case.pk])))
        assert "示例配件厂" in page
