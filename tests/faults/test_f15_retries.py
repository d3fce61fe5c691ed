"""F15: do repeated and simultaneous requests leave one bid with one receipt, and is another body refused?"""

from typing import Any

import pytest

from tests.faults.at_once import at_once
from tests.faults.judge import submitted
from tests.tendering.sealing_walk import SealedTender
from yangcai.sealing.statement import Client
from yangcai.tendering import finalise
from yangcai.tendering.models import Bid, SealedBid

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_times_the_same_key_is_one_bid_and_another_body_is_refused(tells: Any) -> None:
    tender = SealedTender().announced()
    device = tender.device()
    upload = tender.sealed(device)
    same, other = device.statement(), device.statement(client=Client("other", "2", bytes(32)))
    asked = [finalise.request_of(upload.sid, message, by=device.post, now=tender.now) for message in (same, other)]

    def ask(index: int) -> Any:
        try:
            return finalise.finalise(asked[0]).note
        except finalise.Mismatch as mismatch:
            return mismatch

    notes = at_once(50, ask)
    sealed = SealedBid.objects.get()
    assert notes == [sealed.note] * 50
    assert Bid.objects.count() == submitted() == 1
    with pytest.raises(finalise.Mismatch):
        finalise.finalise(asked[1])
    tells(requests=51, bids=Bid.objects.count(), receipts_too_many=len(set(notes)) - 1)


def test_of_two_statements_at_the_same_moment_one_is_taken_and_the_other_refused(tells: Any) -> None:
    tender = SealedTender().announced()
    device = tender.device()
    upload = tender.sealed(device)
    messages = [device.statement(client=Client("client", str(n), bytes(32))) for n in range(2)]
    asked = [finalise.request_of(upload.sid, message, by=device.post, now=tender.now) for message in messages]

    def ask(index: int) -> Any:
        try:
            return finalise.finalise(asked[index % 2]).note
        except finalise.Mismatch:
            return "SB002"

    told = at_once(12, ask)
    sealed = SealedBid.objects.get()
    won = [request.statement for request in asked].index(sealed.statement)
    assert told == [sealed.note if index % 2 == won else "SB002" for index in range(12)]
    tells(requests=12, bids=Bid.objects.count(), receipts_too_many=len(set(told) - {"SB002"}) - 1)


def test_a_suppliers_two_devices_at_once_leave_one_live_bid(tells: Any) -> None:
    tender = SealedTender().announced()
    first = tender.device()
    uploads = []
    for price in ("900000.00", "890000.00"):
        upload = tender.sealed(first, price)
        uploads.append(finalise.request_of(upload.sid, first.statement(), by=first.post, now=tender.now))
    notes = at_once(2, lambda index: finalise.finalise(uploads[index]).note)
    assert len(set(notes)) == 2
    assert sorted(Bid.objects.values_list("revision", flat=True)) == [1, 2]
    assert Bid.objects.filter(replaced_at__isnull=True).get().revision == 2
    tells(requests=2, bids=2, receipts_too_many=len(set(notes)) - 2)
