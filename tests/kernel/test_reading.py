"""Is a question asked once while nothing changes, and again after a change?"""

from collections import Counter
from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.factories import make_organisation, make_person, make_post
from yangcai import funds
from yangcai.kernel.reading import reading, remembered, unnoticed, writing
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role


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


def test_who_reads_around_a_write_asks_anew_afterwards() -> None:
    told = Told()
    with reading():
        told.ask("a")
        with writing():
            assert [told.ask("a"), told.ask("a")] == [("a", 2), ("a", 2)]
            with reading():
                assert told.ask("a") == ("a", 2)
        assert told.ask("a") == ("a", 3)


class Asked:
    """Questions about an organisation, in a block that writes; each counts how often the database was asked."""

    def __init__(self) -> None:
        self.organisation = make_organisation()
        self.times: Counter[str] = Counter()

    def posts(self) -> int:
        return self._posts(self.organisation)

    @remembered
    def _posts(self, organisation: Organisation) -> int:
        self.times["posts"] += 1
        return Post.objects.filter(organisation=organisation).count()

    @remembered
    def name(self, organisation: Organisation) -> str:
        """Asks the database nothing: what it says stands in the row it was given."""
        self.times["name"] += 1
        return organisation.name

    @remembered
    def both(self, organisation: Organisation) -> str:
        return f"{self.name(organisation)} {self._posts(organisation)}"

    @remembered
    def nothing(self) -> int:
        self.times["nothing"] += 1
        return self.times["nothing"]


@pytest.mark.django_db
def test_an_answer_holds_until_a_table_changes_on_which_it_rests() -> None:
    asked = Asked()
    with writing():
        assert [asked.posts(), asked.posts(), asked.times["posts"]] == [0, 0, 1]
        make_person()
        assert [asked.posts(), asked.times["posts"]] == [0, 1]  # of persons it knows nothing
        make_post(Role.AGENT, asked.organisation)
        assert [asked.posts(), asked.times["posts"]] == [1, 2]


@pytest.mark.django_db
def test_an_answer_rests_on_the_row_it_was_asked_about() -> None:
    asked = Asked()
    with writing():
        before = asked.name(asked.organisation)
        Organisation.objects.filter(pk=asked.organisation.pk).update(name="改名后的单位")
        asked.organisation.refresh_from_db()
        assert (before != "改名后的单位", asked.name(asked.organisation)) == (True, "改名后的单位")


@pytest.mark.django_db
def test_an_answer_rests_on_the_answers_within_it() -> None:
    asked = Asked()
    with writing():
        asked.posts()  # known before: the outer question still rests on what this one read
        assert asked.both(asked.organisation).endswith(" 0")
        make_post(Role.AGENT, asked.organisation)
        assert asked.both(asked.organisation).endswith(" 1")


@pytest.mark.django_db
@pytest.mark.parametrize("strange", ("a lock", "a rollback", "a function", "any write"))
def test_what_may_change_anything_forgets_everything(strange: str) -> None:
    asked = Asked()
    with writing():
        asked.posts(), asked.nothing()
        match strange:
            case "a lock":
                Organisation.objects.select_for_update().get(pk=asked.organisation.pk)
            case "a rollback":
                with pytest.raises(ZeroDivisionError), transaction.atomic():
                    raise ZeroDivisionError
            case "a function":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(7391099)")
            case "any write":  # what rests on nothing that was seen is forgotten at once
                make_person()
        asked.posts(), asked.nothing()
        assert asked.times["nothing"] == 2
        assert asked.times["posts"] == (1 if strange == "any write" else 2)


@pytest.mark.django_db
def test_the_version_of_a_root_changes_no_answer() -> None:
    asked = Asked()
    with writing():
        asked.name(asked.organisation)
        with unnoticed():
            Organisation.objects.filter(pk=asked.organisation.pk).update(version=7)
        asked.name(asked.organisation)
        assert asked.times["name"] == 1


def test_nothing_is_remembered_of_what_triggers_and_copy_change() -> None:
    """The ledger moves balances in the database, and a budget comes in by COPY: neither is seen here."""
    for path in (Path(funds.__file__).parent).rglob("*.py"):
        assert "remembered" not in path.read_text(encoding="utf-8"), path
