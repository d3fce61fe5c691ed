"""What dies while the bids of a lot are opened? A client's process, at each place in turn, by SIGKILL.

Called by tests/faults/test_f02_opening.py in a process of its own, on the test's database: LOT POST NOW POINT.
"""

import datetime
import os
import signal
import sys
from typing import Any, NoReturn

import django

django.setup()

from django.db import connection  # noqa: E402

from yangcai.cases.models import Lot  # noqa: E402
from yangcai.kernel import actions, entries  # noqa: E402
from yangcai.parties.models import Post  # noqa: E402
from yangcai.tendering import unsealing  # noqa: E402
from yangcai.tendering.actions import unsealing as opening  # noqa: E402


def die(*_args: Any, **_kwargs: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def second(module: Any, name: str) -> None:
    """The process ends where this would be called for the second bid."""
    ordinary, calls = getattr(module, name), []

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        return die() if len(calls) == 2 else ordinary(*args, **kwargs)

    setattr(module, name, counted)


def at_the_commit() -> None:
    ordinary = actions._perform_locked

    def then_die(*args: Any, **kwargs: Any) -> NoReturn:
        ordinary(*args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        die()

    actions._perform_locked = then_die


#: SBP/1 appendix C: combined, decrypted, written; then the Entry, and the commit.
POINTS = {
    "combined": lambda: second(unsealing, "open_envelope"),
    "decrypted": lambda: second(opening.unsealing, "as_submitted"),
    "written": lambda: second(opening, "write_opened"),
    "entry": lambda: setattr(entries, "append", die),
    "commit": at_the_commit,
}


def main(lot: str, post: str, now: str, point: str) -> None:
    POINTS[point]()
    by = Post.objects.get(pk=post)
    when = datetime.datetime.fromisoformat(now)
    actions.perform(actions.ACTIONS["opening.unseal"], Lot.objects.get(pk=lot), by=by, now=when)


if __name__ == "__main__":
    main(*sys.argv[1:])
