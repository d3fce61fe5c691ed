"""Does the policy for small and medium enterprises follow who made the goods, and not who sells them?"""

from decimal import Decimal
from typing import Any

import pytest

from tests.factories import make_organisation
from tests.tendering.walk import Tender, offer
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post
from yangcai.tendering import preflight, standing

pytestmark = pytest.mark.django_db


def made(size: str, item: str = "示例设备", maker: str = "示例制造公司") -> dict[str, Any]:
    return {"item": item, "maker": maker, "size": size, "staff": "20", "revenue": "300.00", "assets": "200.00"}


def told(tender: Tender, post: Post, **data: Any) -> str:
    """What the form says at its fields, which is written down nowhere."""
    with pytest.raises(Refused) as refused:
        tender.do("bid.submit", tender.lot, post, **offer(), **data)
    return "\n".join(refusal.zh for refusal in refused.value.refusals)


@pytest.mark.parametrize("larger", ["medium", "large"])
def test_one_larger_maker_and_nothing_is_favoured(larger: str) -> None:
    """含有大型企业制造的货物的，不享受; nor do small ones' beside a medium one's (财库〔2020〕46号 art. 4)."""
    tender = Tender().published(small_micro_rate="0.10")
    small = tender.supplier(size="small")
    claim = {"preference": "small_micro", "makers": [made("small"), made(larger, "示例主机", "示例大厂")]}
    said = told(tender, small, **claim)
    assert "示例主机（示例大厂）" in said and "第四条" in said and "示例制造公司" not in said
    found = preflight.check(tender.lot, supplier=small.organisation, offer=claim, met=frozenset(), now=tender.now)
    assert "made_by_larger" in {one.code for one in found}
    assert "企业规模不是小型、微型企业" in told(tender, tender.supplier(size="large"), preference="small_micro")
    tender.do("bid.submit", tender.lot, small, **offer(), makers=claim["makers"])  # it claims nothing


def test_nobody_is_told_to_claim_what_its_makers_are_too_large_for() -> None:
    tender = Tender().published(small_micro_rate="0.10")
    small = tender.supplier(size="small").organisation

    def told_to_claim(*makers: dict[str, Any]) -> bool:
        filled = {**offer(), "price": Decimal("900000"), "price_in_words": "", "makers": makers}
        filled["lines"] = [{**filled["lines"][0], "amount": Decimal("900000"), "unit_price": Decimal("9000"),
                            "quantity": Decimal(100)}]  # fmt: skip
        found = preflight.check(tender.lot, supplier=small, offer=filled, met=frozenset(), now=tender.now)
        return "unclaimed" in {one.code for one in found}

    assert told_to_claim() and told_to_claim(made("micro"))
    assert not told_to_claim(made("small"), made("large"))


def test_a_maker_is_no_smaller_than_it_registered() -> None:
    tender = Tender().published(small_micro_rate="0.10")
    make_organisation(name="示例登记为大型的厂", size="large")
    claim = {"preference": "small_micro", "makers": [made("small", maker="示例登记为大型的厂")]}
    assert "示例登记为大型的厂" in told(tender, tender.supplier(size="small"), **claim)


def test_what_is_reserved_is_for_goods_of_small_and_medium_makers_whoever_sells_them() -> None:
    tender = Tender(set_aside="whole").published(small_micro_rate="0")
    dealer, small = tender.supplier(size="large"), tender.supplier(size="small")
    assert "登记的企业规模不符" in told(tender, dealer)
    assert "示例设备（示例制造公司）" in told(tender, small, makers=[made("large")])
    tender.do("bid.submit", tender.lot, dealer, **offer(), makers=[made("medium")])
    tender.bid(small)
    tender.bid(tender.supplier(size="small"))
    tender.open()
    assert [one.is_in for one in standing.standings(tender.lot)] == [True] * 3


def test_services_are_not_asked_who_made_them() -> None:
    tender = Tender(category="services").published()
    assert "makers" not in ACTIONS["bid.submit"].input(subject=tender.lot, by=None, now=tender.now).fields
