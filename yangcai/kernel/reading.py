"""What has been read already, while nothing can have changed? Rules ask alike; the database hears each question once.

`perform` checks every rule under the lock of the root, does its body, writes a notice and derives tasks; a page asks of
every button what `perform` would ask. Functions marked `remembered` keep their answers for as long as a `reading()`
lasts, and no longer. Within a `writing()` an answer is kept until a statement changes a table that it rests on: the
tables that were read for it, and those of the rows it was asked about. Not seen are rows that a trigger changes and
rows that COPY brings; both happen in the ledger of funds only, and nothing there is remembered.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar, cast

from django.db import connection, models

P = ParamSpec("P")
R = TypeVar("R")

#: Stands for every table: whoever rests on it is forgotten at the first change of anything.
ANY = "*"
#: Stands for no table: an answer that rests on it alone is forgotten only with all others.
_NO_TABLE = frozenset({""})
_READ = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)')
_CHANGED = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)')
_LOCKING = re.compile(r"\bFOR (?:NO KEY )?UPDATE\b")
_HARMLESS = ("SAVEPOINT", "RELEASE", "SET CONSTRAINTS", "EXECUTE beneath_")


class _Memory:
    """The answers of one block, each with the tables it rests on."""

    def __init__(self) -> None:
        self.answers: dict[Any, tuple[Any, frozenset[str]]] = {}
        self.being_asked: list[set[str]] = []
        self.changed: set[str] = set()
        self.looks_away = False

    def hear(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Between Django and its cursor: whoever is being asked rests on what is read; a change forgets."""
        read, changed = _tables(str(sql))
        for tables in self.being_asked[-1:]:
            tables.update(read)
        if changed and not self.looks_away:
            self.forget(changed)
        return execute(sql, params, many, context)

    def forget(self, changed: frozenset[str]) -> None:
        if ANY in changed:
            self.answers.clear()
            self.changed.clear()
            return
        self.changed |= changed
        for question in [q for q, (_, on) in self.answers.items() if ANY in on or on & changed]:
            del self.answers[question]

    def answer(self, question: Any, ask: Callable[[], Any], about: frozenset[str]) -> Any:
        if question not in self.answers:
            self.being_asked.append(set(about))
            try:
                found = ask()
            finally:
                heard = self.being_asked.pop()
            self.answers[question] = found, frozenset(heard or {ANY})
        found, tables = self.answers[question]
        for around in self.being_asked[-1:]:
            around.update(tables)
        return found


_memory: ContextVar[_Memory | None] = ContextVar("memory", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Nothing is written in this block: remembered answers hold to its end. A block within another one goes on with
    what that one has heard."""
    if _memory.get() is not None:
        yield
        return
    token = _memory.set(_Memory())
    try:
        yield
    finally:
        _memory.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Rows change in this block: an answer holds until what it rests on changes, and whoever reads around the block
    asks anew afterwards."""
    around, memory = _memory.get(), _Memory()
    token = _memory.set(memory)
    try:
        with connection.execute_wrapper(memory.hear):
            yield
    finally:
        _memory.reset(token)
        if around is not None:
            around.answers.clear()


@contextmanager
def unnoticed() -> Iterator[None]:
    """What is written in this block changes no answer: the version of a root, which only forms look at."""
    memory = _memory.get()
    if memory is None:
        yield
        return
    memory.looks_away = True
    try:
        yield
    finally:
        memory.looks_away = False


def remembered(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function of rows and plain values whose answer depends on the database alone. Outside of a block it is
    what it was. Callers must not change what it returns; give back a tuple rather than a list."""

    @functools.wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        memory = _memory.get()
        if memory is None:
            return function(*args, **kwargs)
        question = (function, *map(_key, args), *((name, _key(value)) for name, value in sorted(kwargs.items())))
        about = _about((*args, *kwargs.values()))
        return cast(R, memory.answer(question, lambda: function(*args, **kwargs), about))

    return ask


def lasting(question: Any, ask: Callable[[], R]) -> R | None:
    """As a remembered function; but a change of one table does not forget it: who uses it asks `is_changed` as well.
    None outside of a block, where it would not last."""
    memory = _memory.get()
    return None if memory is None else cast(R, memory.answer(question, ask, _NO_TABLE))


def known(question: Any) -> Any:
    """What was answered to a lasting question in this block already; None where nobody has asked."""
    memory = _memory.get()
    return memory.answers.get(question, (None,))[0] if memory is not None else None


def is_changed(tables: frozenset[str]) -> bool:
    """Whether one of these tables has changed in this block. What is being asked here rests on them."""
    memory = _memory.get()
    if memory is None:
        return False
    for around in memory.being_asked[-1:]:
        around.update(tables)
    return not memory.changed.isdisjoint(tables)


def _key(value: Any) -> Any:
    return (type(value), value.pk) if isinstance(value, models.Model) else value


def _about(values: Iterable[Any]) -> frozenset[str]:
    """The tables of the rows that a question is about, of what they belong to, and of what was read with them."""
    found: set[str] = set()
    for row in values:
        if isinstance(row, models.Model):
            found |= _belongings(type(row))
            for kept in getattr(row, "_prefetched_objects_cache", {}).values():
                found.add(kept.model._meta.db_table)
    return frozenset(found)


@functools.cache
def _belongings(model: type[models.Model]) -> frozenset[str]:
    """The table of a model and of everything its rows hang on by keys that cannot be empty, up to the root."""
    found: set[str] = set()
    waiting = [model]
    for one in waiting:  # grows while it is walked
        if one._meta.db_table not in found:
            found.add(one._meta.db_table)
            waiting += [
                key.related_model
                for key in one._meta.concrete_fields
                if isinstance(key, models.ForeignKey) and not key.null and isinstance(key.related_model, type)
            ]
    return frozenset(found)


@functools.lru_cache(maxsize=4096)
def _tables(sql: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a statement reads, and what it changes. A lock lets others' changes in, and so does whatever is strange."""
    if sql.startswith("SELECT"):
        changed = frozenset({ANY} if _LOCKING.search(sql) or "_lock(" in sql else ())
        return frozenset(_READ.findall(sql) or {ANY}), changed
    if sql.startswith(_HARMLESS):
        return frozenset(), frozenset()
    return frozenset(_READ.findall(sql)), frozenset(_CHANGED.findall(sql) or {ANY})
