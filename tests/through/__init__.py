"""Through which door do the stories of the tests go? Straight through `perform`, or over the screens as people do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.through.screens import ScreenDriver
from yangcai.replay.driver import Driver, PythonDriver

#: `YANGCAI_THROUGH=screens`: every Action of every story is done on the site (`make nightly`).
SCREENS = "screens"
_door: list[Driver] = [ScreenDriver() if os.environ.get("YANGCAI_THROUGH") == SCREENS else PythonDriver()]


def door() -> Driver:
    """The door that the stories of this run take."""
    return _door[-1]


def over_the_screens() -> bool:
    return isinstance(door(), ScreenDriver)


@contextmanager
def going(driver: Driver) -> Iterator[Driver]:
    """In this block the stories take that door."""
    _door.append(driver)
    try:
        yield driver
    finally:
        _door.pop()
