"""Who is in whose consortium? Nobody by another's word, and nobody else's bid is touched by what a bid says of it."""

import datetime
from typing import Any

import pytest

from tests.factories import make_supplier
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import CLOSES, Tender, offer
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.models import Entry
from yangcai.kernel.refusals import Refused
from yangcai.notifications.models import Message
from yangcai.ocds import rows
from yangcai.parties.models import Organisation, Post
from yangcai.tendering import consortia, preflight
from yangcai.tendering.copying import FRESH
from yangcai.tendering.models import Bid, Consortium, ConsortiumMember, Solicitation
from yangcai.tendering.queries.consortia import visible_consortia, visible_members
from yangcai.tendering.standing import QUALIFICATION, names_of, standings
from yangcai.www.work.timeline import entries

pytestmark = pytest.mark.django_db

ACCEPTED = {"accepts_consortium": True, "consortium_rate": "0.04"}
CODE, OTHER_CODE = "91140000783254954T", "91620100MA7XY12345"


def member(organisation: Organisation, share: str = "0.30", **more: Any) -> dict[str, Any]:
    """As a bid names it."""
    return {
        "kind": "member", "name": organisation.name, "uscc": organisation.uscc or "", "size": organisation.size,
        "share": share, "work": "安装", **more,
    }  # fmt: skip


def registered(tender: Tender, leader: Post, *named: Post, lot: Any = None) -> Consortium:
    rows = [{"name": one.organisation.name, "uscc": one.organisation.uscc or "", "share": "0.30", "work": "安装"}
            for one in named]  # fmt: skip
    return tender.do("consortium.register", lot or tender.lot, leader, work="牵头", members=rows).value


def row_of(consortium: Consortium, post: Post) -> ConsortiumMember:
    return consortium.members.get(organisation=post.organisation)


def waiting(post: Post) -> set[str]:
    return set(tasks.of_post(post).values_list("action", flat=True))


def out_of(tender: Tender) -> dict[int, str]:
    found = standings(tender.lot, through=QUALIFICATION)
    return {one.bid.supplier_id: one.reason for one in found if not one.is_in}


# --- the agreement -------------------------------------------------------------------------------------------------


def test_a_member_confirms_on_its_own_worklist_and_the_consortium_bids() -> None:
    tender = Tender().published(**ACCEPTED)
    leader, post = tender.supplier(size="large"), make_supplier()
    data = {**offer(), "partners": [member(post.organisation)]}
    made = registered(tender, leader, post)
    assert waiting(post) == {"consortium.confirm"}
    assert "member_unconfirmed" in codes_of(tender, leader, data)
    tender.do("consortium.confirm", row_of(made, post), post, commitment=True)
    assert waiting(post) == set()
    told = Message.objects.filter(kind="request_decided", root=tender.case.ref)
    assert [one.person_id for one in told] == [leader.person_id]
    tender.do("bid.submit", tender.lot, leader, **data)
    tender.bids("910000", "920000")
    tender.open()
    assert out_of(tender) == {}
    [bid] = [one.bid for one in standings(tender.lot) if one.bid.supplier_id == leader.organisation_id]
    assert names_of(bid) == {leader.organisation.name, post.organisation.name}


def codes_of(tender: Tender, leader: Post, data: dict[str, Any]) -> set[str]:
    """What the form says; nothing of it is written down."""
    with pytest.raises(Refused):
        tender.do("bid.submit", tender.lot, leader, **data)
    assert not Bid.objects.filter(supplier=leader.organisation).exists()
    assert not Entry.objects.filter(action="bid.submit", outcome="refused").exists()
    offered = ACTIONS["bid.submit"].input(data, None, subject=tender.lot, by=leader, now=tender.now)
    offered.is_valid()
    found = {one.code for errors in offered.errors.as_data().values() for one in errors}
    before = preflight.of_form(offered, met=frozenset())
    assert any(one.field == "partners" and one.verdict == "fail" for one in before)
    return found


