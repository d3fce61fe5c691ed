"""How is the health journal kept while everything else may hang? In a thread beside the worker, with its own
connections: a commit that waits for a lost standby holds up the deadlines and the log, and not the line that says so.

In a sandbox there is none: its clock leaps over days, which would be outages of days.
"""

import argparse
import contextlib
import logging
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from yangcai.cli.console import tell

if TYPE_CHECKING:
    from yangcai.tendering.health import Watched

logger = logging.getLogger(__name__)

#: Seconds between two looks at whether a line is due, and the longest wait for the thread at the end.
BEAT, FAREWELL = 5.0, 20.0


def is_kept() -> bool:
    """Whether the health journal is kept here: not in a sandbox, whose clock is no clock."""
    from django.conf import settings

    return not settings.YANGCAI_SANDBOX


def once() -> "Watched | None":
    """One round, where a journal is kept."""
    from yangcai.kernel import clock
    from yangcai.tendering import health

    return health.watch(now=clock.now()) if is_kept() else None


@contextlib.contextmanager
def beside(options: argparse.Namespace, *, stop: threading.Event) -> Iterator[None]:
    """Round after round until `stop`, while the block runs."""
    if not is_kept():
        yield
        return
    # A thread of no consequence at the end: one that hangs in a commit does not keep the process alive.
    thread = threading.Thread(target=rounds, args=(options,), kwargs={"stop": stop}, name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(FAREWELL)


def rounds(options: argparse.Namespace, *, stop: threading.Event, beat: float = BEAT) -> None:
    """What fails is told once, and tried again: nothing that is wrong ends the journal."""
    from django.db import connections

    said = ""
    while not stop.is_set():
        try:
            found = once()
        except Exception as error:
            connections.close_all()  # fresh ones for the next round
            text = f"{type(error).__name__}: {error}"
            if text != said:
                logger.exception("a round of the health journal failed")
            said = text
        else:
            said = ""
            if found is not None:
                _tell(options, found)
        stop.wait(beat)
    connections.close_all()


def _tell(options: argparse.Namespace, found: "Watched") -> None:
    from yangcai.tendering.outages import what_failed

    if found.line is not None and not found.line.is_good:
        zh, en = what_failed(found.line.bad)
        tell(options, zh=f"健康日志：{zh}故障", en=f"health: {en} failed")
    if found.outage is not None:
        tell(options, zh=f"停机：{found.outage}", en=f"outage: {found.outage}")
    for extension in found.extensions:
        tell(options, zh=f"停机顺延：{extension}", en=f"extended: {extension}")
