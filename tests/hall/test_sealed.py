"""Where bidders sealed their bids: does the hall go through its phases, and does nothing come before the barrier?"""

import datetime
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tests.hall.test_state import BIDDERS, PRICES, SECRETS, state
from tests.tendering.sealing_walk import Device, SealedTender
from tests.tendering.walk import CLOSES
from tests.www.conftest import clock as clock
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.kernel import documents
from yangcai.kernel.encoding import parse_jcs
from yangcai.tendering import price_proof
from yangcai.tendering.models import Opening, SealedBid
from yangcai.tendering.queries.hall import Clock as Waits
from yangcai.tendering.queries.hall import Phase, Seal
from yangcai.www.hall.board import board

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)


def sealed(*recoveries: str) -> tuple[SealedTender, list[Device]]:
    tender = SealedTender().announced(confirmation_minutes=10)
    devices = [tender.device(tender.supplier(name=name)) for name in BIDDERS]
    for device, price, recovery in zip(devices, PRICES, recoveries or ("auto",) * 3, strict=True):
        tender.hand_in(device, price, recovery=recovery)
    return tender, devices


def outside(tender: SealedTender, clock: Clock) -> str:
    """What those outside read, and a bidder of its rivals."""
    follow(tender, clock)
    addresses = [reverse(name, args=[tender.case.pk]) for name in ("hall", "hall_board", "hall_mine")]
    public = "".join(text_of(Client().get(address)) for address in addresses)
    bidder = "".join(text_of(at_desk(tender.suppliers[1]).get(address)) for address in addresses)
    return public + bidder.replace(BIDDERS[1], "")


@pytest.mark.long
def test_the_phases_follow_the_keys_and_nothing_shows_before_the_barrier(clock: Clock) -> None:
    tender, devices = sealed()
    tender.begin()
    hall = state(tender)
    assert (hall.phase, hall.clock, hall.clock_until) == (Phase.RELEASES, Waits.RELEASES, CLOSES + 30 * MINUTE)
    before = outside(tender, clock)
    for device in devices[:2]:
        tender.release(device)
    inside = state(tender, inside=True).lots[0]
    assert [line.seal for line in inside.lines] == [Seal.RELEASED, Seal.RELEASED, Seal.SEALED]
    assert (inside.released, inside.bids, inside.trustees, inside.trustees_needed) == (2, 3, 0, 2)
    assert {line.price for line in inside.lines} == {None}
    now = outside(tender, clock)
    assert [secret for secret in SECRETS if secret in before + now] == []
    assert board(state(tender), now=tender.now).whole.count("<tr") == 0
    tender.release(devices[2])
    assert state(tender).phase == Phase.TRUSTEES
    waiting = board(state(tender), now=tender.now).whole
    assert "受托人已释放 0 份份额；投标人已解密的，满 2 份方可开启" in waiting
    assert "等待受托人释放份额" in waiting and "受托人份额已经足够" not in waiting
    for holder in tender.holders[1:3]:
        tender.trustee_releases(holder)
    assert [secret for secret in SECRETS if secret in outside(tender, clock)] == [], "enough shares, nothing opened yet"
    assert state(tender).lots[0].trustees == 3, "the platform's followed the first"
    more = board(state(tender), now=tender.now).whole
    assert "受托人已释放 3 份份额，已满足投标人已解密的所需 2 份" in more  # more than are needed, and no fraction
    assert "受托人份额已经足够" in more and "等待受托人释放份额" not in more
    tender.unseal()
    hall = state(tender)
    assert (hall.phase, hall.clock_until) == (Phase.CONFIRMATION, tender.now + 10 * MINUTE)
    assert [(line.supplier, f"{line.price}") for line in hall.lots[0].lines] == list(zip(BIDDERS, PRICES, strict=True))
    assert {line.is_price_proven for line in hall.lots[0].lines} == {True}
    assert "报价与投标前的承诺一致" in outside(tender, clock)


def test_while_keys_are_released_that_is_the_bidders_first_button_and_the_host_waits(clock: Clock) -> None:
    tender, _devices = sealed()
    tender.begin()
    follow(tender, clock)
    address = reverse("hall_mine", args=[tender.case.pk])
    bidder = at_desk(tender.suppliers[0]).get(address).content.decode()
    assert re.findall(r'class="button primary"[^>]*>([^<]+)', bidder) == ["在线解密"] and "开标签到" in bidder
    host = at_desk(tender.runner).get(address).content.decode()
    assert "延长解密时限" in host and "目前没有需要您办理的事项" in host
    assert "button primary" not in re.sub(r"<form.*?</form>", "", host, flags=re.DOTALL)


def test_a_price_that_is_not_the_committed_one_is_not_called_proven() -> None:
    tender, devices = sealed()
    tender.begin()
    for device in devices:
        tender.release(device)
    for holder in tender.holders[1:3]:
        tender.trustee_releases(holder)
    tender.unseal()
    bid = SealedBid.objects.order_by("pk")[0].bid
    assert price_proof.holds(bid, bid.opened.price) is True
    assert price_proof.holds(bid, bid.opened.price - 1) is False
    bid.sealed.price = bid.sealed.price.replace(PRICES[0], "1.00")
    assert price_proof.holds(bid, Decimal("1.00")) is False, "the commitment is to another offer"


@pytest.mark.long
def test_when_the_window_ends_the_absent_are_recovered_or_stay_sealed(clock: Clock) -> None:
    tender, devices = sealed("auto", "auto", "never")
    tender.begin()
    tender.release(devices[0])
    tender.now += 31 * MINUTE
    assert state(tender).phase == Phase.TRUSTEES, "the time alone did that"
    for holder in tender.holders[1:3]:
        tender.trustee_releases(holder)
    tender.unseal()  # the first has its own shares and three trustees'; the second one waits for a fourth
    hall = state(tender)
    assert hall.phase == Phase.RECOVERY
    assert [line.seal for line in hall.lots[0].lines] == [Seal.OPENED, Seal.SEALED, Seal.DAMAGED]
    assert "bids_still_sealed" in tender.refused("opening.conclude", tender.case, tender.runner)
    tender.trustee_releases(tender.holders[3])
    tender.unseal()
    hall = state(tender)
    assert hall.phase == Phase.CONFIRMATION
    assert [line.seal for line in hall.lots[0].lines] == [Seal.OPENED, Seal.OPENED, Seal.DAMAGED]


@pytest.mark.long
def test_a_suspension_keeps_the_envelopes_shut() -> None:
    tender, devices = sealed()
    tender.begin()
    tender.do("opening.suspend", tender.case, tender.runner, reason="核查")
    for device in devices:
        tender.release(device)
    found = tender.refused(
        "trustee.release",
        tender.lot,
        tender.holders[1].post,
        message=tender.trustee_message(tender.holders[1]).content.decode(),
    )
    assert set(found) == {"opening_suspended"}
    assert set(tender.refused("opening.unseal", tender.lot, tender.runner)) == {"opening_suspended"}
    tender.do("opening.resume", tender.case, tender.runner)
    for holder in tender.holders[1:3]:
        tender.trustee_releases(holder)
    tender.unseal()
    tender.now += 10 * MINUTE
    tender.conclude()
    record = parse_jcs(documents.read(Opening.objects.get().record))
    assert [bid["price_proven"] for bid in record["lots"][0]["bids"]] == [True] * 3
    assert len(record["suspensions"]) == 1