#: What became of the agreement; what the bid says of its member: what it is told.
UNAGREED = [
    ("nothing", {}, {"consortium_not_registered"}),
    ("registered", {}, {"member_unconfirmed"}),
    ("declined", {}, {"member_declined"}),
    ("withdrawn", {}, {"consortium_not_registered"}),
    ("confirmed", {"share": "0.40"}, {"share_not_agreed"}),
    ("confirmed", {"uscc": OTHER_CODE}, {"member_not_agreed", "member_left_out"}),
    ("confirmed", {"name": "示例旧名公司"}, {"member_not_agreed", "member_left_out"}),
]


@pytest.mark.parametrize(("became", "said", "told"), UNAGREED)
def test_a_bid_says_what_was_agreed(became: str, said: dict[str, Any], told: set[str]) -> None:
    tender = Tender().published(**ACCEPTED)
    leader, post = tender.supplier(size="large"), make_supplier(uscc=CODE)
    if became != "nothing":
        made = registered(tender, leader, post)
    if became == "confirmed":
        tender.do("consortium.confirm", row_of(made, post), post, commitment=True)
    elif became == "declined":
        tender.do("consortium.decline", row_of(made, post), post)
    elif became == "withdrawn":
        tender.do("consortium.withdraw", made, leader)
    assert codes_of(tender, leader, {**offer(), "partners": [member(post.organisation, **said)]}) == told


def test_who_agreed_is_named_and_the_form_begins_with_it() -> None:
    tender = Tender().published(**ACCEPTED)
    leader, post = tender.supplier(size="large"), make_supplier(uscc=CODE)
    made = registered(tender, leader, post)
    tender.do("consortium.confirm", row_of(made, post), post, commitment=True)
    assert codes_of(tender, leader, offer()) == {"member_left_out"}
    form = ACTIONS["bid.submit"].input(None, None, subject=tender.lot, by=leader, now=tender.now)
    [row] = form.fields["partners"].initial
    tender.do("bid.submit", tender.lot, leader, **offer(), partners=[{**row, "share": str(row["share"])}])


#: Name and code of the row that is entered, where the register has 示例乙公司 with CODE and 示例丙公司 with OTHER_CODE.
ROWS = [
    ("示例乙公司", CODE, None),
    ("示例乙公司", "", "member_mismatched"),
    ("示例乙公司", OTHER_CODE, "member_mismatched"),
    ("示例丁公司", CODE, "member_mismatched"),
    ("示例丁公司", "", "member_unknown"),
]


@pytest.mark.parametrize(("name", "code", "told"), ROWS)
def test_name_and_code_fit_the_register(name: str, code: str, told: str | None) -> None:
    tender = Tender().published(**ACCEPTED)
    leader = tender.supplier(size="large")
    make_supplier(name="示例乙公司", uscc=CODE)
    make_supplier(name="示例丙公司", uscc=OTHER_CODE)
    row = {"name": name, "uscc": code, "share": "0.30", "work": "安装"}
    if told is None:
        tender.do("consortium.register", tender.lot, leader, work="牵头", members=[row])
        return
    with pytest.raises(Refused) as refused:
        tender.do("consortium.register", tender.lot, leader, work="牵头", members=[row])
    [refusal] = refused.value.refusals
    assert refusal.field == "members" and "第 1 行" in refusal.zh and "第二十四条" in refusal.zh
    assert ("不属于同一家" if told == "member_mismatched" else "请其先注册") in refusal.zh
    assert not Consortium.objects.exists() and not Entry.objects.filter(action="consortium.register").exists()


