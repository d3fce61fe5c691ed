"""How is a question that recurs put to PostgreSQL without planning it anew each time? Prepared, by its own words.

Half of what the database takes for a page goes into reading and planning its statements, which are the same from
request to request but for their values. psycopg would prepare by itself where values are bound by the server, but gives
all back whenever a transaction is rolled back (each refusal is one), and Django's SQL is not made for such values. So
here the third time that a connection hears the same SELECT with values of the same types it prepares it; whether its
plan is then made for the values or for all of them PostgreSQL decides, by what it costs. A statement that cannot be
prepared is asked as it always was.
"""

import datetime
import decimal
import itertools
import re
import uuid
import weakref
from collections import Counter, OrderedDict
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq

#: A value of this type is written as a literal of that one. Text is as a bare literal is: what stands beside it says.
TYPES = {
    bool: "boolean", bytes: "bytea", datetime.date: "date", datetime.timedelta: "interval", decimal.Decimal: "numeric",
    int: "bigint", str: "unknown", type(None): "unknown", uuid.UUID: "uuid",
}  # fmt: skip
#: Shorter ones are planned sooner than this is thought about.
LEAST = 200
#: So often it is heard before it is prepared.
RECURS = 2
#: A connection keeps so many prepared (each takes a hundred kilobytes or two), and remembers so many that it heard.
MOST, HEARD = 400, 5000
_PLACES = re.compile("%[%s]")
_Question = tuple[str, tuple[str, ...]]


class Kept:
    """What one connection has heard, and has prepared."""

    def __init__(self) -> None:
        self.heard: Counter[_Question] = Counter()
        self.prepared: OrderedDict[_Question, str] = OrderedDict()
        self.never: set[_Question] = set()
        self.count = 0


_kept: weakref.WeakKeyDictionary[Any, Kept] = weakref.WeakKeyDictionary()


class Cursor(psycopg.ClientCursor[Any]):
    """As the one that Django takes, but for the statements that recur."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        """As psycopg's."""
        name = self._name(query, params) if isinstance(params, list | tuple) and params and not how else None
        if name is None:
            return super().execute(query, params, **how)
        return super().execute(f"EXECUTE {name}({', '.join(['%s'] * len(params))})", params)

    def _name(self, query: Any, params: Any) -> str | None:
        """Under which this is prepared; None where it is not."""
        if not isinstance(query, str) or len(query) < LEAST or not query.startswith("SELECT "):
            return None
        types = _types(params)
        if types is None:
            return None
        kept = _kept.setdefault(self.connection, Kept())
        question = query, types
        name = kept.prepared.get(question)
        if name is not None:
            kept.prepared.move_to_end(question)
            return name
        if question in kept.never:
            return None
        if len(kept.heard) > HEARD:
            kept.heard.clear()
        kept.heard[question] += 1
        if kept.heard[question] <= RECURS:
            return None
        return self._prepare(kept, question)

    def _prepare(self, kept: Kept, question: _Question) -> str | None:
        query, types = question
        kept.count += 1
        name = f"recurring_{kept.count}"
        statement = f"PREPARE {name}({', '.join(types)}) AS {_numbered(query)}"
        within = self.connection.info.transaction_status == pq.TransactionStatus.INTRANS
        with psycopg.RawCursor(self.connection) as other:
            try:
                if within:
                    other.execute("SAVEPOINT recurring")
                other.execute(statement.encode())
                if within:
                    other.execute("RELEASE SAVEPOINT recurring")
            except psycopg.Error:
                if within:
                    other.execute("ROLLBACK TO SAVEPOINT recurring; RELEASE SAVEPOINT recurring")
                kept.never.add(question)
                return None
            if len(kept.prepared) >= MOST:
                other.execute(f"DEALLOCATE {kept.prepared.popitem(last=False)[1]}".encode())
        del kept.heard[question]
        kept.prepared[question] = name
        return name


def _types(params: Sequence[Any]) -> tuple[str, ...] | None:
    found = []
    for value in params:
        if type(value) is datetime.datetime:
            found.append("timestamptz" if value.tzinfo else "timestamp")
        elif type(value) in TYPES:
            found.append(TYPES[type(value)])
        elif isinstance(value, str):  # a choice, say
            found.append(TYPES[str])
        else:
            return None
    return tuple(found)


def _numbered(query: str) -> str:
    """`%s` as $1, $2, …, and `%%` as a per cent sign."""
    numbers = itertools.count(1)
    return _PLACES.sub(lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", query)
