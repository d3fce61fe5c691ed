"""F12: does only the database's clock decide, whatever time the web process believes it is?"""

import datetime
from typing import Any

import pytest

from tests.api.test_sbp import Bidder
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import CLOSES, set_database_clock
from yangcai.tendering import finalise
from yangcai.tendering.models import Bid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("off", [-86400, -3600, 3600, 86400])
def test_only_the_databases_clock_decides(tells: Any, off: int) -> None:
    tender = SealedTender().announced()
    early, late = tender.device(), tender.device()
    uploads = [tender.sealed(device) for device in (early, late)]
    wrong = datetime.timedelta(seconds=off)
    set_database_clock(CLOSES - datetime.timedelta(microseconds=1))
    taken = finalise.finalise(finalise.request_of(uploads[0].sid, early.statement(), by=early.post, now=CLOSES + wrong))
    assert f"received {CLOSES - datetime.timedelta(microseconds=1):%Y}" in taken.note
    set_database_clock(CLOSES)
    with pytest.raises(finalise.TooLate):
        finalise.finalise(finalise.request_of(uploads[1].sid, late.statement(), by=late.post, now=CLOSES + wrong))
    assert Bid.objects.count() == 1
    tells(early=1, late=1, late_taken=0, early_refused=0)


@pytest.mark.parametrize("off", [-86400, -3600, 3600, 86400])
def test_so_it_is_at_the_door_of_a_web_process_with_that_clock(
    tells: Any, monkeypatch: pytest.MonkeyPatch, off: int
) -> None:
    tender = SealedTender().announced()
    clock = {"now": tender.now}
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: clock["now"])
    set_database_clock(tender.now)
    early, late = [Bidder(tender, tender.device()).verified() for _n in range(2)]
    clock["now"] = CLOSES + datetime.timedelta(seconds=off)
    set_database_clock(CLOSES - datetime.timedelta(microseconds=1))
    answer = early.finalise()
    assert answer.status_code == 201 and b"\nreceived " in answer.content, answer.content
    set_database_clock(CLOSES)
    refused = late.finalise()
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (409, "SB001"), refused.content
    again = early.finalise()
    assert (again.status_code, again.content) == (200, answer.content)
    assert Bid.objects.count() == 1
    tells(early=1, late=1, late_taken=Bid.objects.count() - 1, early_refused=int(answer.status_code != 201))
