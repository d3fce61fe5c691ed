"""What dies in the middle of an Action? This process does: a plan is drafted, and the power goes at a chosen place.

Called by tests/faults/test_f01_actions.py in a process of its own, on the test's
database: WHERE APPROPRIATION POST KEY.
"""

import os
import signal
import sys
from typing import Any, NoReturn

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from tests.factories import NOW  # noqa: E402
from yangcai.funds.models import Appropriation  # noqa: E402
from yangcai.kernel import actions, entries, tasks  # noqa: E402
from yangcai.parties.models import Post  # noqa: E402


def die(*args: Any, **kwargs: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def main(where: str, appropriation: str, post: str, key: str) -> None:
    ordinary = actions._perform_locked
    if where == "body":  # rows are written, no Entry yet
        entries.append = die
    elif where == "tasks":  # the Entry is written too
        tasks.refresh = die
    elif where == "commit":  # everything is written and checked; only the COMMIT is missing

        def then_die(*args: Any, **kwargs: Any) -> Any:
            ordinary(*args, **kwargs)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            die()

        actions._perform_locked = then_die
    subject = Appropriation.objects.get(pk=appropriation)
    data = {
        "title": "示例意向", "overview": "示例", "amount": "100000.00", "expected_on": "2026-05-01",
    }  # fmt: skip
    by = Post.objects.get(pk=post)
    request = {"by": by, "now": NOW, "idempotency_key": key, **data}
    if where == "answer":
        with transaction.atomic():
            transaction.on_commit(die)
            actions.perform(actions.ACTIONS["intention.publish"], subject, **request)
    actions.perform(actions.ACTIONS["intention.publish"], subject, **request)


if __name__ == "__main__":
    main(*sys.argv[1:])
