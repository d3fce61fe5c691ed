"""Is every envelope opened at the deadline and none before, is a damaged one kept, and where do too few bids lead?"""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.factories import make_post, make_supplier
from tests.tendering.walk import CLOSES, Tender, offer
from yangcai.cases.models import Case, Stage
from yangcai.kernel import documents
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.tasks import derive
from yangcai.parties.roles import Role
from yangcai.tendering import sealing, unsealing
from yangcai.tendering.models import Bid, BidLine, OpenedBid, Opening

pytestmark = pytest.mark.django_db


def stage(tender: Tender, number: str = "1") -> str:
    return Case.objects.get(pk=tender.case.pk).lots.get(number=number).stage_at(tender.now)


def due(tender: Tender) -> set[tuple[str, str]]:
    case = Case.objects.get(pk=tender.case.pk)
    return {(d.action, d.subject) for d in derive(case, now=tender.now) if d.action}


def test_nothing_opens_before_the_deadline() -> None:
    tender = Tender().published()
    tender.bids("900000", "910000", "880000")
    assert "wrong_stage" in tender.refused("opening.begin", tender.case, tender.runner)
    assert not OpenedBid.objects.exists()
    assert not SCOPES[OpenedBid](tender.officer, tender.now).exists()


def test_at_the_deadline_everything_is_read_out_in_order() -> None:
    tender = Tender().published()
    first = tender.bid(tender.supplier(), price="900000", price_in_words="人民币玖拾万元整", preference="small_micro")
    tender.bid(tender.supplier(), price="910000", lines=[])
    tender.bid(tender.supplier(), price="880000")
    opened = tender.open()
    assert [o.price for o in opened] == [Decimal("900000"), Decimal("910000"), Decimal("880000")]
    assert opened[0].bid == first
    assert opened[0].preference == "small_micro"
    assert opened[1].price_in_words == "人民币玖拾壹万元整"
    line = BidLine.objects.get(opened_bid=opened[0])
    assert (line.item, line.quantity, line.unit_price) == ("计算机", Decimal("100"), Decimal("9000"))
    assert SCOPES[OpenedBid](None, tender.now).count() == 3  # read out before everybody
    assert set(tender.refused("opening.begin", tender.case, tender.runner)) == {"opening_begun"}


def test_the_numbers_that_were_sealed_come_out_to_the_cent() -> None:
    tender = Tender().published()
    prices = ["999999.99", "0.01", "123456.70"]
    tender.bids(*prices)
    assert [f"{o.price:.2f}" for o in tender.open()] == prices


def test_a_damaged_envelope_is_recorded_and_the_others_are_opened() -> None:
    tender = Tender().published()
    bids = tender.bids("900000", "910000", "880000")
    path = documents.path_of(bids[1].envelope_id)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    opened = tender.open()
    assert [o.bid for o in opened] == [bids[0], bids[2]]
    bids[1].refresh_from_db()
    assert "损坏" in bids[1].damage
    assert Bid.objects.count() == 3
    tender.conclude()
    assert stage(tender) == Stage.QUALIFICATION  # three came in (87号令 art. 41): qualification is next


def test_what_the_record_says_of_damage_is_short_and_printable(monkeypatch: pytest.MonkeyPatch) -> None:
    tender = Tender().published()
    bids = tender.bids("900000", "910000", "880000", "890000")
    whole = sealing.open_envelope

    def opened(bid: Bid, *, now: datetime.datetime) -> dict[str, Any]:
        if bid.pk == bids[0].pk:
            raise sealing.DamagedEnvelope("a\u202eb\0" + "长" * 500)
        return whole(bid, now=now)

    monkeypatch.setattr(sealing, "open_envelope", opened)
    assert len(tender.open()) == 3
    damage = Bid.objects.get(pk=bids[0].pk).damage
    assert damage.startswith("ab长") and damage.isprintable() and len(damage) <= unsealing.LONGEST_REASON


def test_a_lost_envelope_is_recorded_too() -> None:
    tender = Tender().published()
    bids = tender.bids("900000", "910000", "880000", "890000")
    documents.path_of(bids[0].envelope_id).unlink()
    assert len(tender.open()) == 3
    assert Bid.objects.get(pk=bids[0].pk).damage


