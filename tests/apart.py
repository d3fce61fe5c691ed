"""How do several tests share a beginning? It is told inside a transaction that is taken back after the last of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def apart() -> Iterator[None]:
    """What happens inside has not happened afterwards. Each test marked django_db goes on from there in a transaction
    of its own inside this one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
