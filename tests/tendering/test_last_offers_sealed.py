"""Are last offers of a consultation sealed by their suppliers, in minutes of their own, and opened all at once?"""

import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from tests.tendering.consultation_walk import Consultation
from tests.tendering.covers_walk import MINUTE
from tests.tendering.sealing_walk import body_of
from tests.tendering.walk import offer, set_database_clock
from yangcai.cases.models import Case, Stage
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.entries import plain
from yangcai.kernel.models import Entry
from yangcai.kernel.tasks import derive
from yangcai.tendering import finalise, policies, share_tests
from yangcai.tendering.models import Bid, BidClosing, FinalOffer, OpenedBid, OpeningPolicy, SealedBid, ShareTest
from yangcai.tendering.queries.sealed import visible_share_tests

pytestmark = pytest.mark.django_db


def due(tender: Consultation) -> set[str]:
    case = Case.objects.get(pk=tender.case.pk)
    return {one.action for one in derive(case, now=tender.now) if one.action}


@pytest.fixture
def tender() -> Consultation:
    return Consultation().talked()


def test_the_round_has_a_policy_of_its_own_and_minutes_for_the_keys(tender: Consultation) -> None:
    closes_at = tender.asked(window=5)
    found = policies.in_force(tender.lot, round=policies.LAST)
    assert (found.closes_at, found.opens_at, found.window_seconds, found.revision) == (closes_at, closes_at, 300, 1)
    first = policies.in_force(tender.lot)
    assert found.digest != first.digest and found.threshold == first.threshold
    assert "final_offer.upload" in due(tender) and "final_offer.submit" not in due(tender)
    device = tender.devices_in_order[0]
    clear = tender.refused(
        "final_offer.submit", tender.lot, device.post, price="1.00", lines=offer("1.00")["lines"], delivery=""
    )
    assert set(clear) == {"sealed_by_the_bidder"}


def test_from_the_last_offers_to_prices_that_lie_open_together(tender: Consultation) -> None:
    closes_at = tender.asked()
    sealed = [tender.last(d, p) for d, p in zip(tender.devices_in_order, ("870000", "880000", "860000"), strict=True)]
    receipt = body_of(SealedBid.objects.latest("pk").note)
    assert receipt["tender"].split()[7:] == ["round", "1"]
    better = tender.last(tender.devices_in_order[0], "850000")
    tender.now = closes_at - datetime.timedelta(microseconds=1)
    assert tender.refused("final_offer.open", tender.lot, tender.chair)
    tender.now = closes_at
    assert Case.objects.get(pk=tender.case.pk).lots.get().stage_at(tender.now) == Stage.EVALUATION
    tender.do("final_offer.open", tender.lot, tender.chair)
    closing = BidClosing.objects.get(round=policies.LAST)
    assert closing.size == 3 and not FinalOffer.objects.exists()
    assert due(tender) >= {"bid.release", "opening.unseal"}
    assert set(tender.refused("final_offer.open", tender.lot, tender.chair)) == {"last_offers_closed"}
    for device in (better, *sealed[1:]):
        assert "before_the_barrier" in tender.refused("opening.unseal", tender.lot, tender.runner)
        tender.release(device)
    tender.trustee_releases(tender.holders[3])
    assert not FinalOffer.objects.exists()
    tender.unseal()
    assert [one.price for one in FinalOffer.objects.order_by("opened_bid__bid_id")] == [
        Decimal("850000"),
        Decimal("880000"),
        Decimal("860000"),
    ]
    assert Entry.objects.filter(action="final_offer.submit", outcome="done").count() == 4
    # 政府采购法 art. 38(4): still nobody reads what others asked.
    for device in tender.devices_in_order:
        assert SCOPES[FinalOffer](device.post, tender.now).count() == 1
    assert not SCOPES[FinalOffer](None, tender.now).exists()


