"""Do bids that share one transaction each have their own stamp, leaf, receipt and refusal?"""

import datetime
import json
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from tests.faults.at_once import at_once
from tests.tendering.sealing_walk import Device, SealedTender, body_of
from tests.tendering.walk import CLOSES
from yangcai.kernel.models import Entry, LeafSecret
from yangcai.sealing.statement import Client
from yangcai.tendering import finalise
from yangcai.tendering.models import Bid, BidUpload, SealedBid

pytestmark = pytest.mark.django_db(transaction=True)


def asked(tender: SealedTender, device: Device, **changes: Client) -> finalise.Request:
    upload = BidUpload.objects.filter(post=device.post).latest("pk")
    return finalise.request_of(upload.sid, device.statement(**changes), by=device.post, now=tender.now)


def sealed(tender: SealedTender, number: int) -> list[Device]:
    """So many bidders, each with a verified upload, in the order in which a batch stands."""
    devices = [tender.device() for _n in range(number)]
    for device in devices:
        tender.sealed(device)
    return sorted(devices, key=lambda device: device.post.organisation.uscc)


def together(requests: list[finalise.Request]) -> list[finalise.Outcome]:
    with transaction.atomic():
        return finalise.receive(requests)


def test_each_gets_its_own_receipt_and_line() -> None:
    tender = SealedTender().announced()
    devices = sealed(tender, 3)
    outcomes = together([asked(tender, device) for device in devices])
    assert all(isinstance(one, finalise.Taken) and not one.again for one in outcomes)
    for device, one in zip(devices, outcomes, strict=True):
        kept = SealedBid.objects.get(pk=one.bid)
        assert kept.bid.supplier_id == device.post.organisation_id and kept.note == one.note
        assert body_of(one.note)["supplier"] == device.post.organisation.uscc
        assert body_of(one.note)["header"] == f"sha256:{device.header.sha256.hex()}"
        said = json.loads(bytes(LeafSecret.objects.get(leaf_id=kept.leaf_id).body))
        assert said["header_sha256"] == device.header.sha256.hex() == kept.header_digest
        assert said["supplier"] == device.post.organisation.uscc


def test_a_refusal_among_others_is_only_its_own() -> None:
    tender = SealedTender().announced()
    devices = sealed(tender, 4)
    known, other, waits, good = (asked(tender, device) for device in devices)
    first = finalise.finalise(known)
    finalise.finalise(other)
    mismatch = asked(tender, devices[1], client=Client("other", "2", bytes(32)))
    with connection.cursor() as cursor:  # as if it had been asked for before it was verified
        cursor.execute("ALTER TABLE tendering_bidupload DISABLE TRIGGER upload_frozen")
        cursor.execute("UPDATE tendering_bidupload SET verified_at = NULL WHERE id = %s", [waits.upload])
        cursor.execute("ALTER TABLE tendering_bidupload ENABLE TRIGGER upload_frozen")
    outcomes = together([known, mismatch, waits, good])
    assert [type(one) for one in outcomes] == [
        finalise.Taken,
        finalise.Mismatch,
        finalise.NotVerified,
        finalise.Taken,
    ]
    assert outcomes[0] == finalise.Taken(first.bid, first.note, again=True)
    assert SealedBid.objects.count() == 3


def of_one_key(tender: SealedTender, number: int) -> list[finalise.Request]:
    """As many suppliers, who all chose the same idempotency key."""
    devices = sealed(tender, number)
    for device in devices:
        device.idem = bytes(16)
        tender.uploaded(device)
    return [asked(tender, device) for device in devices]


def test_a_key_is_its_suppliers_own_whoever_else_chose_it() -> None:
    tender = SealedTender().announced()
    requests = of_one_key(tender, 3)
    assert len({request.idem for request in requests}) == 1
    outcomes = together(requests)
    assert [type(one) for one in outcomes] == [finalise.Taken] * 3
    assert len({one.note for one in outcomes}) == SealedBid.objects.count() == 3
    assert together(requests) == [finalise.Taken(one.bid, one.note, again=True) for one in outcomes]


def test_a_crowd_with_one_key_gets_a_receipt_each_and_the_same_again() -> None:
    tender = SealedTender().announced()
    requests = of_one_key(tender, 4)
    notes = at_once(12, lambda index: finalise.finalise(requests[index % 4]).note)
    assert [notes[index] == notes[index % 4] for index in range(12)] == [True] * 12
    assert len(set(notes)) == Bid.objects.count() == 4


