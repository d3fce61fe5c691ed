"""F6: while the standby is gone, is no receipt given, are other pages there, and do all get receipts and time later?"""

from typing import Any

import pytest

from tests.faults import process
from tests.faults.rows import row


@pytest.mark.campaign(only=True)
@pytest.mark.long
def test_bidders_wait_and_everybody_else_reads_on(tells: Any, full: bool) -> None:
    found = process.found("standby:away", bids=12, seconds_away=600 if full else 6, seconds=1800)
    tells(**{name: found[name] for name in row("F6").figures})
    assert [found[name] for name in row("F6").zero] == [0] * len(row("F6").zero)
    assert found["acknowledged"] == found["bids"] == 12
    assert found["pages_read"] > 5 and found["unavailable"] > 0
    # The journal says why, and gives two hours from the recovery, eighty minutes before the deadline.
    assert found["journal"] == [[], ["finalise"], []] and found["extended_minutes"] == [40]
    assert found["doctor"] == ["to be mended", "well", "stands still"]
