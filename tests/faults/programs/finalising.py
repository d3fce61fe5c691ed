"""What dies while a bid comes in? A client's process, at each place in turn, by SIGKILL or an error.

Called by tests/faults/test_finalise.py in a process of its own: FILE POINT:HOW … The file holds one request a line. For
each a child dies at its place, then another child makes the same request again; the journal says what each was told.
"""

import datetime
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import django

django.setup()

from django.db import connection, connections  # noqa: E402

from yangcai.kernel import entries  # noqa: E402
from yangcai.parties.models import Post  # noqa: E402
from yangcai.sealing.statement import Message  # noqa: E402
from yangcai.tendering import finalise  # noqa: E402
from yangcai.tendering.models import BidUpload  # noqa: E402


class Broken(Exception):
    """The other way to end."""


def end(how: str) -> NoReturn:
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise Broken


def before(module: Any, name: str, how: str) -> None:
    """The process ends where this would be called."""
    setattr(module, name, lambda *_args, **_kwargs: end(how))


def after(module: Any, name: str, how: str, also: str = "") -> None:
    ordinary: Callable[..., Any] = getattr(module, name)

    def then_end(*args: Any, **kwargs: Any) -> NoReturn:
        ordinary(*args, **kwargs)
        if also:
            with connection.cursor() as cursor:
                cursor.execute(also)
        end(how)

    setattr(module, name, then_end)


#: SBP/1 appendix C, and two more: while the Entry is written, and when it is.
POINTS: dict[str, Callable[[str], None]] = {
    "before_tx": lambda how: before(finalise, "_committed", how),
    "after_lock": lambda how: before(finalise, "append_leaves", how),
    "after_log_insert": lambda how: before(finalise, "_receipt", how),
    "after_receipt_sign": lambda how: before(finalise, "keep", how),
    "after_insert": lambda how: after(finalise, "keep", how),
    "before_commit": lambda how: after(finalise, "receive", how, "SET CONSTRAINTS ALL IMMEDIATE"),
    "after_commit": lambda how: after(finalise, "_committed", how),
    "before_response": lambda how: before(sys.modules[__name__], "acknowledge", how),
    "before_entry": lambda how: before(entries, "append_all", how),
    "after_entry": lambda how: after(finalise, "_note_batch", how),
}


def acknowledge(journal: Path, note: str) -> None:
    """The client has its receipt, and keeps it."""
    with journal.open("a") as out:
        out.write(json.dumps(note) + "\n")
        out.flush()
        os.fsync(out.fileno())


def ask(request: dict[str, Any], journal: Path) -> None:
    """As the door does it: finalise, note, answer."""
    upload = BidUpload.objects.select_related("lot").get(pk=request["upload"])
    post = Post.objects.get(pk=request["post"])
    now = datetime.datetime.fromisoformat(request["now"])
    message = Message.parse(request["message"].encode())
    taken = finalise.finalise(finalise.request_of(upload.sid, message, by=post, now=now))
    finalise.note_in(now=now)
    acknowledge(journal, taken.note)


def child(deed: Callable[[], Any]) -> int:
    """Done in a child with a connection of its own; its exit code, negative for a signal."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            connections.close_all()
            deed()
            code = 0
        except Broken:
            code = 3
        finally:
            os._exit(code)
    _pid, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def main(file: str, cases: list[str]) -> None:
    connections.close_all()
    journal = Path(file).with_suffix(".journal")
    for line, case in zip(Path(file).read_text().splitlines(), cases, strict=True):
        point, _colon, how = case.partition(":")
        request = json.loads(line)
        journal.write_text("")

        def dies(point: str = point, how: str = how, request: dict[str, Any] = request) -> None:
            POINTS[point](how)
            ask(request, journal)

        ended = child(dies)
        first = journal.read_text().splitlines()
        again = child(lambda request=request: ask(request, journal))
        told = journal.read_text().splitlines()
        sys.stdout.write(
            json.dumps({"case": case, "ended": ended, "first": first, "again": again, "told": told}) + "\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
