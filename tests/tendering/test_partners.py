"""Who may stand behind a bid, how much of the contract is a small enterprise's, and what follows at the opening?"""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_expert, make_organisation, make_supplier
from tests.tendering.test_lots import lot, planned
from tests.tendering.walk import CLOSES, Tender, offer
from yangcai.credit.models import Debarment
from yangcai.kernel.models import Entry
from yangcai.kernel.reading import reading
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Expert, Organisation, OrganisationKind, Post
from yangcai.parties.sizes import small_medium, small_micro
from yangcai.tendering import arithmetic, partners
from yangcai.tendering.models import Bid, BidPartner, OpenedBid
from yangcai.tendering.partners import Partner
from yangcai.tendering.rules.committee.pool import pool
from yangcai.tendering.standing import QUALIFICATION, standings

pytestmark = pytest.mark.django_db


def row(kind: str, size: str, share: str, name: str = "示例乙公司", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "name": name, "size": size, "share": share, "work": "安装", **more}


def party(kind: str, size: str, share: str) -> Partner:
    return Partner(kind, f"{kind}{size}{share}", "", size, Decimal(share))


#: The bidder's size; the partners; small and micro only; the way of the set-aside: whose share that makes.
SHARES = [
    ("large", [], False, "", "0"),
    ("large", [("member", "small", "0.30")], False, "", "0.30"),
    ("large", [("member", "medium", "0.20"), ("member", "micro", "0.10")], False, "", "0.30"),
    ("large", [("member", "medium", "0.20"), ("member", "micro", "0.10")], True, "", "0.10"),
    # What is left to a bidder that is one itself counts too.
    ("small", [("member", "large", "0.60")], True, "", "0.40"),
    ("small", [], False, "consortium", "1"),
    # Only the partners that the set-aside demands.
    ("large", [("member", "small", "0.30"), ("subcontractor", "small", "0.20")], False, "consortium", "0.30"),
    ("large", [("member", "small", "0.30"), ("subcontractor", "small", "0.20")], False, "subcontract", "0.20"),
]


@pytest.mark.parametrize(("size", "beside", "small_only", "way", "share"), SHARES)
def test_whose_share(size: str, beside: list[Any], small_only: bool, way: str, share: str) -> None:
    found = partners.share(Organisation(size=size), [party(*one) for one in beside], small_only=small_only, way=way)
    assert found == Decimal(share)


#: Who made the goods, where a large bidder claims for its partners (财库〔2020〕46号 art. 4).
MADE = [{"item": "示例设备", "maker": "示例小型制造商", "size": "small"}]
BOTH = {"accepts_consortium": True, "subcontracting": "安装调试，不超过 40%"}
#: Queries of an evaluation once it is known who is in.
PINNED = 8
#: What the document says; the bidder's size; what it claims; its partners: what it is told, with the article.
TABLE = [
    ({}, "large", "none", [row("member", "small", "0.3")], {"不接受联合体": "第二十四条"}),
    ({}, "large", "none", [row("subcontractor", "small", "0.3")], {"不允许分包": "第三十五条"}),
    (BOTH, "large", "none", [row("member", "small", "0.5"), row("subcontractor", "small", "0.5", "示例丙公司")],
     {"小于 100%": "第三十五条"}),
    (BOTH, "large", "none", [row("member", "small", "0.2"), row("subcontractor", "small", "0.2")],
     {"各写一次": "第二十四条"}),
    (BOTH, "small", "small_micro", [row("member", "medium", "0.2")], {"均为小微企业": "第四条"}),
    (BOTH, "small", "small_micro", [row("member", "micro", "0.2")], {}),
    (BOTH, "small", "small_micro", [row("subcontractor", "medium", "0.2")], {"不得分包给大中型企业": "第十二条"}),
    (BOTH, "small", "none", [row("subcontractor", "medium", "0.2")], {}),
    (BOTH, "medium", "consortium", [], {"请填写联合体成员": "第九条"}),
    (BOTH, "medium", "consortium", [row("member", "small", "0.3")], {}),
]  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("document", "size", "claim", "beside", "told"), TABLE)
def test_what_a_bid_is_told(
    document: dict[str, Any], size: str, claim: str, beside: list[Any], told: dict[str, str]
) -> None:
    tender = Tender().published(**document)
    post = tender.supplier(size=size)
    data = {**offer(), "preference": claim, "partners": beside}
    if document:
        tender.agree(post, beside)
    if not told:
        tender.do("bid.submit", tender.lot, post, **data)
        return
    with pytest.raises(Refused) as refused:
        tender.do("bid.submit", tender.lot, post, **data)
    [refusal] = refused.value.refusals
    assert refusal.field == "partners"
    for words, article in told.items():
        assert words in refusal.zh and article in refusal.zh
    assert not Bid.objects.exists() and not Entry.objects.filter(action="bid.submit").exists()


