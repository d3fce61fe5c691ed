"""Do those who come at the same moment share one piece of work, and nobody another's trouble?"""

import threading
from collections.abc import Sequence

import pytest

from yangcai.kernel.batches import Batches

PATIENCE = 20


class Work:
    """Answers in capitals; can be held up, and refuses the letter x."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun, self.go = threading.Event(), threading.Event()
        self.go.set()

    def __call__(self, asks: Sequence[str]) -> list[str]:
        self.batches.append(list(asks))
        self.begun.set()
        assert self.go.wait(PATIENCE)
        if any("x" in ask for ask in asks):
            raise ValueError("x")
        return [ask.upper() for ask in asks]


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def batches(work: Work) -> Batches[str, str]:
    """A queue for each first letter; what ends alike stands apart."""
    return Batches(work, queue=lambda ask: ask[0], apart=lambda ask: ask[-1], most=3)


class Asker(threading.Thread):
    def __init__(self, batches: Batches[str, str], ask: str) -> None:
        super().__init__(daemon=True)
        self.batches, self.ask, self.told = batches, ask, ""
        self.start()

    def run(self) -> None:
        try:
            self.told = self.batches.ask(self.ask)
        except ValueError as error:
            self.told = f"error {error}"


def waiting(batches: Batches[str, str], number: int) -> None:
    """Until so many stand in the queues."""
    ready = threading.Event()
    for _turn in range(PATIENCE * 1000):
        if sum(map(len, batches._waiting.values())) == number:
            return
        ready.wait(0.001)
    raise AssertionError("they never came")


def asked(batches: Batches[str, str], work: Work, *asks: str) -> list[str]:
    """The first is held up until all others wait; what each is told."""
    work.go.clear()
    askers = [Asker(batches, asks[0])]
    assert work.begun.wait(PATIENCE)
    for number, ask in enumerate(asks[1:], start=2):
        askers.append(Asker(batches, ask))
        waiting(batches, number)
    work.go.set()
    for asker in askers:
        asker.join(PATIENCE)
    return [asker.told for asker in askers]


def test_who_comes_alone_is_served_alone(batches: Batches[str, str], work: Work) -> None:
    assert [batches.ask(ask) for ask in ("a1", "a2")] == ["A1", "A2"]
    assert work.batches == [["a1"], ["a2"]]
    assert not batches._waiting


def test_who_waits_is_served_together_in_one_order(batches: Batches[str, str], work: Work) -> None:
    assert asked(batches, work, "a9", "a3", "a1", "a2") == ["A9", "A3", "A1", "A2"]
    assert work.batches == [["a9"], ["a1", "a2", "a3"]]


def test_a_batch_is_no_larger_than_it_may_be_and_takes_each_once(batches: Batches[str, str], work: Work) -> None:
    told = asked(batches, work, "a0", "a1", "aa1", "a2", "a3", "a4")
    assert told == ["A0", "A1", "AA1", "A2", "A3", "A4"]
    assert work.batches == [["a0"], ["a1", "a2", "a3"], ["aa1", "a4"]]


def test_the_next_batch_waits_for_those_who_come_right_after_the_last(work: Work) -> None:
    batches = Batches[str, str](work, queue=lambda ask: ask[0], apart=lambda ask: ask[-1], most=3, gathering=PATIENCE)
    work.go.clear()
    first = Asker(batches, "a1")
    assert work.begun.wait(PATIENCE)
    second = Asker(batches, "a3")
    waiting(batches, 2)
    work.go.set()
    first.join(PATIENCE)
    back = Asker(batches, "a2")
    for asker in (second, back):
        asker.join(PATIENCE)
    assert work.batches == [["a1"], ["a2", "a3"]]


@pytest.mark.long
def test_a_crowd_that_was_served_whole_is_waited_for(work: Work) -> None:
    batches = Batches[str, str](work, queue=lambda ask: ask[0], apart=lambda ask: ask[-1], most=3, gathering=2)
    assert asked(batches, work, "a9", "a3", "a2") == ["A9", "A3", "A2"]  # the two together gather for the first
    crowd = [Asker(batches, ask) for ask in ("a5", "a4")]
    for asker in crowd:
        asker.join(PATIENCE)
    assert work.batches[-1] == ["a4", "a5"]


def test_trouble_with_one_is_not_that_of_the_others(batches: Batches[str, str], work: Work) -> None:
    assert asked(batches, work, "a0", "a1", "ax", "a2") == ["A0", "A1", "error x", "A2"]
    assert sorted(map(len, work.batches)) == [1, 1, 1, 1, 3]
    assert batches.ask("a1") == "A1"  # the queue goes on


def test_one_queue_does_not_wait_for_another(batches: Batches[str, str], work: Work) -> None:
    work.go.clear()
    held = Asker(batches, "a1")
    assert work.begun.wait(PATIENCE)
    work.begun.clear()
    other = Asker(batches, "b1")
    assert work.begun.wait(PATIENCE)  # it is worked on meanwhile
    work.go.set()
    for asker in (held, other):
        asker.join(PATIENCE)
    assert (held.told, other.told) == ("A1", "B1")


def test_a_crowd_gets_each_its_own_answer(work: Work) -> None:
    batches = Batches[str, str](work, queue=lambda ask: ask[0], apart=lambda ask: ask, most=7)
    asks = [f"{'ab'[n % 2]}{'x' if n % 10 == 0 else 'y'}{n}" for n in range(200)]
    askers = [Asker(batches, ask) for ask in asks]
    for asker in askers:
        asker.join(PATIENCE)
    assert [asker.told for asker in askers] == ["error x" if "x" in ask else ask.upper() for ask in asks]
    assert not batches._waiting
