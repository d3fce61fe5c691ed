"""Does a bid that its bidder sealed come in in time, once, with a receipt that commits to it and tells nothing?"""

import datetime

import pytest
from django.db import connection, transaction

from tests.tendering.sealing_walk import SealedTender, body_of, three
from tests.tendering.walk import CLOSES, set_database_clock
from yangcai.kernel.encoding import timestamp
from yangcai.kernel.leaf_lines import blinded
from yangcai.kernel.models import Entry
from yangcai.kernel.tlog import note, tree
from yangcai.sealing.receipt import Receipt
from yangcai.tendering import finalise, unsealing
from yangcai.tendering.models import BidClosing

pytestmark = pytest.mark.django_db


def test_the_leaf_in_the_receipt_is_the_blinded_line() -> None:
    tender = SealedTender().announced()
    sealed = tender.hand_in(tender.device())
    line, secret = bytes(sealed.leaf.line), sealed.leaf.secret
    assert line == blinded(nonce=bytes(secret.nonce), body=bytes(secret.body)) and len(line) == 50
    said = Receipt.parse(note.parse(sealed.note.encode()).text)
    assert said.leaf == tree.leaf_hash(line)
    assert timestamp(sealed.bid.received_at).encode() in bytes(secret.body)


def test_nothing_in_the_database_tells_the_price() -> None:
    tender = SealedTender().announced()
    tender.hand_in(tender.device(), "734561.89", brand="金丝雀")
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE ANY (%s)', [["%734561%", "%金丝雀%"]])
            assert cursor.fetchone() == (0,), table


def test_an_entry_is_written_once_at_the_time_of_the_receipt() -> None:
    tender = SealedTender().announced()
    sealed = tender.hand_in(tender.device())
    assert not Entry.objects.filter(action="bid.submit").exists()
    assert [finalise.note_in(now=tender.now) for _ in range(2)] == [1, 0]
    entry = Entry.objects.get(action="bid.submit")
    assert (entry.at, entry.organisation_id) == (sealed.bid.received_at, sealed.bid.supplier_id)
    assert entry.payload.data["input"] == {
        "receipt": sealed.bid.receipt,
        "revision": 1,
        "envelope": sealed.bid.envelope_id,
    }


def test_the_stamp_is_read_after_the_locks_and_held_against_the_deadline_to_the_microsecond() -> None:
    tender = SealedTender().announced()
    device = tender.device()
    upload = tender.sealed(device)
    asked = finalise.request_of(upload.sid, device.statement(), by=device.post, now=tender.now)
    set_database_clock(CLOSES)
    with transaction.atomic():
        (late,) = finalise.receive([asked])
    assert isinstance(late, finalise.TooLate)
    set_database_clock(CLOSES - datetime.timedelta(microseconds=1))
    taken = finalise.finalise(asked)
    assert body_of(taken.note)["received"] == timestamp(CLOSES - datetime.timedelta(microseconds=1))


def test_a_replaced_bid_is_never_in_the_close_set() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    old = devices[0].header.sha256
    tender.hand_in(devices[0], "870000.00")
    tender.begin()
    closing = BidClosing.objects.get()
    assert closing.size == 3 and old not in unsealing.in_close_set(closing)