def test_late_by_nothing_is_late_and_who_made_none_is_out(tender: Consultation) -> None:
    closes_at = tender.asked()
    sealed = [tender.last(device, "880000") for device in tender.devices_in_order[:2]]
    late = tender.another(tender.devices_in_order[2])
    filled = plain({name: value for name, value in offer("1.00").items() if name in ("price", "lines", "delivery")})
    late.seal(tender.policy(round=policies.LAST), filled, files={}, recovery="auto", round=policies.LAST)
    upload = tender.uploaded(late)
    tender.now = closes_at
    set_database_clock(closes_at)
    with pytest.raises(finalise.TooLate):
        finalise.finalise(finalise.request_of(upload.sid, late.statement(), by=late.post, now=tender.now))
    tender.do("final_offer.open", tender.lot, tender.chair)
    out = OpenedBid.objects.get(supplier=late.post.organisation)
    assert (out.left_at, out.left_reason) == (closes_at, "未在规定时间内提交最后报价")
    for device in sealed:
        tender.release(device)
    tender.trustee_releases(tender.holders[3])
    tender.unseal()
    assert FinalOffer.objects.count() == 2


def test_a_last_offer_whose_supplier_is_absent_is_recovered_by_the_trustees(tender: Consultation) -> None:
    closes_at = tender.asked(window=5)
    sealed = [tender.last(device, "880000") for device in tender.devices_in_order]
    tender.now = closes_at
    tender.do("final_offer.open", tender.lot, tender.chair)
    for device in sealed[:2]:
        tender.release(device)
    tender.now = closes_at + 5 * MINUTE
    tender.trustee_releases(tender.holders[3])
    tender.trustee_releases(tender.holders[1])
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    assert FinalOffer.objects.count() == 3


@pytest.mark.long
@pytest.mark.parametrize(
    ("attack", "name"),
    [
        ("INSERT INTO tendering_bidclosing (lot_id, cover, round, policy_id, leaf_id, closed_at, size, digest,"
         " window_closes_at, extension_reason) SELECT lot_id, 'ALL', 1, {policy}, (SELECT max(id) FROM kernel_leaf),"
         " now(), 0, repeat('0', 64), now(), '' FROM tendering_bidclosing", "no_closing_before_the_deadline"),
        ("INSERT INTO tendering_sharerelease (closing_id, bid_id, post_id, statement, signature, released_at)"
         " SELECT id, {last}, {post}, '', '', now() FROM tendering_bidclosing", "keys_are_released_in_their_window"),
        ("INSERT INTO tendering_finaloffer (opened_bid_id, bid_id, price, price_in_words, delivery, opened_at)"
         " VALUES ({opened}, {last}, 1, '', '', now())", "no_opening_before_the_deadline"),
        ("UPDATE tendering_sealedbid SET price = '{{}}' WHERE bid_id = {last}", "no_opening_before_the_shares"),
    ],
)  # fmt: skip
def test_whoever_writes_to_the_database_reads_no_last_offer_before(
    attack: str, name: str, tender: Consultation
) -> None:
    tender.asked()
    tender.last(tender.devices_in_order[0], "880000")
    bid = Bid.objects.get(stage=Stage.FINAL_OFFER)
    ids = {
        "last": bid.pk,
        "opened": OpenedBid.objects.get(supplier=bid.supplier).pk,
        "policy": OpeningPolicy.objects.get(round=policies.LAST).pk,
        "post": bid.submitted_by_id,
    }
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack.format(**ids))
    assert refused.value.__cause__.diag.constraint_name == name


def test_where_bids_came_in_the_clear_so_do_last_offers() -> None:
    tender = Consultation()
    assert policies.in_force(tender.lot) is None
    policies.begin_last_offers(tender.lot, window_seconds=60, now=tender.now)
    assert not OpeningPolicy.objects.exists()


def test_the_first_opening_tells_nobody_of_shares_of_last_offers(
    tender: Consultation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round 0 of the same cover lies open: what was tried of round 1 would tell how many last offers there are."""
    tender.asked()
    tender.last(tender.devices_in_order[0], "880000")
    bid = Bid.objects.get(stage=Stage.FINAL_OFFER)
    platform = tender.holders[0]
    ShareTest.objects.create(bid=bid, trustee=platform.row, tested_by=platform.post, tested_at=tender.now, fault="")
    assert not visible_share_tests(tender.runner, tender.now).exists()
    monkeypatch.setattr(share_tests, "try_own", pytest.fail)  # nor does the worker try what came in long ago
    assert share_tests.try_what_came_in(now=tender.now) == 0
    assert share_tests.untested(tender.lot, platform.row).exists()  # of the first offers nobody had
