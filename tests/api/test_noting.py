"""How much of a door's time goes into Entries while bids come in, and is none of them forgotten?"""

import datetime
from collections.abc import Iterator

import pytest
from django.db import DatabaseError

from yangcai.api.sbp.noting import PAUSE, Notes
from yangcai.tendering import finalise

NOW = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)


class Rush:
    """A clock that each round moves on by so much."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.lasts, self.rounds = 0.0, 0.05, 0
        self.fails: Iterator[bool] = iter(())
        self.notes = Notes(seconds=lambda: self.at)
        monkeypatch.setattr(finalise, "note_in", self._round)

    def _round(self, *, now: datetime.datetime) -> int:
        self.rounds += 1
        self.at += self.lasts
        if next(self.fails, False):
            raise DatabaseError
        return 1

    def bids(self, count: int, *, every: float) -> int:
        """So many come in, and how many of them found that Entries were to be written."""
        before = self.rounds
        for _ in range(count):
            self.notes.write(now=NOW)
            self.at += every
        return self.rounds - before


@pytest.fixture
def rush(monkeypatch: pytest.MonkeyPatch) -> Rush:
    return Rush(monkeypatch)


def test_whoever_comes_alone_finds_its_entry_written(rush: Rush) -> None:
    assert rush.bids(5, every=60) == 5


def test_in_a_rush_a_tenth_of_the_time_goes_there(rush: Rush) -> None:
    assert 9 <= rush.bids(1000, every=0.005) <= 11  # five seconds, half a second of it


def test_a_long_round_is_followed_by_a_pause_that_ends(rush: Rush) -> None:
    rush.lasts = 60
    rush.bids(1, every=0)
    assert rush.bids(1, every=PAUSE + 1) == 0
    assert rush.bids(1, every=0) == 1


def test_what_goes_wrong_there_is_nobodys_trouble_and_tried_again(rush: Rush) -> None:
    rush.fails = iter([True])
    assert rush.bids(2, every=60) == 2
