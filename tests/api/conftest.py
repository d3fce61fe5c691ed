"""The API's time is the factories' time, and the database's."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories import NOW


class Clock:
    """What the API takes for now; a test may set it."""

    def __init__(self) -> None:
        self.now: datetime.datetime = NOW

    def __call__(self) -> datetime.datetime:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: Any) -> Iterator[Clock]:
    stands = Clock()
    monkeypatch.setattr("yangcai.kernel.clock.now", stands)
    yield stands
