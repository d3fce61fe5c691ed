"""How does a test come to its beginning sooner? Steps that it does not look at derive their tasks once, at the end."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest import mock

from tests.length import NIGHTLY
from yangcai.kernel import tasks

_step_by_step: ContextVar[bool] = ContextVar("step_by_step", default=False)


@contextmanager
def step_by_step() -> Iterator[None]:
    """In this block nobody hurries: for tests that look at what was due in between."""
    token = _step_by_step.set(True)
    try:
        yield
    finally:
        _step_by_step.reset(token)


def is_hurried() -> bool:
    """Whether `tasks_at_the_end` does what it says; not at night, when every step of every beginning is looked at."""
    return not NIGHTLY and not _step_by_step.get()


@contextmanager
def tasks_at_the_end() -> Iterator[None]:
    """In this block an Action leaves the tasks of its root as they were; they are made to agree when it ends."""
    if not is_hurried():
        yield
        return
    ordinary = tasks.refresh
    waiting: dict[str, tuple[Any, datetime.datetime, Any]] = {}

    def later(root: Any, *, now: datetime.datetime, by: Any = None) -> None:
        waiting[root.ref] = (root, now, by)

    try:
        with mock.patch.object(tasks, "refresh", later):
            yield
    finally:
        for root, now, by in waiting.values():
            ordinary(type(root)._base_manager.get(pk=root.pk), now=now, by=by)
