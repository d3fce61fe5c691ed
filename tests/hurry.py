"""How does a test come to its beginning sooner? Steps that it does not look at derive their tasks once, at the end."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from yangcai.kernel import tasks


@contextmanager
def tasks_at_the_end() -> Iterator[None]:
    """In this block an Action leaves the tasks of its root as they were; they are made to agree when it ends."""
    ordinary = tasks.refresh
    waiting: dict[str, tuple[Any, datetime.datetime]] = {}

    def later(root: Any, *, now: datetime.datetime) -> None:
        waiting[root.ref] = (root, now)

    with mock.patch.object(tasks, "refresh", later):
        yield
    for root, now in waiting.values():
        ordinary(type(root)._base_manager.get(pk=root.pk), now=now)
