"""How much of a consortium's contract is told as a small firm's? Its share of the agreement, whoever leads."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.cache import cache

from tests.scenarios import story
from tests.scenarios.story import FIRST, SECOND, THIRD, Story
from yangcai.contracts import shares, sme
from yangcai.contracts.models import Contract
from yangcai.parties.models import Organisation, Size
from yangcai.portal import published, year

pytestmark = pytest.mark.django_db
SMALL, MEDIUM = "示例小微公司", "示例中型公司"
BESIDE = [
    {"kind": "member", "name": SMALL, "size": "small", "share": "0.3333", "work": "安装调试"},
    {"kind": "member", "name": MEDIUM, "size": "medium", "share": "0.20", "work": "运输"},
    {"kind": "subcontractor", "name": "示例分包公司", "size": "micro", "share": "0.10", "work": "培训"},
]
PRICE = Decimal("900000.01")
#: 0.3333 and 0.20 of the price, to the cent; the rest is the leader's, what it subcontracts included.
OF_SMALL, OF_MEDIUM = Decimal("299970.00"), Decimal("180000.00")


@pytest.fixture(scope="module")
def signed(world: None) -> Story:
    """The large bidder leads, a small and a medium firm are its members, a micro firm its subcontractor."""
    bids = [story.bid(FIRST, "990000.00"), story.bid(SECOND, str(PRICE)), story.bid(THIRD, "980000.00")]
    bare = [replace(one, prefer="") for one in bids]
    lot = story.lot("1", bare, budget="1000000.00", method="lowest", price_preference={})
    file = story.purchase(lot, accepts_consortium=True, subcontracting="培训可以分包")
    told = story.begin(file, until="contract", in_bids={SECOND[0]: {"preference": "none", "partners": BESIDE}})
    Organisation.objects.filter(name=SECOND[0]).update(size=Size.LARGE)
    return told


def reported(told: Story) -> tuple[Decimal, Decimal, Decimal]:
    whole, _by_buyer = sme.procured(year=2026, now=told.at("contract") + story.DAY)
    return whole.all.amount, whole.sme.amount, whole.small_micro.amount


def test_the_report_counts_each_by_its_share(signed: Story) -> None:
    assert reported(signed) == (PRICE, OF_SMALL + OF_MEDIUM, OF_SMALL)
    # Whoever has grown counts as what it is.
    Organisation.objects.filter(name=SMALL).update(size=Size.LARGE)
    assert reported(signed) == (PRICE, OF_MEDIUM, Decimal(0))


def test_a_small_leader_of_large_members_has_its_own_part_alone(signed: Story) -> None:
    Organisation.objects.filter(name=SECOND[0]).update(size=Size.MICRO)
    Organisation.objects.filter(name__in=(SMALL, MEDIUM)).update(size=Size.LARGE)
    left = PRICE - OF_SMALL - OF_MEDIUM
    assert reported(signed) == (PRICE, left, left)
    found = published.contracts(signed.at("contract") + story.DAY)
    assert shares.gained_by_small(shares.moved(found)) == left - PRICE


@pytest.mark.long
def test_the_portal_tells_the_same(signed: Story, settings: object) -> None:
    now = signed.at("contract") + story.DAY
    contract = Contract.objects.get(case=signed.case)
    assert contract.published_at is not None and contract.published_at <= now
    settings.YANGCAI_SANDBOX = signed.case.is_demo  # type: ignore[attr-defined]
    cache.clear()
    counted = year.counted(2026, now=now)
    left = PRICE - OF_SMALL - OF_MEDIUM
    assert {size: row["sum"] for size, row in counted["sizes"].items()} == {
        "large": left, "medium": OF_MEDIUM, "small": OF_SMALL,
    }  # fmt: skip
    assert year.whole_and_small(counted["sizes"]) == (PRICE, OF_SMALL + OF_MEDIUM)
    assert list(counted["months"].values()) == [(OF_SMALL, OF_MEDIUM, left)]
    total = published.totals(published.of(signed.case.buyer, as_supplier=False, now=now))
    assert (total["sum"], total["small"]) == (PRICE, OF_SMALL + OF_MEDIUM)
