"""F1: does a process that dies in the middle of an Action leave all of it or nothing, and one effect of a retry?"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests.faults.intention import line as line
from tests.faults.intention import officer as officer
from tests.faults.intention import publish, rows
from yangcai.funds.models import Appropriation
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.planning.models import Intention

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


def dies(where: str, line: Appropriation, officer: Post) -> None:
    """The same request in a process of its own, which is killed at that place."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{name}")),
        "DJANGO_SETTINGS_MODULE": "yangcai.settings",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.faults.programs.crashing", where, str(line.pk), str(officer.pk), "key-1"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.mark.long
@pytest.mark.parametrize("where", ["body", "tasks", "commit"])
def test_killed_before_the_commit_nothing_of_it_is_left(
    tells: Any, where: str, line: Appropriation, officer: Post
) -> None:
    dies(where, line, officer)
    assert rows() == (0, 0, 0, 0, 0)
    assert not Task.objects.filter(root=line.ref).exists()
    # The retried request finds the way free: no lock, no claimed key.
    done = publish(line, officer)
    assert not done.again and done.entry == 0
    assert rows() == (1, 1, 1, 1, 1)
    tells(deaths=1, acknowledged=1, lost=0, effects_too_many=Intention.objects.count() - 1)


@pytest.mark.long
def test_killed_after_the_commit_all_of_it_is_there_and_a_retry_adds_nothing(
    tells: Any, line: Appropriation, officer: Post
) -> None:
    dies("answer", line, officer)
    assert rows() == (1, 1, 1, 1, 1)
    done = publish(line, officer)
    assert done.again and done.entry == 0 and done.value == Intention.objects.get()
    assert rows() == (1, 1, 1, 1, 1)
    tells(deaths=1, acknowledged=1, lost=0, effects_too_many=Intention.objects.count() - 1)
