"""F9: is nothing lost and nothing falsely promised while a disk is full, and does it go on when there is room again?"""

from typing import Any

import pytest

from tests.faults import process
from tests.faults.programs import disk
from tests.faults.rows import row


@pytest.mark.campaign(only=True)
@pytest.mark.long
@pytest.mark.skipif(not disk.may_mount(), reason="only root may mount a small file system")
def test_a_full_disk_loses_nothing(tells: Any, full: bool) -> None:
    bids = 1500 if full else 400
    found = process.found("disk:full", bids=bids, clients=8, seconds=1200)
    tells(**{name: found[name] for name in row("F9").figures})
    assert found["acknowledged"] == found["bids"] == 2 * bids + 5
    assert [found[name] for name in row("F9").zero] == [0] * len(row("F9").zero)
    assert found["data_unanswered"] > 0 and found["wal_unanswered"] > 0
    assert found["refused_when_nearly_full"] == found["refused_when_full"] == found["log_stopped"] == 1