def test_a_leader_names_itself_or_one_twice_or_leaves_itself_nothing_in_vain() -> None:
    tender = Tender().published(**ACCEPTED)
    leader, post = tender.supplier(size="large"), make_supplier()
    once = {"name": post.organisation.name, "share": "0.50", "work": "安装"}
    for named, words in (
        ([{**once, "name": leader.organisation.name}], "各写一次"),
        ([once, {**once, "share": "0.10"}], "各写一次"),
        ([{**once, "share": "0.50"}, {**once, "name": make_supplier().organisation.name}], "小于 100%"),
    ):
        with pytest.raises(Refused) as refused:
            tender.do("consortium.register", tender.lot, leader, work="牵头", members=named)
        assert any(words in one.zh for one in refused.value.refusals)
    alone = Tender().published()
    assert "consortium_not_accepted" in alone.refused(
        "consortium.register", alone.lot, alone.supplier(), work="x", members=[once]
    )


# --- once in a lot -------------------------------------------------------------------------------------------------


def test_a_member_takes_part_in_no_other_way() -> None:
    """条例 art. 22; told to itself alone, and in another lot it may."""
    tender = Tender(lots=2).published(**ACCEPTED)
    leader, second, post = tender.supplier(size="large"), tender.supplier(size="large"), tender.supplier()
    made, other = registered(tender, leader, post), registered(tender, second, post)
    tender.do("consortium.confirm", row_of(made, post), post, commitment=True)
    assert set(tender.refused("consortium.confirm", row_of(other, post), post, commitment=True)) == {
        "is_member_elsewhere"
    }
    named = [{"name": second.organisation.name, "share": "0.1", "work": "y"}]
    for code, data in (
        ("bid.submit", offer("400000")),
        ("consortium.register", {"work": "x", "members": named}),
    ):
        with pytest.raises(Refused) as refused:
            tender.do(code, tender.lot, post, **data)
        assert any("不得再单独或者另组联合体参加" in one.zh for one in refused.value.refusals)
    assert not Entry.objects.filter(outcome="refused", post_id=post.pk).exists()
    assert waiting(post) == {"consortium.confirm", "bid.submit"}  # of the other consortium, and for the other lot
    asked = tasks.of_post(post).filter(action="bid.submit")
    assert [one.subject for one in asked] == [tender.case.lots.order_by("pk").last().ref]
    tender.bid(post, lot=tender.case.lots.order_by("pk").last(), price="400000")
    tender.do("consortium.decline", row_of(made, post), post)
    tender.do("consortium.confirm", row_of(other, post), post, commitment=True)


def test_whoever_bids_or_leads_itself_joins_nobody() -> None:
    tender = Tender().published(**ACCEPTED)
    leader, bidder, leading = tender.supplier(size="large"), tender.supplier(), tender.supplier()
    tender.bid(bidder)
    registered(tender, leading, make_supplier())
    made = registered(tender, leader, bidder, leading)
    assert set(tender.refused("consortium.confirm", row_of(made, bidder), bidder, commitment=True)) == {
        "member_bids_itself"
    }
    assert set(tender.refused("consortium.confirm", row_of(made, leading), leading, commitment=True)) == {
        "member_leads_another"
    }
    assert not Entry.objects.filter(outcome="refused").exists()


def test_from_its_bid_on_the_consortium_stands() -> None:
    tender = Tender().published(**ACCEPTED)
    leader, post = tender.supplier(size="large"), make_supplier()
    bid = tender.bid(leader, partners=[member(post.organisation)])
    made = consortia.live(tender.lot, leader.organisation)
    assert made is not None
    assert set(tender.refused("consortium.decline", row_of(made, post), post)) == {"consortium_has_bid"}
    assert set(tender.refused("consortium.withdraw", made, leader)) == {"consortium_has_bid"}
    tender.do("bid.withdraw", bid, leader)
    tender.do("consortium.decline", row_of(made, post), post)


