"""F3: is every bid there whose bidder holds a receipt, when the database died under load by SIGKILL and came back?"""

from typing import Any

import pytest

from tests.faults import process
from tests.faults.rows import row


@pytest.mark.long
def test_no_acknowledged_bid_is_lost_when_the_database_dies(tells: Any, full: bool, seed: int) -> None:
    bids, deaths = (3000, 4) if full else (240, 2)
    found = process.found("postmaster:run", bids=bids, clients=8, deaths=deaths, seed=seed, seconds=1200)
    tells(**{name: found[name] for name in row("F3").figures})
    assert found["killed"] > deaths and found["unanswered"] > 0 and 0 < found["when"][0] < bids  # it was under load
    assert found["acknowledged"] == found["noted"] == bids
    assert [found[name] for name in row("F3").zero] == [0] * len(row("F3").zero)
