"""Does the policy for small and medium enterprises follow who made the goods, and not who sells them?"""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.factories import make_organisation, make_post
from tests.tendering.sealing_walk import SealedTender, credit_code
from tests.tendering.walk import Tender, offer
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Organisation, Post
from yangcai.parties.queries import PLATFORM
from yangcai.parties.roles import Role
from yangcai.tendering import arithmetic, makers, preflight, standing
from yangcai.tendering.models import OpenedBid

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
    assert flown(makers=[]) == {"bidder_is_larger": "fail"}
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


# --- who is registered when -----------------------------------------------------------------------------------------


def grow(post: Post, size: str) -> None:
    """Its registration says another size from now on."""
    Organisation.objects.filter(pk=post.organisation_id).update(size=size)


@pytest.mark.long
@pytest.mark.parametrize("by_itself", [False, True])
def test_who_turns_out_larger_loses_the_favour_and_not_the_bid_whoever_sealed_it(by_itself: bool) -> None:
    """It names no maker, and is registered as medium between its bid and the opening (docs/decisions/0046)."""
    tender: Tender = (SealedTender if by_itself else Tender)(method="lowest")
    rates = {"small_micro_rate": "0.10"}
    if isinstance(tender, SealedTender):
        tender.announced(**rates)
        devices = [tender.device(tender.supplier(size=size)) for size in ("small", "small", "medium")]
        for device, claim in zip(devices, ("small_micro", "small_micro", "none"), strict=True):
            tender.hand_in(device, preference=claim)
        grow(devices[1].post, "medium")
        tender.begin()
        for device in devices:
            tender.release(device)
        tender.trustee_releases(tender.holders[3])
        tender.unseal()
    else:
        tender.published(**rates)
        posts = [tender.supplier(size=size) for size in ("small", "small", "medium")]
        for post, claim in zip(posts, ("small_micro", "small_micro", "none"), strict=True):
            tender.bid(post, preference=claim)
        grow(posts[1], "medium")
        tender.open()
    bids = list(OpenedBid.objects.filter(lot=tender.lot).order_by("pk"))
    assert [bid.supplier.size for bid in bids] == ["small", "medium", "medium"] and not any(b.bid.damage for b in bids)
    outcome = arithmetic.outcome(tender.lot, now=tender.now)
    assert [[one.code for one in outcome.of(bid).deductions] for bid in bids] == [["small_micro"], [], []]
    [refusal] = outcome.of(bids[1]).not_granted
    assert refusal.code == "bidder_is_larger" and refusal.citation.article == "第四条" and "中型企业" in refusal.zh
    assert all(outcome.of(bid).invalid is None for bid in bids)


@pytest.mark.long
@pytest.mark.parametrize("by_itself", [False, True])
def test_in_a_reserved_lot_it_is_out_at_the_qualification_whoever_sealed_its_bid(by_itself: bool) -> None:
    """To be a small enterprise is a condition of qualification there: the bid is opened, and found to fall short
    (财库〔2020〕46号 art. 4, 12; 财政部令第87号 art. 44)."""
    tender: Tender = (SealedTender if by_itself else Tender)(set_aside="whole")
    if isinstance(tender, SealedTender):
        tender.announced(small_micro_rate="0")
        devices = [tender.device(tender.supplier(size="small")) for _ in range(3)]
        for device in devices:
            tender.hand_in(device)
        grow(devices[1].post, "large")
        tender.begin()
        for device in devices:
            tender.release(device)
        tender.trustee_releases(tender.holders[3])
        tender.unseal()
    else:
        tender.published(small_micro_rate="0")
        posts = [tender.supplier(size="small") for _ in range(3)]
        for post in posts:
            tender.bid(post)
        grow(posts[1], "large")
        tender.open()
    found = {one.bid.supplier.size: (one.step, one.reason) for one in standing.standings(tender.lot)}
    assert found["small"] == ("", "")
    assert found["large"][0] == standing.QUALIFICATION and "应当均为中小企业" in found["large"][1]


@pytest.mark.long
def test_a_member_that_turns_out_larger_takes_only_the_favour_out_of_a_bid_its_bidder_sealed() -> None:
    tender = SealedTender(method="lowest").announced(**BOTH)
    leader = tender.device(tender.supplier(size="medium"))
    tender.agree(leader.post, BESIDE)
    code = Organisation.objects.get(name=BESIDE[0]["name"]).uscc
    beside = [{**BESIDE[0], "uscc": code}]
    tender.hand_in(leader, preference="consortium", partners=beside)
    others = [tender.device(tender.supplier(size="medium")) for _ in range(2)]
    for device in others:
        tender.hand_in(device, "910000.00")
    Organisation.objects.filter(name=BESIDE[0]["name"]).update(size="medium")
    tender.begin()
    for device in (leader, *others):
        tender.release(device)
    tender.trustee_releases(tender.holders[3])
    tender.unseal()
    bid = OpenedBid.objects.get(supplier=leader.post.organisation)
    found = arithmetic.outcome(tender.lot, now=tender.now).of(bid)
    assert found.invalid is None and found.deductions == ()
    assert [one.code for one in found.not_granted] == ["partner_share_too_small"]


