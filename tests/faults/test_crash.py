"""Does a process that dies in the middle of an Action leave the whole of it or nothing, and one effect of a retry?"""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, connections

from tests import factories
from tests.factories import NOW
from yangcai.funds.models import Appropriation
from yangcai.kernel.actions import ACTIONS, Done, perform
from yangcai.kernel.models import Entry, IdempotencyKey, Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention
from yangcai.portal.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
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


def dies(where: str, line: Appropriation, officer: Post) -> None:
    """The same request in a process of its own, which is killed at that place."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{name}")),
        "DJANGO_SETTINGS_MODULE": "yangcai.settings",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.faults.crashing", where, str(line.pk), str(officer.pk), "key-1"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def publish(line: Appropriation, officer: Post, *, key: str | None = "key-1", **more: Any) -> Done:
    return perform(ACTIONS["intention.publish"], line, by=officer, now=NOW, idempotency_key=key, **WHAT, **more)


@pytest.mark.parametrize("where", ["body", "tasks", "commit"])
def test_killed_before_the_commit_nothing_of_it_is_left(where: str, line: Appropriation, officer: Post) -> None:
    dies(where, line, officer)
    assert rows() == (0, 0, 0, 0, 0)
    assert not Task.objects.filter(root=line.ref).exists()
    # The retried request finds the way free: no lock, no claimed key.
    done = publish(line, officer)
    assert not done.again and done.entry == 0
    assert rows() == (1, 1, 1, 1, 1)


def test_killed_after_the_commit_all_of_it_is_there_and_a_retry_adds_nothing(
    line: Appropriation, officer: Post
) -> None:
    dies("answer", line, officer)
    assert rows() == (1, 1, 1, 1, 1)
    done = publish(line, officer)
    assert done.again and done.entry == 0 and done.value == Intention.objects.get()
    assert rows() == (1, 1, 1, 1, 1)


# --- at the same moment --------------------------------------------------------------------------------------------


def at_once(number: int, call: Any) -> list[Any]:
    """What `number` threads get that call at the same moment: an answer or a Refused."""
    ready, found = threading.Barrier(number), [None] * number

    def run(index: int) -> None:
        ready.wait()
        try:
            found[index] = call(index)
        except Refused as refused:
            found[index] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def test_the_same_request_six_times_at_once_is_done_once(line: Appropriation, officer: Post) -> None:
    answers = at_once(6, lambda index: publish(Appropriation.objects.get(pk=line.pk), officer))
    assert {answer.entry for answer in answers} == {0}
    assert sorted(answer.again for answer in answers) == [False, *[True] * 5]
    assert rows() == (1, 1, 1, 1, 1)


def test_one_key_for_two_different_requests_is_refused(line: Appropriation, officer: Post) -> None:
    publish(line, officer)
    other = WHAT | {"amount": "200000.00"}
    with pytest.raises(Refused) as refused:
        perform(ACTIONS["intention.publish"], line, by=officer, now=NOW, idempotency_key="key-1", **other)
    assert refused.value.codes == {"idempotency_mismatch"}
    assert rows() == (1, 1, 1, 1, 1)


def test_of_two_who_saw_the_same_state_one_is_told_to_look_again(line: Appropriation, officer: Post) -> None:
    colleague = factories.make_post(Role.BUYER_OFFICER, officer.organisation)
    people = [officer, colleague]
    answers = at_once(
        2,
        lambda index: publish(
            Appropriation.objects.get(pk=line.pk), people[index], key=None, expected_version=line.version
        ),
    )
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [answer.codes for answer in refused] == [{"stale_form"}]
    assert Intention.objects.count() == Notice.objects.count() == 1
