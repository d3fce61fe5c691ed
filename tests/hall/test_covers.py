"""Does a hall with two covers show technical bids first, and the prices only when theirs were opened together?"""

import pytest
from django.test import Client
from django.urls import reverse

from tests.hall.test_state import BIDDERS, PRICES, SECRETS, public_text, state
from tests.tendering.covers_walk import MINUTE, TwoCovers
from tests.told import told
from tests.www.conftest import clock as clock
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.kernel.actions import SCOPES
from yangcai.tendering.models import BidClosing
from yangcai.tendering.queries.hall import Phase, Seal
from yangcai.www.hall.board import board

pytestmark = pytest.mark.django_db

ASKED = tuple(secret for secret in SECRETS if secret not in BIDDERS)


def handed_in() -> TwoCovers:
    return told(handed_in, _handed_in)


def _handed_in() -> TwoCovers:
    tender = TwoCovers().announced()
    for name, price in zip(BIDDERS, PRICES, strict=True):
        device = tender.device(tender.supplier(name=name))
        tender.hand_in_technical(device)
        tender.technical.append(device)
        tender.prices.append(tender.another(device))
        tender.hand_in_price(tender.prices[-1], price)
    return tender


@pytest.mark.long
def test_a_half_bid_gives_nobody_away_while_keys_are_released(clock: Clock) -> None:
    """A cover that is left out at once must not look like one that was opened."""
    tender = handed_in()
    lonely = tender.device()
    tender.hand_in_technical(lonely)
    tender.begin()
    hall = state(tender)
    assert hall.phase == Phase.RELEASES and [lot.lines for lot in hall.lots] == [(), ()]
    follow(tender, clock)
    assert [secret for secret in SECRETS if secret in public_text(tender)] == []


@pytest.mark.long
def test_the_prices_have_an_opening_of_their_own(clock: Clock) -> None:
    tender = handed_in()
    tender.open_technical()
    technical, prices = state(tender).lots
    assert (technical.cover, technical.phase) == ("TECH", Phase.CONCLUDED)
    assert [(line.seal, line.price) for line in technical.lines] == [(Seal.OPENED, None)] * 3
    assert prices.is_to_come and prices.lines == ()
    assert state(tender).phase == Phase.CONCLUDED, "nobody waits in the hall for the committee"
    follow(tender, clock)
    text = public_text(tender)
    assert "技术评审结束后，只开启通过技术评审的投标人的报价信封" in text
    assert [secret for secret in ASKED if secret in text] == []

    tender.qualify()
    tender.judge()
    tender.conclude_technical()
    hall = state(tender)
    assert (hall.phase, hall.clock_until) == (Phase.RELEASES, BidClosing.objects.get(cover="PRICE").window_closes_at)
    assert hall.lots[1].lines == () and hall.lots[1].bids is None
    inside = state(tender, inside=True).lots[1]
    assert [line.supplier for line in inside.lines] == list(BIDDERS) and {line.price for line in inside.lines} == {None}
    follow(tender, clock)
    assert "请解密本单位投标" in text_of(at_desk(tender.suppliers[0]).get(reverse("hall_mine", args=[tender.case.pk])))
    for device in tender.prices:
        tender.release(device)
    tender.trustee_releases(tender.holders[3])
    assert state(tender).phase == Phase.TRUSTEES
    follow(tender, clock)
    assert [secret for secret in ASKED if secret in public_text(tender)] == [], "enough shares, nothing opened yet"
    tender.unseal()
    hall = state(tender)
    assert hall.phase == Phase.CONCLUDED
    assert [f"{line.price}" for line in hall.lots[1].lines] == list(PRICES)
    assert {line.is_price_proven for line in hall.lots[1].lines} == {True}
    assert [line.price for line in hall.lots[0].lines] == [None] * 3
    follow(tender, clock)
    room = text_of(Client().get(reverse("hall", args=[tender.case.pk])))
    assert "876,543.21" in room and "报价信封" in room
    of_case = Client().get(reverse("public_case", args=[tender.case.pk]), {"tab": "results"})
    assert "876,543.21" in text_of(of_case)
    record = text_of(Client().get(reverse("hall_record", args=[tender.case.pk])))
    assert "在报价信封中，尚未开启" in record and "876,543.21" not in record


@pytest.mark.long
def test_who_did_not_go_on_is_not_named_before_the_prices_are_read(clock: Clock) -> None:
    tender = handed_in()
    extra = tender.device(tender.supplier(name="隐名丁有限公司"))
    tender.hand_in_technical(extra)
    tender.technical.append(extra)
    tender.prices.append(tender.another(extra))
    tender.hand_in_price(tender.prices[-1], "844444.44")
    tender.open_technical()
    tender.qualify()
    before = board(state(tender), now=tender.now).by_id[f"lot-{tender.lot.pk}-price"].html
    tender.judge(failing=[3])
    assert board(state(tender), now=tender.now).by_id[f"lot-{tender.lot.pk}-price"].html == before
    tender.conclude_technical()
    assert state(tender).lots[1].lines == ()
    closing = BidClosing.objects.get(cover="PRICE")
    for post, sees in ((None, False), (tender.suppliers[0], False), (tender.runner, True)):
        assert SCOPES[BidClosing](post, tender.now).filter(pk=closing.pk).exists() is sees
    tender.now += MINUTE
    tender.open_prices(of=[0, 1, 2])
    assert [line.supplier for line in state(tender).lots[1].lines] == list(BIDDERS)
    assert SCOPES[BidClosing](None, tender.now).filter(pk=closing.pk).exists()
    follow(tender, clock)
    assert "844,444.44" not in public_text(tender)
