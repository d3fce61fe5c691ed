"""F4: does the standby hold every bid whose bidder holds a receipt, when the primary dies behind a stalled line?"""

from typing import Any

import pytest

from tests.faults import process
from tests.faults.rows import row

WITHIN_SECONDS = 30


@pytest.mark.campaign(only=True)
@pytest.mark.long
def test_no_acknowledged_bid_is_lost_in_a_failover(tells: Any, full: bool, seed: int) -> None:
    bids, stall = (4000, 3.0) if full else (900, 0.5)
    size = {"bids": bids, "clients": 8, "stall": stall, "seed": seed}
    found = process.found("failover:run", **size, waits=True, seconds=1200)
    control = process.found("failover:run", **size, waits=False, seconds=1200)
    figures = {name: found[name] for name in row("F4").figures if name in found}
    tells(**figures, control_lost=control["lost"])
    assert found["unanswered"] > 0 and 0 < found["before"] < bids  # it was under load
    assert [found[name] for name in row("F4").zero] == [0] * len(row("F4").zero)
    assert found["acknowledged"] == found["noted"] == bids
    assert found["writes_back_seconds"] < WITHIN_SECONDS
    assert found["log_lines"] >= bids  # the public log goes on where it stood
    assert control["lost"] > 0  # without the standby's word the same program finds receipts for nothing