def join(name: str, tender: Tender, *, size: str = "large") -> None:
    """Somebody registers itself under this name, by the Action of the portal."""
    platform = make_post(Role.PLATFORM)
    filled = {"name": name, "uscc": credit_code(), "address": "兰州", "contact": "办公室", "size": size}
    person = {"person_name": "示例管理员", "email": "", "is_true": True}
    Organisation.objects.filter(pk=platform.organisation_id).update(name=PLATFORM)
    platform.organisation.refresh_from_db()
    tender.do("organisation.join", platform.organisation, platform, **filled, **person)


@pytest.mark.parametrize("after", [False, True])
def test_who_registers_under_a_makers_name_after_the_opening_changes_nobodys_standing(after: bool) -> None:
    """What was registered when the bid was opened counts, in the deduction, the set-aside and the figures."""
    tender = Tender(method="lowest").published(small_micro_rate="0.10")
    tender.bid(tender.supplier(size="large"), preference="small_micro", makers=[made("small", maker="示例未登记的厂")])
    tender.bids("910000", "920000")
    if not after:
        join("示例未登记的厂", tender)
    bid = tender.open()[0]
    tender.now += datetime.timedelta(hours=1)
    if after:
        join("示例未登记的厂", tender)
    found = arithmetic.outcome(tender.lot, now=tender.now).of(bid)
    assert [one.code for one in found.deductions] == (["small_micro"] if after else [])
    assert makers.counted_of(OpenedBid.objects.get(pk=bid.pk)) == ("small" if after else "large")


@pytest.mark.parametrize("after", [False, True])
def test_who_registers_under_a_makers_name_after_the_opening_puts_no_bid_out_of_a_reserved_lot(after: bool) -> None:
    tender = Tender(set_aside="whole").published(small_micro_rate="0")
    tender.bid(tender.supplier(size="large"), makers=[made("small", maker="示例未登记的厂")])
    for _ in range(2):
        tender.bid(tender.supplier(size="small"))
    if not after:
        join("示例未登记的厂", tender)
    tender.open()
    tender.now += datetime.timedelta(hours=1)
    if after:
        join("示例未登记的厂", tender)
    assert [one.is_in for one in standing.standings(tender.lot)] == [after, True, True]


@pytest.mark.parametrize(
    ("leads", "member", "granted"),
    [("large", "small", []), ("medium", "small", ["partner"]), ("small", "large", []), ("small", "small", ["partner"])],
)
def test_who_names_no_maker_made_the_goods_itself(leads: str, member: str, granted: list[str]) -> None:
    """Where the bidder or a member turns out large, and nobody else is named, nothing is given
    (财库〔2020〕46号 art. 4, 9)."""
    tender = Tender(method="lowest").published(**BOTH)
    rows = [
        {**BESIDE[0], "share": "0.30"},
        {"kind": "subcontractor", "name": "示例小型分包商", "size": "small", "share": "0.30", "work": "调试"},
    ]
    leader = tender.supplier(size="small")
    tender.agree(leader, rows[:1])
    tender.bid(leader, preference="consortium", partners=rows)
    tender.bids("910000", "920000")
    grow(leader, leads)
    Organisation.objects.filter(name=rows[0]["name"]).update(size=member)
    bid = tender.open()[0]
    found = arithmetic.outcome(tender.lot, now=tender.now).of(bid)
    assert [one.code for one in found.deductions] == granted and found.invalid is None
    assert [one.code for one in found.not_granted] == ([] if granted else ["bidder_is_larger"])


def test_the_form_asks_a_large_bidder_for_the_makers_that_carry_its_claim() -> None:
    tender = Tender().published(**BOTH)
    leader = tender.supplier(size="large")
    tender.agree(leader, BESIDE)
    said = told(tender, leader, preference="consortium", partners=BESIDE)
    assert "请逐项填写制造商" in said and "第四条" in said
    tender.bid(leader, preference="consortium", partners=BESIDE, makers=[made("small")])


def test_in_services_a_large_leader_is_no_obstacle_to_the_deduction_for_its_partners() -> None:
    tender = Tender(category="services", method="lowest").published(**BOTH, small_micro_rate="0.10")
    leader = tender.supplier(size="large")
    tender.agree(leader, BESIDE)
    tender.bid(leader, preference="consortium", partners=BESIDE)
    small = tender.supplier(size="small")
    tender.bid(small, preference="small_micro")
    tender.bids("920000")
    grow(small, "medium")
    bids = tender.open()
    outcome = arithmetic.outcome(tender.lot, now=tender.now)
    assert [[one.code for one in outcome.of(bid).deductions] for bid in bids] == [["partner"], [], []]
    [refusal] = outcome.of(bids[1]).not_granted
    assert refusal.code == "bidder_is_larger" and refusal.citation.rule == "price_preference.small_micro"