def test_nobody_wins_a_members_word_to_keep_it_out_and_bids_alone() -> None:
    """Whoever confirmed may not bid: nor then may its leader without it, by a bid of before or by a sealed one."""
    tender = Tender().published(**ACCEPTED)
    leader, post = tender.supplier(size="large"), make_supplier()
    bid = tender.bid(leader)
    named = [{"name": post.organisation.name, "uscc": "", "share": "0.30", "work": "安装"}]
    told = tender.refused("consortium.register", tender.lot, leader, work="牵头", members=named)
    assert set(told) == {"leader_has_bid"} and not Entry.objects.filter(outcome="refused").exists()
    tender.do("bid.withdraw", bid, leader)
    registered(tender, leader, post)


@pytest.mark.long
def test_a_sealed_bid_that_leaves_out_who_confirmed_is_out() -> None:
    tender = SealedTender().announced(**ACCEPTED)
    devices = [tender.device() for _ in range(3)]
    post = make_supplier()
    made = registered(tender, devices[0].post, post)
    tender.do("consortium.confirm", row_of(made, post), post, commitment=True)
    for device, price in zip(devices, ("900000.00", "910000.00", "920000.00"), strict=True):
        tender.hand_in(device, price)
    _opened(tender, devices)
    out = out_of(tender)
    assert set(out) == {devices[0].post.organisation_id}
    assert f"“{post.organisation.name}”没有列入投标文件" in out[devices[0].post.organisation_id]


def test_after_the_deadline_nobody_joins() -> None:
    tender = Tender().published(**ACCEPTED)
    leader, post = tender.supplier(size="large"), make_supplier()
    row = row_of(registered(tender, leader, post), post)
    tender.now = CLOSES
    found = {one.code for one in can(ACTIONS["consortium.confirm"], row, by=post, now=CLOSES)}
    assert found & {"late_bid", "wrong_stage"}


# --- who knows -----------------------------------------------------------------------------------------------------


def test_until_the_opening_only_leader_and_members_know() -> None:
    """87号令 art. 28."""
    tender = Tender().published(**ACCEPTED)
    leader, post, stranger = tender.supplier(size="large"), make_supplier(), tender.supplier()
    made = registered(tender, leader, post)
    tender.do("consortium.confirm", row_of(made, post), post, commitment=True)

    def seen_by(one: Post | None, now: datetime.datetime) -> bool:
        found = visible_consortia(one, now).exists()
        assert found is visible_members(one, now).exists()
        return found

    outside = (None, stranger, tender.officer, tender.reviewer, tender.agent_post)
    assert [seen_by(one, tender.now) for one in outside] == [False] * 5
    assert seen_by(leader, tender.now) and seen_by(post, tender.now)
    for one in (stranger, tender.officer, tender.agent_post):
        assert not entries([tender.case.ref], post=one, is_open=False).filter(action__startswith="consortium.").exists()
    version = tender.case.version
    tender.case.refresh_from_db()
    assert tender.case.version == version  # the version is public
    data = Entry.objects.get(action="consortium.register").payload.data
    assert post.organisation.name not in str(data) and set(data["input"]) == {"agreement"}
    assert made.agreement == data["input"]["agreement"]
    tender.do("bid.submit", tender.lot, leader, **offer(), partners=[member(post.organisation)])
    tender.bids("910000", "920000")
    tender.open()
    assert [seen_by(one, tender.now) for one in outside] == [False, False, True, True, True]


# --- what was published before ----------------------------------------------------------------------------------


def test_a_document_of_before_keeps_its_terms_and_its_copy_does_not() -> None:
    """Its bidders could register nothing: whom the bid names takes part, as it did then."""
    tender = Tender()
    tender.describe(**ACCEPTED)
    Solicitation.objects.filter(case=tender.case).update(members_confirm=False)
    tender.confirm()
    tender.publish()
    leader, post = tender.supplier(size="large"), make_supplier(uscc=CODE)
    tender.do("bid.submit", tender.lot, leader, **offer(), partners=[member(post.organisation)])
    tender.bids("910000", "920000")
    tender.open()
    assert out_of(tender) == {}
    [bid] = [one.bid for one in standings(tender.lot) if one.bid.supplier_id == leader.organisation_id]
    assert names_of(bid) == {leader.organisation.name, post.organisation.name}
    assert [one["name"] for read in rows.read(tender.case).opened(tender.now) for one in rows.consortium(read)] == [
        leader.organisation.name, post.organisation.name, *(one.organisation.name for one in tender.suppliers[1:])
    ]  # fmt: skip
    assert FRESH["members_confirm"] is True


