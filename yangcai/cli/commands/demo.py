"""How does a stranger see the platform in two minutes? A demo district on a database of its own, and the site."""

import argparse
import contextlib
import fcntl
import os
import shutil
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from yangcai.cli import console, ports, site
from yangcai.cli.commands import migrate, serve
from yangcai.cli.console import Stop, say, tell
from yangcai.kernel import embedded_postgres

HELP = ("启动演示区", "start the demo district")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=say(zh="监听地址", en="address to listen on"))
    parser.add_argument(
        "--port", type=ports.port, help=say(zh="端口（默认 8000 起第一个空闲的）", en="port (the first free from 8000)")
    )
    parser.add_argument("--workers", type=serve.processes, default=2, help=say(zh="进程数", en="processes"))
    parser.add_argument("--reset", action="store_true", help=say(zh="重新建立演示区", en="make the district anew"))
    parser.add_argument("--no-browser", action="store_true", help=say(zh="不打开浏览器", en="open no browser"))
    parser.add_argument(
        "--no-serve", action="store_true", help=say(zh="只建立，不启动网站", en="make it, serve nothing")
    )


def run(options: argparse.Namespace) -> int:
    if os.environ.get("DATABASE_URL"):
        raise Stop(
            zh="演示只用自己的数据库：请先取消 DATABASE_URL",
            en="the demo uses a database of its own: unset DATABASE_URL first",
            code=console.NOT_PERMITTED,
        )
    home = demo_home()
    if options.reset and home.exists():
        throw_away(home)
    os.environ |= {"YANGCAI_HOME": str(home), "YANGCAI_SANDBOX": "1"}
    with contextlib.ExitStack() as stack:
        port = 0 if options.no_serve else stack.enter_context(claimed_port(options))
        stack.enter_context(site.running_database())
        with alone(options, home):
            site.load()
            migrate.apply()
            build(options)
        address = f"http://{options.host}:{port or ports.DEFAULT}/demo/"
        print(accounts(address), flush=True)
        if options.no_serve:
            return console.OK

        def listening() -> None:
            if not options.no_browser and os.environ.get("DISPLAY"):
                webbrowser.open(address)

        with site.beside("log", "sequence", "--tied", "--quiet"):
            serve.serve(host=options.host, port=port, workers=options.workers, listening=listening)
    return console.OK


@contextlib.contextmanager
def claimed_port(options: argparse.Namespace) -> Iterator[int]:
    """The port that was named, else the first free one: a second demo on one machine is no reason to refuse."""
    if options.port:
        with ports.claim_or_stop(host=options.host, port=options.port, command="demo"):
            yield options.port
        return
    for port in range(ports.DEFAULT, ports.DEFAULT + ports.TRIES):
        if claimed := ports.claim(host=options.host, port=port):
            with claimed:
                yield port
            return
        tell(options, zh=f"端口 {port} 已被占用，试下一个", en=f"port {port} is taken, trying the next")
    raise Stop(
        zh="没有空闲的端口：请用 --port 指定",
        en="no port is free: name one with --port",
        hint="yangcai demo --port 9000",
    )


def throw_away(home: Path) -> None:
    """The whole demo, unless somebody is in it."""
    with site.in_use(home / "postgres").open() as use:
        try:
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Stop(
                zh="演示正在运行：请先结束它（Ctrl-C）", en="the demo is running: end it first (Ctrl-C)"
            ) from error
        embedded_postgres.stop(home / "postgres")
        shutil.rmtree(home)


@contextlib.contextmanager
def alone(options: argparse.Namespace, home: Path) -> Iterator[None]:
    """Of two demos that begin together, one makes the district and the other waits for it."""
    with (home / "making").open("w") as making:
        try:
            fcntl.flock(making, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(options, zh="另一进程正在建立演示区，请稍候", en="another process is making the district; waiting")
            fcntl.flock(making, fcntl.LOCK_EX)
        yield


def demo_home() -> Path:
    """Beside the ordinary home, never in it: demo and real data are not mixed."""
    given = os.environ.get("YANGCAI_HOME")
    return (Path(given) if given else Path("var")).absolute() / "demo"


def build(options: argparse.Namespace) -> None:
    """The district, once; a half-made one, which nobody has worked in yet, is made anew. Called alone."""
    from django.db import connection

    from yangcai.kernel.models import SandboxClock
    from yangcai.parties.models import Organisation
    from yangcai.replay import district

    ready = SandboxClock.objects.filter(at__gte=district.MORNING).exists()
    if ready:
        return
    if Organisation.objects.exists():
        tell(
            options,
            zh="上次建立演示区没有完成，重新建立",
            en="the demo district was not finished the last time; making it anew",
        )
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.close()
        migrate.apply()
    total = len(district.PURCHASES)
    done: list[str] = []

    def told(purchase: district.Purchase) -> None:
        done.append(purchase.id)
        tell(
            options,
            zh=f"建立演示区 {len(done)}/{total}：{purchase.title}",
            en=f"making the demo district {len(done)}/{total}: {purchase.id}",
        )

    district.found_district(told=told)


def accounts(address: str) -> str:
    """Who can sign in, and where to begin."""
    from yangcai.parties.models import Post
    from yangcai.parties.roles import Role
    from yangcai.replay.district import PASSWORD

    shown = Post.objects.exclude(role__in=[Role.EXPERT, Role.PLATFORM]).select_related("person", "organisation")
    lines = [
        f"  {post.person.username}  {post.person.name}  {post.get_role_display()}  {post.organisation.name}"
        for post in shown.order_by("pk")
    ]
    head = say(
        zh=f"账号（密码 {PASSWORD}；演示中也可一键切换角色）：",
        en=f"Accounts (password {PASSWORD}; or switch roles with one click):",
    )
    last = say(zh=f"打开 {address} （Ctrl-C 结束）", en=f"Open {address} (Ctrl-C ends)")
    return "\n".join([head, *lines, "  expert01 … expert12", last])
