"""As of which class is a contract for goods counted, in every figure of small and medium firms? (46号 art. 4)"""

from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from tests.portal.chain import Chain
from yangcai.contracts import sme
from yangcai.parties.models import Post
from yangcai.portal import published, year
from yangcai.tendering.models import Bid

pytestmark = [pytest.mark.django_db, pytest.mark.long]
NINETY = Decimal("900000.00")


class Joint(Chain):
    """The winner names makers of these sizes, and a member of this one with four tenths of the contract."""

    made_by: tuple[str, ...] = ()
    member = ""

    def describe(self, **terms: Any) -> None:
        super().describe(**terms, accepts_consortium=True)

    def bid(self, post: Post, **offer: Any) -> Bid:
        if offer["price"] == "900000.00":
            offer["makers"] = [{"item": f"设备{size}", "maker": f"示例{size}厂", "size": size} for size in self.made_by]
            beside = {"kind": "member", "name": "示例成员", "size": self.member, "share": "0.4", "work": "安装"}
            offer["partners"] = [beside] if self.member else []
        return super().bid(post, **offer)


@pytest.mark.parametrize(
    ("makers", "member", "small_micro", "small_medium"),
    [
        ((), "", NINETY, NINETY),  # nobody is named: the small supplier made its goods itself
        (("small", "large"), "", 0, 0),
        (("micro", "medium"), "", 0, NINETY),
        (("micro",), "large", NINETY, NINETY),  # of a consortium too the makers decide, where they are named
        ((), "large", NINETY * Decimal("0.6"), NINETY * Decimal("0.6")),
    ],
)
def test_goods_count_as_their_largest_maker(
    makers: tuple[str, ...], member: str, small_micro: Decimal, small_medium: Decimal
) -> None:
    chain = Joint()
    chain.made_by, chain.member = makers, member
    for stop in chain.stops():
        if stop == "contract published":
            break
    cache.clear()
    reported, _by_buyer = sme.procured(year=2026, now=chain.now)
    assert reported.all.amount == NINETY
    assert (reported.small_micro.amount, reported.sme.amount) == (small_micro, small_medium)
    assert reported.sme.contracts == (1 if small_medium else 0)
    of_year = year.counted(2026, now=chain.now)
    assert year.whole_and_small(of_year["sizes"]) == (NINETY, small_medium)
    [(of_small, of_medium, other)] = of_year["months"].values()
    assert (of_small, of_small + of_medium, other) == (small_micro, small_medium, NINETY - small_medium)
    assert published.totals(published.of(chain.case.buyer, as_supplier=False, now=chain.now))["small"] == small_medium
