"""How do several tests share a beginning? It is told inside a transaction that is taken back after the last of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, TypeVar

import pytest
from django.db import transaction

T = TypeVar("T")


@contextmanager
def apart() -> Iterator[None]:
    """What happens inside has not happened afterwards. Each test marked django_db goes on from there in a transaction
    of its own inside this one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def shared(begin: Callable[[], T]) -> Any:
    """A fixture of a file: `begin` is told once for all of its tests, and a test that names it calls it for its own
    copy (`signed = shared(sign)`, then `h = signed()`). The other tests of the file find these rows beside theirs,
    in whatever order they come."""

    @pytest.fixture(scope="module", autouse=True)
    def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], T]]:
        with django_db_blocker.unblock(), apart():
            beginning = begin()
            yield lambda: deepcopy(beginning)

    return told
