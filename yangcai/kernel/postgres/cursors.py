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
import hashlib
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
    str: "unknown", type(None): "unknown", uuid.UUID: "uuid",
}  # fmt: skip
#: A whole number is of the first of these types that holds it.
WHOLE = ((2**31, "integer"), (2**63, "bigint"))
#: Shorter ones are planned sooner than this is thought about.
LEAST = 200
#: So often it is heard before it is prepared.
RECURS = 2
#: A connection keeps so many prepared (each takes a hundred kilobytes or two), and remembers so many that it heard.
MOST, HEARD = 400, 5000
#: One with more values is a list of rows: at each length another question, which would only be remembered.
VALUES = 200
#: The statement is not what it was, or not there: a migration changed what it gives, or the session is another one.
GONE = (psycopg.errors.FeatureNotSupported, psycopg.errors.InvalidSqlStatementName)
_PLACES = re.compile("%[%s]")
_Question = tuple[str, tuple[str, ...]]


class Kept:
    """What one connection has heard, and has prepared."""

    def __init__(self) -> None:
        self.heard: Counter[_Question] = Counter()
        self.prepared: OrderedDict[_Question, str] = OrderedDict()
        self.never: set[_Question] = set()


_kept: weakref.WeakKeyDictionary[Any, Kept] = weakref.WeakKeyDictionary()


class Cursor(psycopg.ClientCursor[Any]):
    """As the one that Django takes, but for the statements that recur."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        """As psycopg's."""
        question = self._question(query, params) if params and not how else None
        name = self._name(question) if question else None
        if question is None or name is None:
            return super().execute(query, params, **how)
        try:
            return super().execute(f"EXECUTE {name}({', '.join(['%s'] * len(params))})", params)
        except GONE:
            _kept[self.connection].prepared.pop(question, None)
            if self.connection.info.transaction_status != pq.TransactionStatus.IDLE:
                raise  # the transaction is lost; whoever tries again is answered
            return super().execute(query, params)

    def _question(self, query: Any, params: Any) -> _Question | None:
        """What is asked, but for its values; None where it is no SELECT worth it, or of values that are not plain."""
        if not isinstance(params, list | tuple) or len(params) > VALUES:
            return None
        if not isinstance(query, str) or len(query) < LEAST or not query.startswith("SELECT "):
            return None
        types = _types(params)
        return None if types is None else (query, types)

    def _name(self, question: _Question) -> str | None:
        """Under which this is prepared; None where it is not."""
        kept = _kept.setdefault(self.connection, Kept())
        name = kept.prepared.get(question)
        if name is not None:
            kept.prepared.move_to_end(question)
            return name
        if question in kept.never:
            return None
        if len(kept.heard) > HEARD:
            kept.heard.clear()
            kept.never.clear()
        kept.heard[question] += 1
        return None if kept.heard[question] <= RECURS else self._prepare(kept, question)

    def _prepare(self, kept: Kept, question: _Question) -> str | None:
        status = self.connection.info.transaction_status
        if status not in (pq.TransactionStatus.IDLE, pq.TransactionStatus.INTRANS):
            return None  # it failed before, which says nothing of this question
        query, types = question
        name = _named(question)
        statement = f"PREPARE {name}({', '.join(types)}) AS {_numbered(query)}"
        within = status == pq.TransactionStatus.INTRANS
        with psycopg.RawCursor(self.connection) as other:
            try:
                _tried(other, statement, within=within)
            except psycopg.errors.DuplicatePreparedStatement:  # one that is GONE, or of who had the session before
                other.execute(f"DEALLOCATE {name}".encode())
                _tried(other, statement, within=within)
            except psycopg.Error:
                kept.never.add(question)
                return None
            if len(kept.prepared) >= MOST:
                other.execute(f"DEALLOCATE {kept.prepared.popitem(last=False)[1]}".encode())
        del kept.heard[question]
        kept.prepared[question] = name
        return name


def _tried(cursor: Any, statement: str, *, within: bool) -> None:
    """Prepare it; within a transaction an attempt that fails leaves nothing behind."""
    if not within:
        cursor.execute(statement.encode())
        return
    cursor.execute("SAVEPOINT recurring")
    try:
        cursor.execute(statement.encode())
    except psycopg.Error:
        cursor.execute("ROLLBACK TO SAVEPOINT recurring; RELEASE SAVEPOINT recurring")
        raise
    cursor.execute("RELEASE SAVEPOINT recurring")


def _named(question: _Question) -> str:
    """By its own words: where two connections meet in one session of a pooler, none answers another's question."""
    query, types = question
    return "recurring_" + hashlib.sha256("\0".join((*types, query)).encode()).hexdigest()[:32]


def _types(params: Sequence[Any]) -> tuple[str, ...] | None:
    found = []
    for value in params:
        if type(value) is datetime.datetime:
            found.append("timestamptz" if value.tzinfo else "timestamp")
        elif type(value) is int:
            found.append(next((name for most, name in WHOLE if -most < value < most), "numeric"))
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