@pytest.fixture
def clock_that_strikes() -> Iterator[None]:
    """The database's clock is asked when a batch begins and for each bid: it strikes between the first bid and the
    second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('yangcai_clock()'::regprocedure)")
        (ordinary,) = cursor.fetchone()
    yield
    with connection.cursor() as cursor:
        cursor.execute(ordinary)
        cursor.execute("DROP SEQUENCE IF EXISTS asked_for_the_time")


def strikes(*, after: int) -> None:
    """The deadline comes when the clock was asked so many times."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE asked_for_the_time")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION yangcai_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT CASE"
            f" WHEN nextval('asked_for_the_time') <= {after} THEN '{CLOSES - datetime.timedelta(microseconds=1)}'"
            f" ELSE '{CLOSES}' END::timestamptz $$"
        )


def test_a_bid_in_time_stays_when_its_neighbour_is_too_late(clock_that_strikes: None) -> None:
    tender = SealedTender().announced()
    requests = [asked(tender, device) for device in sealed(tender, 3)]
    strikes(after=2)
    outcomes = together(requests)
    assert [type(one) for one in outcomes] == [finalise.Taken, finalise.TooLate, finalise.TooLate]
    bid = Bid.objects.get()
    assert bid.received_at == CLOSES - datetime.timedelta(microseconds=1)
    assert SealedBid.objects.get().bid == bid
    assert LeafSecret.objects.filter(leaf__entry__isnull=True, leaf__root=tender.case.ref).count() == 1


@pytest.mark.long
@pytest.mark.parametrize("asked_in_time", [1, 2])
def test_a_bid_stands_where_its_replacement_is_too_late(asked_in_time: int, clock_that_strikes: None) -> None:
    tender = SealedTender().announced()
    device, other = sealed(tender, 2)
    (first,) = together([asked(tender, device)])
    tender.sealed(device)
    requests = [asked(tender, device), asked(tender, other)]
    strikes(after=asked_in_time)  # it is asked for the batch, then for the old bid, then for the new one
    assert [type(one) for one in together(requests)] == [finalise.TooLate, finalise.TooLate]
    assert isinstance(first, finalise.Taken)
    bid = Bid.objects.get()
    assert (bid.pk, bid.replaced_at) == (first.bid, None)


def test_whoever_leaves_out_what_is_late_gets_nothing_in_late(clock_that_strikes: None) -> None:
    tender = SealedTender().announced()
    together([asked(tender, device) for device in sealed(tender, 1)])
    strikes(after=0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL yangcai.late_bids = 'are left out'")
        cursor.execute(
            "INSERT INTO tendering_bid (lot_id, supplier_id, stage, cover, revision, envelope_id, sealed_key,"
            " seal_scheme, receipt, submitted_by_id, received_at, damage) SELECT lot_id, supplier_id, stage, cover, 2,"
            " envelope_id, sealed_key, seal_scheme, receipt || '2', submitted_by_id, received_at, damage"
            " FROM tendering_bid"
        )
        assert cursor.rowcount == 0


@pytest.mark.long
def test_a_crowd_shares_transactions_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tender = SealedTender().announced()
    requests = [asked(tender, device) for device in sealed(tender, 12)]
    sizes: list[int] = []
    ordinary = finalise.receive
    monkeypatch.setattr(finalise, "receive", lambda those: sizes.append(len(those)) or ordinary(those))
    notes = at_once(36, lambda index: finalise.finalise(requests[index % 12]).note)
    assert len(set(notes)) == Bid.objects.count() == SealedBid.objects.count() == 12
    assert {body_of(note)["supplier"] for note in notes} == {request.core.supplier for request in requests}
    assert sum(sizes) >= 36 and max(sizes) > 1
    assert finalise.note_in(now=tender.now, wait=True) == 12
    entries = Entry.objects.filter(action="bid.submit").order_by("seq")
    assert [entry.subject for entry in entries] == [bid.ref for bid in Bid.objects.order_by("sealed__leaf_id")]
    assert {entry.payload.data["input"]["receipt"] for entry in entries} == set(
        Bid.objects.values_list("receipt", flat=True)
    )
