"""Who acts when a deadline passes, or a paper waits for its seals? This worker: deemed decisions, ends of suspensions,
reminders, signed papers, e-mails, each once.

It also gives the public log its rounds (`yangcai log sequence` does that alone), and keeps the health journal beside
them (cli/journal.py).
"""

import argparse
import datetime
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from yangcai.cli import console, journal, site
from yangcai.cli.commands import log, migrate
from yangcai.cli.console import answer, say, tell

if TYPE_CHECKING:
    from yangcai.kernel.models import Task
    from yangcai.www.signed_papers import Issuer

HELP = ("到期办理：视同决定、到期恢复、提醒；出具签署文本", "do what the clock makes due, and issue signed papers")

logger = logging.getLogger(__name__)

#: So many letters are sent in one round, then deadlines have their turn again.
MAILS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help=say(zh="只办理一次", en="one round, then end"))
    parser.add_argument(
        "--interval", type=float, default=5.0, help=say(zh="最长间隔（秒）", en="longest wait between rounds, seconds")
    )


def run(options: argparse.Namespace) -> int:
    if options.once:
        site.load()
        migrate.check()
        _sweep()
        fired = [_told(task) for task in _round(_issuer())]
        journal.once()
        answer(options, data={"fired": fired}, text=_summary(fired))
        return console.OK
    with site.running_database():
        site.load()
        migrate.check()
        tell(options, zh="开始到期办理（Ctrl-C 结束）", en="working (Ctrl-C ends)")
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        with journal.beside(options, stop=stop):
            _work(options, stop=stop)
    return console.OK


def _work(options: argparse.Namespace, *, stop: threading.Event) -> None:
    for task in work(stop=stop, interval=options.interval, also=log.Beat(options)):
        line = _told(task)
        tell(
            options,
            zh=f"{line['at']} {line['title']}：{line['zh']}",
            en=f"{line['at']} {line['title']}: {line['en']}",
        )


def _issuer() -> "Issuer":
    from yangcai.www.signed_papers import Issuer

    return Issuer()


def _sweep() -> None:
    """What processes that were killed left half written, by the machine's clock, as are the times of files; and what an
    earlier version of the platform left undone."""
    from yangcai.kernel import clock, documents
    from yangcai.www import signed_papers

    documents.sweep(now=datetime.datetime.now(datetime.UTC))
    signed_papers.ask_for_owed_orders(now=clock.now())


def _round(issuer: "Issuer") -> "list[Task]":
    """What the clock made due, what is to be sent of it, then the papers that wait for seals and stamps."""
    from yangcai.kernel import clock

    fired = _due()
    _deliver()
    return fired + issuer.round(now=clock.now(), tick=time.monotonic())


def _due() -> "list[Task]":
    from django.db import InterfaceError, OperationalError

    from yangcai.kernel import clock, tasks
    from yangcai.tendering import finalise, share_tests

    now = clock.now()
    for deed in (finalise.note_in, share_tests.try_what_came_in):  # the first: what a door that broke down left behind
        try:
            deed(now=now)
        except (InterfaceError, OperationalError):
            raise
        except (
            Exception
        ):  # a key that lies open, a file that is gone: no reason to let deadlines and the log stand still
            logger.exception("%s failed", deed.__name__)
    return tasks.fire_due(now=now)


def _deliver() -> int:
    """Send what waits in the outbox; a gateway that is slow or broken holds up no deadline for long."""
    from yangcai.kernel import clock
    from yangcai.notifications import outbox

    return len(outbox.deliver(now=clock.now(), most=MAILS))


def work(
    *, stop: threading.Event, interval: float, also: Callable[[], float] = lambda: float("inf")
) -> "Iterator[Task]":
    """Round after round until `stop`; waits until the next deadline, at most `interval` seconds. A database that is
    away for a while is waited for: nothing is lost, because what is due is derived from state. `also` is done in each
    round, and says in how many seconds it is again; one paper at the end of it: an authority that is slow holds up a
    deadline, and the log, by one answer."""
    from django.db import InterfaceError, OperationalError, connection

    from yangcai.kernel import clock

    issuer = _issuer()
    _sweep()
    while not stop.is_set():
        wait = interval
        try:
            yield from _due()
            again = also()
            made = issuer.round(now=clock.now(), tick=time.monotonic(), most=1)
            yield from made
            sent = _deliver()
            wait = 0.0 if made or sent == MAILS else min(interval, again, _seconds_to_next())
        except (InterfaceError, OperationalError):  # the connection broke, or had been cut before it was used
            connection.close()  # a fresh one for the next round
        stop.wait(wait)


def _seconds_to_next() -> float:
    from yangcai.kernel import clock, tasks

    now = clock.now()
    due_at = tasks.next_due_at(after=now)
    return max((due_at - now) / datetime.timedelta(seconds=1), 0.05) if due_at else float("inf")


def _told(task: "Task") -> dict[str, str]:
    from yangcai import law
    from yangcai.kernel.actions import ACTIONS

    clock = law.clock(task.clock) if task.clock else ACTIONS.get(task.action)
    return {
        "at": (task.due_at or task.since).isoformat(),
        "root": task.root,
        "title": task.title,
        "clock": task.clock,
        "action": task.action,
        "zh": clock.zh if clock else task.action,
        "en": clock.en if clock else task.action,
    }


def _summary(fired: list[dict[str, str]]) -> str:
    lines = [say(zh=f"{f['title']}：{f['zh']}", en=f"{f['title']}: {f['en']}") for f in fired]
    return "\n".join([*lines, say(zh=f"到期 {len(fired)} 项", en=f"{len(fired)} due")])
