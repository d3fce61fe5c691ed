"""F12: does only the database's clock decide, whatever time the web process believes it is, and to which it jumps?

The judge is what bidders have in hand: their receipts, with the times in them, and the refusals.
"""

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.api.test_sbp import Bidder
from tests.faults import process
from tests.faults.judge import Journal, judged
from tests.faults.rows import WHOLE
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import CLOSES, set_database_clock
from yangcai.kernel import log_keys
from yangcai.kernel.verifying import receipt
from yangcai.tendering import finalise
from yangcai.tendering.models import BidUpload

pytestmark = pytest.mark.django_db(transaction=True)
LAST_MOMENT = CLOSES - datetime.timedelta(microseconds=1)
HOUR, DAY = 3600, 86400
OFF = [-DAY, -HOUR, HOUR, DAY]
#: Where Debian puts what gives a process another time (package libfaketime).
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
#: Seconds between what the site dates an answer and what its clock was set to: it dates by whole seconds.
CLOSE = 2


def told_late(journal: Journal) -> int:
    """Receipts that say themselves that they are late, or are of another moment than the database's."""
    keys, late = [log_keys.signer(log_keys.RECEIPT).verifier], 0
    for note in {note for notes in journal.told.values() for note in notes}:
        found, signed = receipt.parse(note.encode())
        receipt.check_signature(signed, keys)
        assert found.deadline == CLOSES
        late += found.received_at >= found.deadline or found.received_at != LAST_MOMENT
    return late


def tell(tells: Any, journal: Journal, *, early: set[int], late: set[int]) -> None:
    """Whoever was in time holds a receipt, and nobody else."""
    verdict = dataclasses.asdict(judged(journal))
    taken = told_late(journal) + len(late & set(journal.told))
    refused = len(early - set(journal.told))
    whole = {name: verdict[name] for name in WHOLE}
    tells(early=len(early), late=len(late), late_taken=taken, early_refused=refused, **whole)
    assert (taken, refused) == (0, 0) and not any(whole.values())


@pytest.mark.long
@pytest.mark.parametrize("off", OFF)
def test_only_the_databases_clock_decides(tells: Any, off: int) -> None:
    tender, journal = SealedTender().announced(), Journal()
    early, late = tender.device(), tender.device()
    uploads = [tender.sealed(device) for device in (early, late)]
    wrong = datetime.timedelta(seconds=off)
    asked = [
        finalise.request_of(upload.sid, device.statement(), by=device.post, now=CLOSES + wrong)
        for upload, device in zip(uploads, (early, late), strict=True)
    ]
    set_database_clock(LAST_MOMENT)
    journal.acknowledged(uploads[0].pk, finalise.finalise(asked[0]).note)
    set_database_clock(CLOSES)
    with pytest.raises(finalise.TooLate):
        journal.acknowledged(uploads[1].pk, finalise.finalise(asked[1]).note)
    tell(tells, journal, early={uploads[0].pk}, late={uploads[1].pk})


@pytest.mark.long
@pytest.mark.parametrize(("off", "then"), [*((off, off) for off in OFF), (DAY, -DAY), (HOUR, -HOUR), (-DAY, HOUR)])
def test_so_it_is_at_the_door_of_a_web_process_with_that_clock(
    tells: Any, monkeypatch: pytest.MonkeyPatch, off: int, then: int
) -> None:
    """`then`: to where its clock has jumped when the same bidder asks again, and a late one comes."""
    tender, journal = SealedTender().announced(), Journal()
    clock = {"now": tender.now}
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: clock["now"])
    set_database_clock(tender.now)
    early, late = [Bidder(tender, tender.device()).verified() for _n in range(2)]
    uploads = [BidUpload.objects.get(sid=bidder.sid).pk for bidder in (early, late)]
    clock["now"] = CLOSES + datetime.timedelta(seconds=off)
    set_database_clock(LAST_MOMENT)
    answer = early.finalise()
    assert answer.status_code == 201, answer.content
    journal.acknowledged(uploads[0], answer.content.decode())
    clock["now"] = CLOSES + datetime.timedelta(seconds=then)
    set_database_clock(CLOSES)
    refused = late.finalise()
    if refused.status_code in (200, 201):
        journal.acknowledged(uploads[1], refused.content.decode())
    else:
        assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (409, "SB001"), refused.content
    again = early.finalise()
    assert again.status_code == 200
    journal.acknowledged(uploads[0], again.content.decode(), again=True)
    tell(tells, journal, early={uploads[0]}, late={uploads[1]})


@pytest.mark.long
@pytest.mark.parametrize("off", OFF)
def test_whoever_prepares_in_the_last_minute_is_not_turned_away_by_a_wrong_clock(
    tells: Any, monkeypatch: pytest.MonkeyPatch, off: int
) -> None:
    """Parts and check, too, are in time or late by the database's clock; so is taking a bid back."""
    tender, journal = SealedTender().announced(), Journal()
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: CLOSES + datetime.timedelta(seconds=off))
    set_database_clock(LAST_MOMENT)
    early, gone, late = [Bidder(tender, tender.device()) for _n in range(3)]
    set_database_clock(LAST_MOMENT)  # keys were made known before it
    for bidder in (early, gone):
        assert bidder.verified().finalise().status_code == 201
    withdrawal = gone.device.withdrawal(gone.sid).content
    assert gone.post(f"submissions/{gone.sid}/withdraw", withdrawal).status_code == 200
    late.seal()
    assert late.begin().status_code == 201
    set_database_clock(CLOSES)
    (part,) = late.parts()
    assert late.put(f"submissions/{late.sid}/parts/1", part).status_code == 422
    again = early.device.withdrawal(early.sid).content
    assert early.post(f"submissions/{early.sid}/withdraw", again).status_code != 200
    upload = BidUpload.objects.get(sid=early.sid).pk
    journal.acknowledged(upload, early.finalise().content.decode())
    tell(tells, journal, early={upload}, late={BidUpload.objects.get(sid=late.sid).pk})


@pytest.mark.long
@pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed (Debian: libfaketime)")
def test_a_served_site_with_another_time_takes_in_by_the_databases(tells: Any, full: bool) -> None:
    """The whole process has it: server, framework and platform alike."""
    offsets = OFF if full else [DAY]
    found = process.found(
        "wrong_clock:turns", library=str(LIBRARY), offsets=offsets, bidders=12 if full else 4, seconds=600
    )
    assert all(abs(was - off) <= CLOSE for was, off in zip(found["off"], offsets, strict=True)), found["off"]
    whole = {name: found[name] for name in WHOLE}
    tells(**{name: found[name] for name in ("early", "late", "late_taken", "early_refused")}, **whole)
    assert found["acknowledged"] == found["early"]
    assert (found["late_taken"], found["early_refused"]) == (0, 0) and not any(whole.values())