def test_a_daughter_in_the_consortium_is_no_small_enterprise_of_its_own() -> None:
    tender = Tender().published(**BOTH)
    post = tender.supplier(size="large")
    daughter = make_organisation(OrganisationKind.SUPPLIER, name="示例子公司", parent=post.organisation, size="small")
    data = {**offer(), "preference": "consortium", "partners": [row("member", "small", "0.3", daughter.name)]}
    data["makers"] = MADE
    with pytest.raises(Refused) as refused:
        tender.do("bid.submit", tender.lot, post, **data)
    assert "直接控股" in refused.value.refusals[0].zh


def test_a_daughter_of_a_large_enterprise_is_small_nowhere() -> None:
    """46号 art. 2: neither in a lot that is set aside, nor for the deduction, nor in what the year is told by."""
    tender = Tender(set_aside="whole").published(small_micro_rate="0")
    mother, medium = make_supplier(size="large").organisation, make_supplier(size="medium").organisation
    held, of_medium = tender.supplier(parent=mother), tender.supplier(parent=medium)
    assert "专门面向中小企业" in tender.refused("bid.submit", tender.lot, held, **offer())["invalid_input"].zh
    tender.bid(of_medium)
    posts = Post.objects.filter(pk__in=(held.pk, of_medium.pk))
    assert list(posts.filter(small_micro("organisation"))) == list(posts.filter(small_medium("organisation")))
    assert [post.pk for post in posts.filter(small_micro("organisation"))] == [of_medium.pk]
    Organisation.objects.filter(pk=held.organisation_id).update(is_prison_enterprise=True)
    assert posts.filter(small_micro("organisation")).count() == 2


# --- set-asides by share -------------------------------------------------------------------------------------------

#: The way; the bidder's size; its partners; whether it comes through.
WAYS = [
    ("consortium", "large", [row("member", "small", "0.40")], True),
    ("consortium", "large", [row("member", "small", "0.3999")], False),
    ("consortium", "large", [row("subcontractor", "small", "0.40")], False),
    ("consortium", "large", [], False),
    ("consortium", "medium", [], True),
    ("subcontract", "large", [row("subcontractor", "micro", "0.40")], True),
    ("subcontract", "large", [row("subcontractor", "large", "0.40")], False),
]


@pytest.mark.long
@pytest.mark.parametrize(("way", "size", "beside", "passes"), WAYS)
def test_the_share_is_a_condition(way: str, size: str, beside: list[Any], passes: bool) -> None:
    tender = planned(way)
    tender.do("lots.define", tender.case, tender.runner, rows=[lot("1", "1000000", way, "0.40")])
    tender.published(**BOTH)
    post = tender.supplier(size=size)
    data = {**offer(), "partners": beside}
    tender.agree(post, beside)
    if passes:
        tender.do("bid.submit", tender.lot, post, **data)
        return
    with pytest.raises(Refused) as refused:
        tender.do("bid.submit", tender.lot, post, **data)
    assert "40%" in refused.value.refusals[0].zh and "第十二条" in refused.value.refusals[0].zh


