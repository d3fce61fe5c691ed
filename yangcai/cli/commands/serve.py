"""How is the site served? By Granian, some worker processes of several threads each, until interrupted."""

import argparse
import os
from collections.abc import Callable

from yangcai.cli import console, ports, site
from yangcai.cli.commands import live, migrate
from yangcai.cli.console import say, tell

HELP = ("启动网站", "serve the site")
#: Of each process; one of them is never taken by a bid that waits for the standby (api/sbp/stalls.py).
THREADS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=say(zh="监听地址", en="address to listen on"))
    parser.add_argument("--port", type=ports.port, default=ports.DEFAULT, help=say(zh="端口", en="port"))
    parser.add_argument(
        "--workers", type=processes, default=min(4, os.cpu_count() or 1), help=say(zh="进程数", en="processes")
    )


def run(options: argparse.Namespace) -> int:
    address = ports.claim_or_stop(host=options.host, port=options.port, command="serve")
    with address, site.running_database():
        site.load()
        migrate.check()
        if is_empty():
            tell(
                options,
                zh="还没有人能登录：yangcai user add 登录名 --name 姓名，再 yangcai user post 登录名 --role platform",
                en="nobody can sign in yet: yangcai user add LOGIN --name NAME, then user post LOGIN --role platform",
            )
        tell(
            options,
            zh=f"打开 http://{options.host}:{options.port}/ （Ctrl-C 结束）",
            en=f"open http://{options.host}:{options.port}/ (Ctrl-C ends)",
        )
        serve(host=options.host, port=options.port, workers=options.workers)
    return console.OK


def is_empty() -> bool:
    """Whether nobody holds a post yet; the clock's own does not count, for it does not sign in."""
    from yangcai.parties.models import Post

    return not Post.objects.exclude(person__username="clock").exists()


def processes(text: str) -> int:
    """A number of worker processes as an option. Raises argparse.ArgumentTypeError."""
    if text.isdecimal() and 0 < int(text) <= 256:
        return int(text)
    raise argparse.ArgumentTypeError(say(zh=f"进程数应为 1 至 256：{text}", en=f"processes are 1 to 256, not {text}"))


def serve(*, host: str, port: int, workers: int, listening: Callable[[], object] | None = None) -> None:
    """Serve until SIGINT or SIGTERM, with the live halls beside. Collects the static files first where they get names
    of their own.

    `listening` is called once, when connections are taken.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces

    if settings.STATIC_ROOT:
        call_command("collectstatic", verbosity=0, interactive=False)
    connections.close_all()
    os.register_at_fork(after_in_child=live.tie_to_parent)
    server = Granian(
        "yangcai.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
    )
    if listening:
        server.on_startup(listening)
    with live.beside(host=host, port=port):
        server.serve()
