"""F12: does only the database's clock decide, whatever time the web process believes it is?"""

import datetime
from typing import Any

import pytest

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
