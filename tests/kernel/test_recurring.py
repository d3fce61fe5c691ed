"""Is a question that recurs prepared, asked alike, and given up where it cannot be?"""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from yangcai.kernel.postgres import cursors

pytestmark = pytest.mark.django_db
#: Long enough to be worth it.
LONG = "SELECT n, n::text || %s FROM generate_series(1, 9) AS n WHERE n >= %s" + " AND TRUE" * 20
NOW = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def kept() -> Iterator[cursors.Kept]:
    """What the connection keeps; nothing to begin with."""
    connection.ensure_connection()
    before = cursors._kept.get(connection.connection)
    cursors._kept[connection.connection] = found = cursors.Kept()
    found.count = 1_000_000  # names of its own
    yield found
    with connection.cursor() as cursor:
        for name in found.prepared.values():
            cursor.execute(f"DEALLOCATE {name}")
    if before is not None:
        cursors._kept[connection.connection] = before


def ask(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def prepared() -> set[str]:
    return {name for (name,) in ask("SELECT name FROM pg_prepared_statements WHERE name LIKE 'recurring_1000%%'")}


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
        # An integer of any size is a bigint once prepared; what is read is the same.
        assert [one[0][1] for one in others] == [first[0][1]] * 3
    assert len(kept.prepared) == 5


def test_a_rollback_leaves_it_where_it_is(kept: cursors.Kept) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        for _ in range(4):
            ask(LONG, "", 9)
        raise ZeroDivisionError
    assert ask(LONG, "", 9) == [(9, "9")]
    assert len(prepared()) == 1


def test_what_cannot_be_prepared_is_asked_as_ever(kept: cursors.Kept) -> None:
    """`left` takes no bigint: within a transaction too the attempt leaves nothing behind."""
    told = "SELECT left('abcdef', %s)" + " -- so long that it is worth preparing" * 10
    assert [ask(told, 2) for _ in range(5)] == [[("ab",)]] * 5
    assert not kept.prepared and len(kept.never) == 1


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
