"""What has been read already, while nothing can have changed? Rules ask alike; the database hears each question once.

`perform` checks every rule under the lock of the root, and derives tasks after the last write: between two writes a
question has one answer. A page asks of every button what `perform` would ask. Functions marked `remembered` keep their
answers for as long as a `reading()` lasts, and no longer.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar, cast

from django.db import models

P = ParamSpec("P")
R = TypeVar("R")

_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Nothing is written in this block: remembered answers hold to its end. A block within another one goes on with
    what that one has heard."""
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Rows change in this block: nothing is remembered, and whoever reads around it asks anew afterwards."""
    around = _answers.get()
    token = _answers.set(None)
    try:
        yield
    finally:
        _answers.reset(token)
        if around is not None:
            around.clear()


def remembered(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function of rows and plain values whose answer depends on the database alone. Outside of a `reading()`
    it is what it was. Callers must not change what it returns; give back a tuple rather than a list."""

    @functools.wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        answers = _answers.get()
        if answers is None:
            return function(*args, **kwargs)
        question = (function, *map(_key, args), *((name, _key(value)) for name, value in sorted(kwargs.items())))
        if question not in answers:
            answers[question] = function(*args, **kwargs)
        return cast(R, answers[question])

    return ask


def _key(value: Any) -> Any:
    return (type(value), value.pk) if isinstance(value, models.Model) else value
