"""F2: does the public log go on within half a minute when its worker is killed, with every receipt in it?"""

from typing import Any

import pytest

from tests.faults import process
from tests.faults.rows import row

RESUMES_SECONDS = 30


@pytest.mark.campaign(only=True)
@pytest.mark.long
def test_another_worker_goes_on_and_no_receipt_is_lost(tells: Any, full: bool) -> None:
    found = process.found("workers:killed", deaths=5 if full else 1, seed=2, seconds=900)
    tells(**{name: found[name] for name in row("F2").figures})
    assert (found["lost"], found["roots_too_many"], found["shrunk"]) == (0, 0, 0)
    assert found["resumed_seconds"] < RESUMES_SECONDS
