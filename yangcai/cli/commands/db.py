"""Is the PostgreSQL of our own running? Start it, stop it, tell its state or its address."""

import argparse
import fcntl
import os
import select
import sys
from pathlib import Path

from yangcai.cli import console, site
from yangcai.cli.console import Stop, answer, say, tell
from yangcai.kernel import embedded_postgres

KEEP_SECONDS = 1.0  # how soon a killed server is noticed
HELP = ("内置数据库：启动、停止、状态、地址", "the embedded database: start, stop, status, url")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", choices=["start", "stop", "status", "url", "keep"])


def run(options: argparse.Namespace) -> int:
    if os.environ.get("DATABASE_URL"):
        if options.verb == "url":
            answer(options, data={"url": os.environ["DATABASE_URL"]}, text=os.environ["DATABASE_URL"])
            return console.OK
        raise Stop(
            zh="DATABASE_URL 已指定外部数据库，内置数据库不参与",
            en="DATABASE_URL names a database of your own; the embedded one is not used",
            code=console.NOT_PERMITTED,
        )
    home = site.cluster_home()
    if options.verb == "keep":
        return keep(options, home=home)
    if options.verb == "start":
        embedded_postgres.start(home)
    elif options.verb == "stop":
        embedded_postgres.stop(home)
    found = embedded_postgres.status(home)
    data = {"running": found.running, "pid": found.pid, "home": found.home, "url": found.dsn, "version": found.version}
    if options.verb == "url":
        text = found.dsn
    elif found.running:
        text = say(
            zh=f"PostgreSQL {found.version} 运行中（进程 {found.pid}）\n{found.dsn}",
            en=f"PostgreSQL {found.version} is running (process {found.pid})\n{found.dsn}",
        )
    else:
        text = say(zh=f"未运行：{found.home}", en=f"not running: {found.home}")
    answer(options, data=data, text=text)
    return console.NOT_MET if options.verb == "status" and not found.running else console.OK


def keep(options: argparse.Namespace, *, home: Path) -> int:
    """Until standard input closes: start the server, again whenever it is gone. Of several that keep it, the last one
    stops it, if it was down before the first. That is written into the file whose lock says who keeps it."""
    with site.in_use(home).open("a+") as use:
        fcntl.flock(use, fcntl.LOCK_SH)
        if not embedded_postgres.status(home).running:
            use.write("stop it at the end\n")
            use.flush()
        embedded_postgres.start(home)
        try:
            print(embedded_postgres.status(home).dsn, flush=True)
        except BrokenPipeError:  # whoever asked has ended meanwhile: then so does this, in order, and says nothing more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        while not select.select([sys.stdin], [], [], KEEP_SECONDS)[0]:
            if not embedded_postgres.status(home).running:
                tell(options, zh="数据库已中断，正在重新启动", en="the database is gone; starting it again")
                embedded_postgres.start(home)
        # Let go first: two that end at once would each find the other's lock where a refused change keeps the old one.
        fcntl.flock(use, fcntl.LOCK_UN)
        try:
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return console.OK  # another goes on
        use.seek(0)
        if use.read():
            embedded_postgres.stop(home)
            use.truncate(0)
    return console.OK
