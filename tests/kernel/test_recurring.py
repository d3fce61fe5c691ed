"""Is a question that recurs prepared, asked alike, and given up where it cannot be?"""

import contextlib
import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import InternalError, NotSupportedError, ProgrammingError, connection, transaction

from yangcai.kernel.postgres import cursors

pytestmark = pytest.mark.django_db
#: Long enough to be worth it.
LONG = "SELECT n, n::text || %s FROM generate_series(1, 9) AS n WHERE n >= %s" + " AND TRUE" * 20
NOW = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def kept() -> Iterator[cursors.Kept]:
    """What the connection keeps; nothing to begin with."""
    connection.ensure_connection()
    cursors._kept[connection.connection] = found = cursors.Kept()
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
        yield found
        del cursors._kept[connection.connection]
        cursor.execute("DEALLOCATE ALL")


def ask(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def prepared() -> set[str]:
    return {name for (name,) in ask("SELECT name FROM pg_prepared_statements WHERE name LIKE 'recurring%%'")}


def test_the_third_time_it_is_prepared_and_answers_alike(kept: cursors.Kept) -> None:
    for n in range(2):
        assert ask(LONG, f"-{n}", 8) == [(8, f"8-{n}"), (9, f"9-{n}")]
    assert not prepared()
    assert ask(LONG, "'%s", 9) == [(9, "9'%s")]
    assert prepared() == set(kept.prepared.values()) and len(kept.prepared) == 1
    for n in range(8):  # PostgreSQL goes over to one plan for all values
        assert ask(LONG, str(n), 9) == [(9, f"9{n}")]


def test_values_of_other_types_are_another_question(kept: cursors.Kept) -> None:
    told = "SELECT pg_typeof(%s), %s" + " -- so long that it is worth preparing" * 10
    for value in (1, True, NOW, NOW.date(), datetime.timedelta(1)):
        first, *others = [ask(told, value, value) for _ in range(4)]
        assert others == [first] * 3
    assert len(kept.prepared) == 5


def test_a_whole_number_is_of_the_type_that_its_literal_has(kept: cursors.Kept) -> None:
    """`sum` of a bigint would be a numeric, which comes back as a Decimal: from the third time on, of the same rows."""
    told = (
        "SELECT sum(%s), left('abcdef', 2) FROM generate_series(1, 3)" + " -- so long that it is worth preparing" * 10
    )
    for value in (7, 2**40, -(2**80)):
        first, *others = [ask(told, value)[0][0] for _ in range(4)]
        assert [(type(one), one) for one in others] == [(type(first), first)] * 3
    assert len(kept.prepared) == 3


def test_what_changed_its_form_meanwhile_is_prepared_anew(kept: cursors.Kept) -> None:
    """A migration beside a server that runs: PostgreSQL keeps no plan whose columns are of another type by now."""
    told = "SELECT word FROM lent WHERE number = %s" + " AND TRUE" * 20
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE lent ON COMMIT DROP AS SELECT 1 AS number, 7 AS word")
    assert [ask(told, 1) for _ in range(4)] == [[(7,)]] * 4
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lent ALTER word TYPE text")
    with pytest.raises(NotSupportedError), transaction.atomic():
        ask(told, 1)
    assert [ask(told, 1) for _ in range(4)] == [[("7",)]] * 4


def test_a_transaction_that_failed_says_nothing_of_a_question(kept: cursors.Kept) -> None:
    for _ in range(2):
        ask(LONG, "", 9)
    with pytest.raises(InternalError), transaction.atomic():
        with contextlib.suppress(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("SELECT nothing_of_that_name")
        ask(LONG, "", 9)
    assert not kept.never
    assert ask(LONG, "", 9) == [(9, "9")]
    assert len(prepared()) == 1


def test_a_rollback_leaves_it_where_it_is(kept: cursors.Kept) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        for _ in range(4):
            ask(LONG, "", 9)
        raise ZeroDivisionError
    assert ask(LONG, "", 9) == [(9, "9")]
    assert len(prepared()) == 1


def test_what_cannot_be_prepared_is_asked_as_ever(kept: cursors.Kept) -> None:
    """Two places never hold the same: within a transaction too the attempt leaves nothing behind."""
    told = "SELECT n + %s FROM generate_series(1, 1) AS n GROUP BY n + %s" + " -- so long that it is worth it" * 10
    assert [ask(told, 2, 2) for _ in range(5)] == [[(3,)]] * 5
    assert not kept.prepared and len(kept.never) == 1


@pytest.mark.django_db(transaction=True)
def test_none_answers_the_question_of_another_session(kept: cursors.Kept) -> None:
    """Behind a pooler a session may be one that somebody else prepared other questions in."""
    other, of_another = LONG.replace("n >=", "n <="), cursors.Kept()
    for _ in range(3):
        ask(LONG, "", 9)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    cursors._kept[connection.connection] = of_another
    for _ in range(3):
        ask(other, "", 1)
    cursors._kept[connection.connection] = kept
    assert ask(LONG, "", 9) == [(9, "9")]
    for _ in range(3):
        ask(other, "", 1)
    assert kept.prepared == of_another.prepared and not kept.never


@pytest.mark.django_db(transaction=True)
def test_a_session_that_lost_it_is_asked_as_ever(kept: cursors.Kept) -> None:
    for _ in range(3):
        ask(LONG, "", 9)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert ask(LONG, "", 9) == [(9, "9")]


def test_a_long_list_is_not_remembered(kept: cursors.Kept) -> None:
    for n in range(cursors.VALUES - 3, cursors.VALUES + 3):
        ask(f"{LONG} AND n IN ({', '.join(['%s'] * n)})", "", 1, *range(n))
    assert {len(types) for _query, types in kept.heard} == {cursors.VALUES - 1, cursors.VALUES}


@pytest.mark.parametrize("values", [{"one": 1}, ([1, 2],), None])
def test_other_values_than_plain_ones_are_left_alone(kept: cursors.Kept, values: Any) -> None:
    place = "%(one)s" if isinstance(values, dict) else "%s" if values else "1"
    told = f"SELECT {place}" + " -- so long that it is worth preparing" * 10
    for _ in range(4):
        with connection.cursor() as cursor:
            cursor.execute(told, values)
    assert not kept.heard and not kept.prepared


def test_so_many_are_kept_and_those_asked_least_lately_go(kept: cursors.Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursors, "MOST", 2)
    questions = [f"{LONG} AND n < {ten}" for ten in (10, 11, 12)]
    for question in (questions[0], questions[1]):
        for _ in range(3):
            ask(question, "", 9)
    ask(questions[0], "", 9)
    for _ in range(3):
        ask(questions[2], "", 9)
    assert [sql for sql, _types in kept.prepared] == [questions[0], questions[2]]
    assert prepared() == set(kept.prepared.values())
    assert [ask(question, "", 9) for question in questions] == [[(9, "9")]] * 3
