"""An Action that is asked for when something breaks: a buyer publishes an intention. How much of it is there?"""

from typing import Any

import pytest

from tests import factories
from tests.factories import NOW
from yangcai.funds.models import Appropriation
from yangcai.kernel.actions import ACTIONS, Done, perform
from yangcai.kernel.models import Entry, IdempotencyKey
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention
from yangcai.portal.models import Notice

WHAT = {"title": "示例意向", "overview": "示例", "amount": "100000.00", "expected_on": "2026-05-01"}


@pytest.fixture
def officer() -> Post:
    return factories.make_post(Role.BUYER_OFFICER)


@pytest.fixture
def line(officer: Post) -> Appropriation:
    made = factories.fund_appropriation(officer.organisation)
    return Appropriation.objects.get(pk=made.pk)


def rows() -> tuple[int, ...]:
    """How much of the Action there is: intention, Entry, notice, key, and the version that counts it."""
    counted = (Intention, Entry, Notice, IdempotencyKey)
    versions = sum(Appropriation.objects.values_list("version", flat=True))
    return (*(model.objects.count() for model in counted), versions)


def publish(line: Appropriation, officer: Post, *, key: str | None = "key-1", **more: Any) -> Done:
    return perform(ACTIONS["intention.publish"], line, by=officer, now=NOW, idempotency_key=key, **WHAT, **more)
