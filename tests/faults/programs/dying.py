"""How does a process end, or stand still, at one place? By SIGKILL, by an error, or by a stall after which it goes on.

The place is where something is called. A client that hears nothing asks again: after a death at once, in a stall while
the first still stands there, with whatever it holds; then the first goes on, as a machine does that was frozen.
A way to end is `kill`, `error`, or `stall=30` (seconds).
"""

import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, connections

ENDS = ("kill", "error")
#: How long a process stands still in the campaign (SBP/1 appendix C), and where it is only seen whether this works.
LONG, SHORT = 30.0, 0.2
BROKEN, REFUSED = 3, 5
#: A stall in which whoever asks again takes the place of the first for good (sequencing.py): it goes on without it.
FENCED = "fenced="


class Broken(Exception):
    """The other way to end."""


def ways(*, full: bool) -> tuple[str, ...]:
    """Every way, with the stall as long as this run has it."""
    return (*ENDS, f"stall={LONG if full else SHORT}")


def is_stall(how: str) -> bool:
    return how.startswith(("stall=", FENCED))


def end(how: str) -> None:
    """Here and now; from a stall it returns when somebody lets the process go on."""
    if how == "error":
        raise Broken
    os.kill(os.getpid(), signal.SIGKILL if how == "kill" else signal.SIGSTOP)


def before(module: Any, name: str, how: str) -> None:
    """The process ends where this would be called."""
    ordinary: Callable[..., Any] = getattr(module, name)

    def end_then(*args: Any, **kwargs: Any) -> Any:
        setattr(module, name, ordinary)
        end(how)
        return ordinary(*args, **kwargs)

    setattr(module, name, end_then)


def after(module: Any, name: str, how: str, also: str = "") -> None:
    """The process ends where this has been called, and this statement made."""
    ordinary: Callable[..., Any] = getattr(module, name)

    def then_end(*args: Any, **kwargs: Any) -> Any:
        setattr(module, name, ordinary)
        found = ordinary(*args, **kwargs)
        if also:
            with connection.cursor() as cursor:
                cursor.execute(also)
        end(how)
        return found

    setattr(module, name, then_end)


def forked(deed: Callable[[], Any], *, refused: type[Exception] = Broken) -> int:
    """Begun in a child with a connection of its own; its number. Exit code 5 where it is `refused`."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            connections.close_all()
            deed()
            code = 0
        except Broken:
            code = BROKEN
        except refused:
            code = REFUSED
        finally:
            os._exit(code)
    return pid


def reaped(pid: int) -> int:
    """Its exit code, negative for a signal."""
    _pid, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def tried(
    deed: Callable[[], Any], again: Callable[[], Any], *, how: str, refused: type[Exception] = Broken
) -> tuple[int, int]:
    """The exit codes of whoever comes to its end at its place, and of whoever asks again."""
    first = forked(deed, refused=refused)
    if not is_stall(how):
        return reaped(first), reaped(forked(again, refused=refused))
    _pid, status = os.waitpid(first, os.WUNTRACED)
    assert os.WIFSTOPPED(status), f"it came nowhere near its place: {status}"
    second = forked(again, refused=refused)
    went = reaped(second) if how.startswith(FENCED) else None
    threading.Event().wait(float(how.partition("=")[2]))
    os.kill(first, signal.SIGCONT)
    return reaped(first), reaped(second) if went is None else went


def expected(how: str) -> int:
    """The exit code of the first."""
    return {"kill": -signal.SIGKILL, "error": BROKEN}.get(how, 0)


def acknowledge(journal: Path, **told: Any) -> None:
    """The client has it in hand, and keeps it before anything else happens."""
    with journal.open("a") as out:
        out.write(json.dumps(told) + "\n")
        out.flush()
        os.fsync(out.fileno())


def acknowledged(journal: Path) -> list[dict[str, Any]]:
    """What clients were told, in order."""
    return [json.loads(line) for line in journal.read_text().splitlines()] if journal.exists() else []
