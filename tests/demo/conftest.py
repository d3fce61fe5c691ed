"""Where are the stories of the demo told? In a sandbox with the district's people, on its first morning."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from tests.apart import apart
from yangcai.kernel import clock
from yangcai.replay import district
from yangcai.replay.driver import begin_again


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Organisations and people of the demo, and nothing bought yet."""
    with django_db_blocker.unblock(), override_settings(YANGCAI_SANDBOX=True), apart():
        district.settle()
        begin_again()
        clock.set_sandbox(at=district.MORNING)
        yield


@pytest.fixture(autouse=True)
def in_the_demo(people: None) -> None:
    """Every story begins with them."""
