"""How do the stories of one file share their beginning? It is told once; what each test adds is taken back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from tests.apart import apart


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database in which a file's beginning is told, in a sandbox whose clock the stories move."""
    with django_db_blocker.unblock(), override_settings(YANGCAI_SANDBOX=True), apart():
        yield


@pytest.fixture(autouse=True)
def in_the_world(world: None) -> None:
    """Every story is told in a world."""
