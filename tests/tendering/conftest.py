"""Where does the report of an evaluation lie with the buyer? What the tests of awards begin with."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.apart import apart
from tests.tendering.awarding import evaluated
from tests.tendering.judging import Hall


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[Hall]:
    """The report lies with the buyer: told once for this file; what each test adds is taken back."""
    with django_db_blocker.unblock(), apart():
        yield evaluated()


@pytest.fixture
def sent(told: Hall, db: None) -> Hall:
    return deepcopy(told)
