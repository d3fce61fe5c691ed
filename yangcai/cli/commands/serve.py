"""How is the site served? By Granian, some worker processes of several threads each, until interrupted."""

import argparse
import os

from yangcai.cli import console, site
from yangcai.cli.commands import migrate
from yangcai.cli.console import Stop, say, tell

HELP = ("启动网站", "serve the site")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=say(zh="监听地址", en="address to listen on"))
    parser.add_argument("--port", type=int, default=8000, help=say(zh="端口", en="port"))
    parser.add_argument(
        "--workers", type=int, default=min(4, os.cpu_count() or 1), help=say(zh="进程数", en="processes")
    )


def run(options: argparse.Namespace) -> int:
    with site.running_database():
        site.load()
        if missing := migrate.pending():
            raise Stop(
                zh=f"数据库结构不是最新（差 {len(missing)} 项）",
                en=f"the schema is not up to date ({len(missing)} migrations missing)",
                hint="yangcai migrate",
            )
        tell(
            options,
            zh=f"打开 http://{options.host}:{options.port}/ （Ctrl-C 结束）",
            en=f"open http://{options.host}:{options.port}/ (Ctrl-C ends)",
        )
        serve(host=options.host, port=options.port, workers=options.workers)
    return console.OK


def serve(*, host: str, port: int, workers: int) -> None:
    """Serve until SIGINT or SIGTERM. Collects the static files first where they get names of their own."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces

    if settings.STATIC_ROOT:
        call_command("collectstatic", verbosity=0, interactive=False)
    connections.close_all()
    Granian(
        "yangcai.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
    ).serve()
