"""Does a bid that waits for the standby leave a thread of the site to everybody else, and give its place back?"""

import threading

import pytest

from yangcai.api.sbp import stalls
from yangcai.api.sbp.stalls import Places, Stalled
from yangcai.cli.commands import serve


def test_one_thread_is_always_left() -> None:
    assert 0 < stalls.MOST < serve.THREADS


def test_nobody_waits_behind_those_who_wait_for_long() -> None:
    now = [0.0]
    places = Places(1, seconds=lambda: now[0])
    taken, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with places.one():
            taken.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(10)
    now[0] = stalls.PATIENCE
    with pytest.raises(Stalled), places.one():
        pass
    leave.set()
    thread.join()
    with places.one():
        pass
    assert not places.since


def test_in_a_burst_the_next_one_waits_for_its_turn() -> None:
    places = Places(1, seconds=lambda: 0.0)
    taken, done = threading.Event(), []

    def hold() -> None:
        with places.one():
            taken.set()
            done.append("first")

    thread = threading.Thread(target=hold)
    with places.one():
        thread.start()
        assert not taken.wait(0.05)
    thread.join()
    assert done == ["first"]


def test_an_error_gives_the_place_back() -> None:
    places = Places(1)
    with pytest.raises(ZeroDivisionError), places.one():
        raise ZeroDivisionError
    with places.one():
        pass