def test_the_condition_is_asked_again_at_the_opening() -> None:
    """An enterprise that has grown large by then does not carry the share alone any more."""
    tender = planned("consortium")
    tender.do("lots.define", tender.case, tender.runner, rows=[lot("1", "1000000", "consortium", "0.40")])
    tender.published(**BOTH)
    grown = tender.supplier(size="medium")
    tender.bid(grown)
    for number in range(3):
        beside = [row("member", "small", "0.40", f"示例{number}公司")]
        tender.bid(tender.supplier(size="large"), price=f"{910000 + number}", partners=beside)
    Organisation.objects.filter(pk=grown.organisation_id).update(size="large")
    tender.open()
    [out] = [s for s in standings(tender.lot, through=QUALIFICATION) if not s.is_in]
    assert out.bid.supplier_id == grown.organisation_id and "0%" in out.reason and "40%" in out.reason


def test_partners_are_sealed_and_read_out_with_the_bid() -> None:
    tender = Tender().published(**BOTH, consortium_rate="0.05")
    tender.bid(
        tender.supplier(size="large"),
        preference="consortium",
        makers=MADE,
        partners=[row("member", "small", "0.30"), row("subcontractor", "micro", "0.05", "示例丙公司")],
    )
    tender.bids("910000", "920000")
    assert not BidPartner.objects.exists()
    tender.now = CLOSES
    tender.open()
    bid = OpenedBid.objects.get(partners__name="示例丙公司")
    assert bid.small_micro_share == Decimal("0.35")
    assert [(p.kind, p.size, p.share) for p in bid.partners.order_by("pk")] == [
        ("member", "small", Decimal("0.3000")), ("subcontractor", "micro", Decimal("0.0500")),
    ]  # fmt: skip


def test_a_partner_is_no_smaller_than_it_is_registered() -> None:
    """Else a set-aside goes to two large enterprises, one of which is written down as a small one."""
    tender = Tender(set_aside="consortium")
    tender.do("lots.define", tender.case, tender.runner, rows=[lot("1", "1000000", "consortium", "0.40")])
    tender.published(**BOTH)
    code = "91140000783254954T"
    make_organisation(OrganisationKind.SUPPLIER, name="示例改名公司", uscc=code, size="large")
    larger = [
        row("member", "small", "0.40", make_supplier(size="large").organisation.name),
        row("member", "small", "0.40", make_supplier(size="medium").organisation.name),
        row("member", "small", "0.40", "示例旧名公司", uscc=code),
    ]
    for one in larger:
        with pytest.raises(Refused) as refused:
            tender.do("bid.submit", tender.lot, tender.supplier(size="large"), **offer(), partners=[one])
        assert any(f"“{one['name']}”在平台登记的企业规模大于所填的" in told.zh for told in refused.value.refusals)
    fitting = [row("member", "small", "0.40", make_supplier(size="micro").organisation.name)]
    tender.bid(tender.supplier(size="large"), partners=fitting)


def test_a_partner_that_grew_before_the_opening_counts_as_what_it_is() -> None:
    tender = Tender().published(**BOTH, consortium_rate="0.05")
    member = make_supplier(size="small").organisation
    beside = [row("member", "small", "0.30", member.name)]
    tender.bid(tender.supplier(size="large"), preference="consortium", partners=beside, makers=MADE)
    tender.bids("910000", "920000")
    Organisation.objects.filter(pk=member.pk).update(size="large")
    tender.open()
    assert OpenedBid.objects.get(partners__name=member.name).small_micro_share == 0


def debar(organisation: Organisation) -> None:
    Debarment.objects.create(
        organisation=organisation,
        ground="procurement",
        from_on=CLOSES.date(),
        authority="兰州新区财政局",
        decision="兰新财〔2026〕9号",
    )


def test_a_member_that_is_debarred_takes_its_consortium_out() -> None:
    """政府采购法 art. 24: every member meets the conditions of art. 22. A subcontractor takes no part itself."""
    tender = Tender().published(**BOTH)
    member, behind = make_supplier().organisation, make_supplier().organisation
    leader = tender.supplier(size="large")
    tender.bid(leader, partners=[row("member", "small", "0.30", member.name)])
    tender.bid(tender.supplier(), price="910000", partners=[row("subcontractor", "small", "0.30", behind.name)])
    tender.bids("920000", "930000")
    debar(member)
    debar(behind)
    tender.open()
    [out] = [s for s in standings(tender.lot, through=QUALIFICATION) if not s.is_in]
    assert out.bid.supplier_id == leader.organisation_id and "兰新财〔2026〕9号" in out.reason


