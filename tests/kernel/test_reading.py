"""Is a question asked once while nothing changes, and again after a change?"""

from yangcai.kernel.reading import reading, remembered, writing


class Told:
    """A question that counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0
        self.ask = remembered(self._answer)

    def _answer(self, what: str) -> tuple[str, int]:
        self.times += 1
        return what, self.times


def test_outside_of_a_reading_every_question_is_asked() -> None:
    told = Told()
    assert [told.ask("a"), told.ask("a")] == [("a", 1), ("a", 2)]


def test_within_a_reading_each_question_is_asked_once() -> None:
    told = Told()
    with reading():
        assert [told.ask("a"), told.ask("b"), told.ask("a")] == [("a", 1), ("b", 2), ("a", 1)]
    assert told.ask("a") == ("a", 3)


def test_a_reading_within_another_goes_on_with_its_answers() -> None:
    told = Told()
    with reading():
        told.ask("a")
        with reading():
            assert told.ask("a") == ("a", 1)
            told.ask("b")
        assert told.ask("b") == ("b", 2)


def test_a_write_forgets_what_was_heard_before_it() -> None:
    told = Told()
    with reading():
        told.ask("a")
        with writing():
            assert [told.ask("a"), told.ask("a")] == [("a", 2), ("a", 3)]
            with reading():
                assert [told.ask("a"), told.ask("a")] == [("a", 4), ("a", 4)]
        assert told.ask("a") == ("a", 5)
