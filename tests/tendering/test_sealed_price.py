"""Is the price that is read out the one committed to, is only that published, and does no second one count?"""

import io
import secrets
from decimal import Decimal
from typing import Any

import pytest

from tests.tendering.sealing_walk import Device, SealedTender, three
from tests.tendering.walk import offer
from yangcai.kernel import documents
from yangcai.kernel.encoding import parse_jcs
from yangcai.kernel.entries import plain
from yangcai.sealing import schedule
from yangcai.sealing.payload import Source
from yangcai.sealing.sealer import Sealer, Terms
from yangcai.tendering import envelopes, finalise, price_proof
from yangcai.tendering.models import Bid, OpenedBid, Opening, SealedBid

pytestmark = pytest.mark.django_db


def test_what_is_published_with_the_salt_is_what_was_read_out() -> None:
    """Unit prices, partners and brands are the bidder's: they come out of the envelope, and not into the record."""
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    tender.conclude()
    for sealed in SealedBid.objects.all():
        assert set(parse_jcs(sealed.price.encode())) == {"price", "price_in_words", "delivery"}
    assert all(one.lines.exists() for one in OpenedBid.objects.all())
    assert not any(one.files.filter(name=schedule.NAME).exists() for one in OpenedBid.objects.all())
    record = documents.read(Opening.objects.get().record)
    assert b"unit_price" not in record and record.count(b'"price_salt":"') == 3


def test_an_envelope_with_the_whole_form_in_its_price_is_opened_too() -> None:
    """Another client may commit to all of it; it chose to have it published."""
    tender = SealedTender().announced()
    devices = three(tender)
    own = {**plain(offer("880000.00")), "price_in_words": ""}
    own.pop("commitment")
    reseal(tender, devices[0], price=own)
    opened_together(tender, devices)
    assert OpenedBid.objects.get(supplier=devices[0].post.organisation).price == Decimal("880000.00")
    assert "unit_price" in SealedBid.objects.get(header_digest=devices[0].header.sha256.hex()).price


@pytest.mark.long
@pytest.mark.parametrize("rest", [b"nothing", b'{"price":"1.00"}', b'{"brand": "x"}'])
def test_a_second_price_in_the_rest_of_the_form_counts_for_nothing(rest: bytes) -> None:
    tender = SealedTender().announced()
    devices = [*three(tender), tender.device()]
    tender.hand_in(devices[3])
    reseal(tender, devices[0], price={"price": "880000.00", "price_in_words": ""}, rest=rest)
    opened_together(tender, devices)
    assert "报价表格式有误" in Bid.objects.get(supplier=devices[0].post.organisation, replaced_at=None).damage
    assert OpenedBid.objects.count() == 3


def test_money_in_fen_and_money_in_yuan_are_the_same_price() -> None:
    """The browser writes whole fen, a program may write yuan as a text."""
    tender = SealedTender().announced()
    devices = three(tender)
    own = {**plain(offer("880000.50")), "price_in_words": ""}
    own.pop("commitment")
    price, rest = schedule.split(own)
    reseal(tender, devices[0], price={**price, "price": 88_000_050}, rest=schedule.content(rest))
    opened_together(tender, devices)
    opened = OpenedBid.objects.get(supplier=devices[0].post.organisation)
    assert opened.price == Decimal("880000.50") and price_proof.holds(opened.bid, opened.price)
    assert not price_proof.holds(opened.bid, Decimal("88000050"))


def reseal(tender: SealedTender, device: Device, *, price: dict[str, Any], rest: bytes = b"") -> None:
    """Replace a bid by one that lies in its envelope in just this way."""
    terms = Terms(tender.policy(), supplier=device.post.organisation.uscc, recovery="auto")
    files = [Source(schedule.NAME, schedule.TYPE, lambda: io.BytesIO(rest))] if rest else []
    device.sealer, out = Sealer(terms, price=price, sources=files), io.BytesIO()
    device.imprint = device.sealer.write(out)
    device.content, device.idem = out.getvalue(), secrets.token_bytes(16)
    upload = tender.do("bid.upload", tender.lot, device.post, idem=device.idem.hex()).value
    tender.parts(upload, device.content)
    upload = envelopes.verify(upload, header=device.header.content, now=tender.now)
    finalise.finalise(finalise.request_of(upload.sid, device.statement(), by=device.post, now=tender.now))


def opened_together(tender: SealedTender, devices: list[Device]) -> None:
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