def test_a_consortium_with_a_debarred_member_is_told_so_on_its_form() -> None:
    tender = Tender().published(**BOTH)
    member = make_supplier().organisation
    debar(member)
    Debarment.objects.update(from_on=tender.now.date())
    leader, beside = tender.supplier(size="large"), [row("member", "small", "0.30", member.name)]
    with pytest.raises(Refused) as refused:
        tender.do("bid.submit", tender.lot, leader, **offer(), partners=beside)
    assert any("兰新财〔2026〕9号" in told.zh for told in refused.value.refusals)


def test_a_member_that_holds_another_bidder_takes_both_bids_out() -> None:
    """条例 art. 18: who holds another one bids beside it neither alone nor in a consortium."""
    tender = Tender().published(**BOTH)
    mother = make_supplier(size="medium").organisation
    daughter, leader = tender.supplier(parent=mother), tender.supplier(size="large")
    tender.bid(leader, partners=[row("member", "medium", "0.30", mother.name)])
    tender.bid(daughter, price="910000")
    # A mother and its daughter in one consortium are one bid.
    own_mother = tender.supplier(size="medium")
    child = make_supplier(parent=own_mother.organisation).organisation
    tender.bid(own_mother, price="920000", partners=[row("member", "small", "0.30", child.name)])
    tender.bids("930000", "940000")
    tender.open()
    out = {s.bid.supplier_id: s.reason for s in standings(tender.lot, through=QUALIFICATION) if not s.is_in}
    assert set(out) == {leader.organisation_id, daughter.organisation_id}
    assert all("直接控股" in reason for reason in out.values())


def test_an_expert_of_a_partner_stays_away() -> None:
    """条例 art. 9: of a member from its confirmation on, of a subcontractor once the bid that names it lies open."""
    tender = Tender().published(**BOTH)
    member = make_supplier(uscc="91140000783254954T").organisation
    experts = [make_expert() for _ in range(3)]
    own = [Expert.objects.get(person=post.person_id) for post in experts]
    for n, employer in enumerate((member, make_supplier(name="示例分包公司").organisation)):
        Expert.objects.filter(pk=own[n].pk).update(employer=employer)
        Post.objects.filter(pk=experts[n].pk).update(organisation=employer)
    beside = [
        row("member", "small", "0.30", member.name, uscc="91140000783254954T"),
        row("subcontractor", "small", "0.10", "示例分包公司"),
    ]
    tender.bid(tender.supplier(size="large"), partners=beside)
    tender.bids("910000", "920000")

    def drawn_from() -> set[int]:
        return set(pool(tender.case, specialities="", now=tender.now).values_list("pk", flat=True))

    assert drawn_from() == {own[1].pk, own[2].pk}
    tender.open()
    assert drawn_from() == {own[2].pk}


def test_who_counts_as_how_large_is_asked_once_for_all_bids() -> None:
    """As many questions for three consortia as for one; each counts by its own members."""
    asked = {}
    for large in ((False,), (False, True, False)):
        tender = Tender(category="services", method="lowest").published(**BOTH, small_micro_rate="0.10")
        members = [make_supplier(size="small").organisation for _one in large]
        for member in members:
            beside = [row("member", "small", "0.30", member.name)]
            tender.bid(tender.supplier(size="small"), preference="small_micro", partners=beside)
        tender.bids(*["910000"] * (4 - len(large)))
        grown = [member.pk for member, is_large in zip(members, large, strict=True) if is_large]
        Organisation.objects.filter(pk__in=grown).update(size="large")
        bids = tender.open()[: len(large)]
        with reading():
            standings(tender.lot)  # who is in is another question
            with CaptureQueriesContext(connection) as caught:
                found = arithmetic.outcome(tender.lot, now=tender.now)
        assert [not found.of(bid).deductions for bid in bids] == list(large)
        asked[len(large)] = len(caught)
    assert asked == {1: PINNED, 3: PINNED}