def test_fewer_than_three_bids_are_not_opened() -> None:
    tender = Tender().published()
    bids = tender.bids("900000", "910000", "880000")
    tender.do("bid.withdraw", bids[0], tender.suppliers[0])
    assert tender.open() == []
    assert ("lot.declare_unsuccessful", tender.lot.ref) in due(tender)
    tender.conclude()
    assert stage(tender) == Stage.OPENING
    assert ("lot.declare_unsuccessful", tender.lot.ref) in due(tender)


def test_each_lot_goes_its_own_way() -> None:
    tender = Tender(lots=2).published()
    one, two = tender.case.lots.order_by("pk")
    posts = [tender.supplier() for _ in range(3)]
    for post in posts:
        tender.bid(post, lot=one, price="400000")
    tender.bid(posts[0], lot=two, price="390000")
    assert {o.lot for o in tender.open()} == {one}
    tender.conclude()
    assert (stage(tender, "1"), stage(tender, "2")) == (Stage.QUALIFICATION, Stage.OPENING)
    assert Case.objects.get(pk=tender.case.pk).stage_at(tender.now) == Stage.OPENING
    assert {("lot.declare_unsuccessful", two.ref)} == {d for d in due(tender) if d[0] == "lot.declare_unsuccessful"}


def test_bidders_confirm_or_object_and_objections_are_answered() -> None:
    tender = Tender().published()
    tender.bids("900000", "910000", "880000")
    one, two, _three = tender.open()
    assert ("opening.confirm", one.ref) in due(tender)
    assert set(tender.refused("opening.confirm", one, make_supplier())) == {"not_yours"}
    tender.do("opening.confirm", one, tender.suppliers[0])
    tender.do("opening.object", two, tender.suppliers[1], objection="唱标金额有误")
    assert set(tender.refused("opening.confirm", one, tender.suppliers[0])) == {"record_confirmed"}
    assert {s for a, s in due(tender) if a == "opening.confirm"} == {_three.ref}
    found = tender.refused("opening.conclude", tender.case, tender.runner)
    assert found["objection_unanswered"].citation.article == "第四十二条"
    tender.conclude(answer="经核对，唱标金额与密封文件一致")
    record = Opening.objects.get()
    assert (record.concluded_at, record.answer) == (CLOSES, "经核对，唱标金额与密封文件一致")
    assert {"wrong_stage", "opening_not_under_way"} <= set(
        tender.refused("opening.object", two, tender.suppliers[1], objection="再次异议")
    )


def test_the_opening_is_for_whoever_runs_the_case() -> None:
    tender = Tender().published()
    tender.bids("900000", "910000", "880000")
    tender.now = CLOSES
    assert set(tender.refused("opening.begin", tender.case, tender.officer)) == {"agent_runs_the_case"}
    assert set(tender.refused("opening.begin", tender.case, tender.suppliers[0])) == {"role_may_not"}


def test_the_opening_is_begun_before_it_is_concluded_and_ends_once() -> None:
    tender = Tender().published()
    tender.bids("900000", "910000", "880000")
    tender.now = CLOSES
    assert set(tender.refused("opening.conclude", tender.case, tender.runner)) == {"opening_not_under_way"}
    tender.open()
    tender.conclude()
    assert "opening_not_under_way" in tender.refused("opening.conclude", tender.case, tender.runner)
    post = tender.suppliers[0]
    assert "late_bid" in tender.refused("bid.submit", tender.lot, post, **offer())
    assert not {a for a, _s in due(tender)} & {"opening.begin", "opening.conclude", "opening.confirm", "bid.submit"}


def test_the_opening_of_a_suspended_case_waits() -> None:
    tender = Tender().published()
    tender.bids("900000", "910000", "880000")
    order = documents.store_bytes(data=b"%PDF- order", name="暂停通知.pdf")
    data = {"reason": "投诉处理", "until_on": "2026-03-30", "document": order}
    tender.do("case.suspend", tender.case, make_post(Role.TREASURY), **data)
    tender.now = CLOSES
    assert "wrong_stage" in tender.refused("opening.begin", tender.case, tender.runner)
    with pytest.raises(sealing.StillSealed):
        sealing.open_envelope(Bid.objects.first(), now=CLOSES)
    assert not OpenedBid.objects.exists()