# --- a bid that names another supplier -----------------------------------------------------------------------------


@pytest.mark.long
def test_a_sealed_bid_that_names_a_competitor_takes_out_itself_alone() -> None:
    """Nobody reads whom an envelope names before it lies open; the competitor has confirmed nothing."""
    tender = SealedTender().announced(**ACCEPTED)
    devices = [tender.device() for _ in range(4)]
    competitor, attacker = devices[0].post.organisation, devices[3]
    for device, price in zip(devices, ("900000.00", "910000.00", "920000.00"), strict=False):
        tender.hand_in(device, price)
    tender.hand_in(attacker, "890000.00", partners=[member(competitor, "0.3000")])
    _opened(tender, devices)
    out = out_of(tender)
    assert set(out) == {attacker.post.organisation_id}
    assert f"“{competitor.name}”没有在投标截止前通过平台确认联合协议" in out[attacker.post.organisation_id]
    # Nor does what is published make it one of that bid's bidders.
    published = [[one["name"] for one in rows.consortium(bid)] for bid in rows.read(tender.case).opened(tender.now)]
    assert sorted(published) == sorted([one.post.organisation.name] for one in devices)


@pytest.mark.long
def test_a_sealed_bid_of_a_consortium_is_as_it_was_agreed() -> None:
    """One as agreed, one with another share than its member confirmed: only that one is out."""
    tender = SealedTender().announced(**ACCEPTED)
    devices = [tender.device() for _ in range(3)]
    members = [make_supplier() for _ in range(2)]
    for device, post in zip(devices, members, strict=False):
        made = registered(tender, device.post, post)
        # What cannot be read is not asked; that a member is still to confirm is known, and said before the upload.
        with pytest.raises(Refused) as refused:
            tender.do("bid.upload", tender.lot, device.post, idem="0" * 32)
        assert "尚未确认" in refused.value.refusals[0].zh
        tender.do("consortium.confirm", row_of(made, post), post, commitment=True)
    tender.hand_in(devices[0], "900000.00", partners=[member(members[0].organisation, "0.3000")])
    tender.hand_in(devices[1], "910000.00", partners=[member(members[1].organisation, "0.4000")])
    tender.hand_in(devices[2], "920000.00")
    _opened(tender, devices)
    out = out_of(tender)
    assert set(out) == {devices[1].post.organisation_id}
    assert "与其确认的联合协议不一致" in out[devices[1].post.organisation_id]


@pytest.mark.long
def test_a_member_counts_once_by_whatever_names_a_sealed_bid_calls_it() -> None:
    """Twice the share that it confirmed would be a small enterprise's: by its name, and by its code under another."""
    tender = SealedTender().announced(**ACCEPTED)
    devices = [tender.device() for _ in range(3)]
    post = make_supplier(uscc=CODE)
    made = registered(tender, devices[0].post, post)
    tender.do("consortium.confirm", row_of(made, post), post, commitment=True)
    twice = [member(post.organisation, "0.3000", uscc=""), member(post.organisation, "0.3000", name="示例旧名公司")]
    tender.hand_in(devices[0], "900000.00", partners=twice)
    for device, price in zip(devices[1:], ("910000.00", "920000.00"), strict=True):
        tender.hand_in(device, price)
    _opened(tender, devices)
    out = out_of(tender)
    assert set(out) == {devices[0].post.organisation_id}
    assert "重复" in out[devices[0].post.organisation_id]


def _opened(tender: SealedTender, devices: list[Any]) -> None:
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[3])
    tender.trustee_releases(tender.holders[4])
    tender.unseal()
