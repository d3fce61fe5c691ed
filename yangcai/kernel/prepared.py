"""How is a question asked that is always the same but for its values? Prepared once for each connection.

PostgreSQL plans a statement anew each time, which for a question over several tables takes longer than answering it.
psycopg would prepare by itself, but gives back all that it prepared whenever a transaction is rolled back.
"""

import weakref
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

#: psycopg's connection -> the statements that were prepared on it
_prepared: weakref.WeakKeyDictionary[Any, set[str]] = weakref.WeakKeyDictionary()


def first_row(name: str, types: str, statement: Callable[[], str], values: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row that a statement answers with, or None. `name` is its own in the whole programme; `types` are those
    of its values $1, $2, …, as SQL names them; it is made when it is prepared. Raises Django's database errors."""
    with connection.cursor() as cursor:
        prepared = _prepared.setdefault(connection.connection, set())
        if name not in prepared:  # past Django's cursor: whoever counts a page's questions counts the same every time
            with connection.wrap_database_errors:
                connection.connection.execute(f"PREPARE {name}({types}) AS {statement()}")
            prepared.add(name)
        cursor.execute(f"EXECUTE {name}({', '.join(['%s'] * len(values))})", values)
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found
