"""Does the policy for small and medium enterprises follow who made the goods, and not who sells them?"""

from decimal import Decimal
from typing import Any

import pytest

from tests.factories import make_organisation
from tests.tendering.walk import Tender, offer
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post
from yangcai.tendering import arithmetic, preflight, standing

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


BOTH = {"accepts_consortium": True, "subcontracting": "安装调试，不超过 40%", "consortium_rate": "0.05"}
BESIDE = [{"kind": "member", "name": "示例小微成员", "size": "small", "share": "0.30", "work": "安装"}]


def test_a_consortium_gets_no_deduction_for_what_a_large_enterprise_made() -> None:
    """46号 art. 4 comes before art. 9: whatever share is a small enterprise's, one large maker excludes a deduction."""
    tender = Tender().published(**BOTH)
    leader = tender.supplier(size="large")
    tender.agree(leader, BESIDE)
    claim = {"preference": "consortium", "partners": BESIDE}
    said = told(tender, leader, **claim, makers=[made("small"), made("large", "示例主机", "示例大厂")])
    assert "示例主机（示例大厂）" in said and "第四条" in said and "示例制造公司" not in said
    draft = {**claim, "makers": [made("large", "示例主机", "示例大厂")], "price": Decimal(900_000), "lines": []}
    draft["partners"] = [{**BESIDE[0], "uscc": "", "share": Decimal("0.30")}]

    def flown(**more: Any) -> dict[str, str]:
        offer = {**draft, **more}
        found = preflight.check(tender.lot, supplier=leader.organisation, offer=offer, met=frozenset(), now=tender.now)
        return {one.code: one.verdict for one in found if one.field in {"makers", "preference"}}

    assert flown() == {"made_by_larger": "fail"}
    assert flown(makers=[made("medium")]) == {}
    assert flown(makers=[]) == {"makers_unnamed": "warn"}
    tender.bid(leader, **claim, makers=[made("medium")])


@pytest.mark.parametrize(
    ("size", "claim", "grown", "granted"),
    [
        ("large", "consortium", "", ["partner"]),
        ("large", "consortium", "medium", ["partner"]),
        ("large", "consortium", "large", []),
        ("small", "small_micro", "small", ["small_micro"]),
        ("small", "small_micro", "medium", []),
    ],
)
def test_no_deduction_is_given_where_a_maker_turns_out_larger(
    size: str, claim: str, grown: str, granted: list[str]
) -> None:
    """What was sealed said small; the register says more. The bid stands, at its whole price."""
    tender = Tender(method="lowest").published(**BOTH, small_micro_rate="0.10")
    beside = BESIDE if claim == "consortium" else []
    tender.bid(
        tender.supplier(size=size), preference=claim, partners=beside, makers=[made("small", maker="示例会长大的厂")]
    )
    tender.bids("910000", "920000")
    if grown:
        make_organisation(name="示例会长大的厂", size=grown)
    bid = tender.open()[0]
    outcome = arithmetic.outcome(tender.lot, now=tender.now)
    found = outcome.of(bid)
    assert [one.code for one in found.deductions] == granted
    if granted:
        assert found.not_granted == () and found.evaluated_price < found.bid_price
        return
    [refusal] = found.not_granted
    assert (refusal.code, refusal.citation.rule) == ("made_by_larger", "sme.goods_by_maker")
    assert found.evaluated_price == found.bid_price and found.invalid is None
    # What the members sign, and what the letter's explanation is made from.
    signed = arithmetic.frozen(tender.lot, outcome)
    [told_why] = signed["bids"][str(bid.pk)]["not_granted"]
    assert told_why["citation"]["article"] == "第四条"
    [step] = [one for one in signed["steps"] if one["code"] == "preference"]
    assert [note["zh"] for note in step["notes"] if note["bidder"] == str(bid.pk)] == [refusal.zh]


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


def test_the_pre_flight_of_a_reserved_lot_says_of_the_makers_alone_whether_it_is_reached() -> None:
    """A dealer's own share of the contract says nothing there: neither that all is well, nor that it is none."""
    tender = Tender(set_aside="whole").published(small_micro_rate="0")
    dealer = tender.supplier(size="large").organisation

    def flown(size: str) -> set[str]:
        draft = {"price": Decimal(900_000), "lines": [], "makers": [made(size)]}
        found = preflight.check(tender.lot, supplier=dealer, offer=draft, met=frozenset(), now=tender.now)
        return {one.code for one in found if one.field in {"makers", "partners"} or one.code == "partners"}

    assert (flown("large"), flown("small")) == ({"made_by_larger"}, set())


def test_a_large_member_is_excused_by_the_makers_as_a_large_leader_is() -> None:
    """46号 art. 4: the article asks who made the goods; it does not ask of leader or member who sells them."""
    tender = Tender(set_aside="whole").published(small_micro_rate="0", accepts_consortium=True)
    beside = [{"kind": "member", "name": "示例大型成员", "size": "large", "share": "0.30", "work": "安装"}]
    leaders = [tender.supplier(size=size) for size in ("small", "large")]
    tender.agree(leaders[0], beside)
    assert "示例大型成员不是" in told(tender, leaders[0], partners=beside)  # who names no maker made them itself
    said = told(tender, leaders[0], partners=beside, makers=[made("large")])
    assert "货物应当全部由中小企业制造" in said and "第四条" in said and "示例大型成员不是" not in said
    tender.bid(leaders[0], partners=beside, makers=[made("medium")])
    tender.bid(leaders[1], makers=[made("small", maker="示例会长大的厂")])
    tender.bid(tender.supplier(size="small"))
    make_organisation(name="示例会长大的厂", size="large")
    tender.open()
    first, second, third = standing.standings(tender.lot)
    assert (first.is_in, second.is_in, third.is_in) == (True, False, True)
    assert "货物应当全部由中小企业制造" in second.reason


def test_small_makers_carry_a_claim_whoever_sells_with_whom() -> None:
    tender = Tender().published(accepts_consortium=True, small_micro_rate="0.10")
    beside = [{"kind": "member", "name": "示例大型成员", "size": "large", "share": "0.30", "work": "安装"}]
    leader = tender.supplier(size="small")
    tender.agree(leader, beside)
    claim = {"preference": "small_micro", "partners": beside}
    assert "均为小微企业" in told(tender, leader, **claim)
    tender.bid(leader, **claim, makers=[made("micro")])


def test_services_are_not_asked_who_made_them() -> None:
    tender = Tender(category="services").published()
    assert "makers" not in ACTIONS["bid.submit"].input(subject=tender.lot, by=None, now=tender.now).fields
