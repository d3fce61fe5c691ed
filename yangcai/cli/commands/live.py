"""How is the live hall served? By a process of its own beside the site: one loop, hundreds of viewers, no form."""

import argparse
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from yangcai.cli import console, ports, site
from yangcai.cli.console import say, tell

HELP = ("启动开标大厅的实时推送", "serve the live events of the opening halls")
#: Viewers that one process takes: each holds one connection.
VIEWERS = 8192
#: Seconds in which it ends when it is told to.
PATIENCE = 20
PR_SET_PDEATHSIG = 1  # of Linux's prctl


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=say(zh="监听地址", en="address to listen on"))
    parser.add_argument("--port", type=ports.port, default=ports.DEFAULT + 1, help=say(zh="端口", en="port"))
    parser.add_argument("--beside", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    if options.beside:
        tie_to_parent()
    with ports.claim_or_stop(host=options.host, port=options.port, command="live"), site.running_database():
        tell(
            options,
            zh=f"开标大厅实时推送在 http://{options.host}:{options.port}/live/",
            en=f"live events of the halls at http://{options.host}:{options.port}/live/",
        )
        serve(host=options.host, port=options.port)
    return console.OK


def serve(*, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM."""
    from granian import Granian
    from granian.constants import Interfaces

    os.register_at_fork(after_in_child=tie_to_parent)
    Granian(
        "yangcai.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        backlog=VIEWERS,
        backpressure=VIEWERS,
        websockets=False,
        workers_kill_timeout=2,  # viewers never hang up by themselves, and nothing is lost with them
        respawn_failed_workers=True,
    ).serve()


@contextmanager
def beside(*, host: str, port: int) -> Iterator[int]:
    """The process beside the site, on the first free port after the site's; the pages learn it from YANGCAI_LIVE_PORT.
    Yields the port; 0 where none is free: the pages then ask now and then."""
    from django.conf import settings

    found = _free(host=host, port=port)
    if not found:
        yield 0
        return
    os.environ["YANGCAI_LIVE_PORT"] = str(found)
    settings.YANGCAI_LIVE_PORT = found  # for workers that are forked from this process
    command = [sys.executable, "-m", "yangcai", "live", "--host", host, "--port", str(found), "--beside", "--quiet"]
    child = subprocess.Popen([*command, "--lang", console.language()])
    try:
        yield found
    finally:
        child.terminate()
        try:
            child.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _free(*, host: str, port: int) -> int:
    for candidate in range(port + 1, min(port + ports.TRIES, 2**16)):
        if claimed := ports.claim(host=host, port=candidate):
            claimed.close()  # the other process claims it for itself
            return candidate
    return 0


def tie_to_parent() -> None:
    """In a new process: only its parent ends it. Ctrl-C reaches every process of the terminal, and one that is told
    twice hangs until it is killed; one whose parent was killed would keep the port, with no database behind it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
