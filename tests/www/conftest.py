"""The pages' clock, and roles that need a second factor let in without one except where that is the question."""

from typing import Any

import pytest

from tests.factories import NOW
from tests.www.support import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    settings.YANGCAI_SECOND_FACTOR = False
    clock = Clock(NOW)
    monkeypatch.setattr("yangcai.kernel.clock.now", clock)
    return clock
