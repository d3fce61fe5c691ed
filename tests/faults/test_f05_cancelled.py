"""F5: is no receipt given for what may be on one machine only, when the wait for the standby is cut short?"""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection

from tests.faults import process
from tests.faults.judge import submitted
from tests.faults.rows import row
from tests.tendering.sealing_walk import SealedTender
from yangcai.tendering import finalise
from yangcai.tendering.models import Bid, SealedBid


@pytest.mark.long
def test_nothing_is_promised_while_the_standby_does_not_confirm(tells: Any, full: bool) -> None:
    rounds = 8 if full else 2
    found = process.found("standby:cancelled", rounds=rounds, seconds=1200)
    tells(**{name: found[name] for name in row("F5").figures})
    assert found["unavailable"] == found["cancelled"] == 2 * rounds and found["false_receipts"] == 0
    assert found["acknowledged"] == found["on_standby"] == rounds
    assert [found[name] for name in row("F5").zero] == [0] * len(row("F5").zero)
    assert found["control_false_receipts"] == 1  # what COMMIT returns is no promise


@pytest.mark.django_db(transaction=True)
def test_the_warning_alone_withholds_the_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled wait for the standby returns like any commit, with a warning: that one is not a receipt."""
    tender = SealedTender().announced()
    device = tender.device()
    upload = tender.sealed(device)
    asked = finalise.request_of(upload.sid, device.statement(), by=device.post, now=tender.now)
    ordinary = finalise.receive

    def warned(requests: Sequence[finalise.Request]) -> list[finalise.Outcome]:
        taken = ordinary(requests)
        with connection.cursor() as cursor:
            cursor.execute(
                "DO $$ BEGIN RAISE WARNING '%', 'canceling wait for synchronous replication due to …'; END $$"
            )
        return taken

    monkeypatch.setattr(finalise, "receive", warned)
    for _try in range(2):
        with pytest.raises(finalise.NotDurable):
            finalise.finalise(asked)
    monkeypatch.setattr(finalise, "receive", ordinary)
    taken = finalise.finalise(asked)
    assert taken.again and taken.note == SealedBid.objects.get().note
    assert Bid.objects.count() == submitted() == 1
