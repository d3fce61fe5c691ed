"""F18: when everybody hands in during the last seconds, is nobody late, nobody lost, and who is in time taken?"""

import os
from typing import Any

import pytest

from tests.faults import process
from tests.faults.rows import row

#: The goals of the issue, for a machine that does nothing else: one that runs other tests takes its time.
FINALISE_SECONDS, PAGE_SECONDS = 2.0, 1.0


@pytest.mark.campaign(only=True)
@pytest.mark.long
def test_the_last_seconds_before_the_deadline(tells: Any, full: bool) -> None:
    size = {"bidders": 1000, "within": 10, "uploads": 2} if full else {"bidders": 60, "within": 2, "uploads": 1}
    is_idle = os.getloadavg()[0] < len(os.sched_getaffinity(0))
    found = process.found("storm:last_seconds", **size, seed=18, seconds=1200)
    tells(**{name: found[name] for name in row("F18").figures})
    assert [found[name] for name in row("F18").zero] == [0] * len(row("F18").zero)
    assert found["acknowledged"] + found["refused_late"] == found["bidders"] and found["unanswered"] == 0
    assert found["uploaded_mb"] > 0 and found["upload_errors"] == 0
    if full and is_idle:
        assert found["finalise_p99_seconds"] < FINALISE_SECONDS and found["page_p95_seconds"] < PAGE_SECONDS
