"""How does a stranger see the platform in two minutes? A demo district on a database of its own, and the site."""

import argparse
import contextlib
import fcntl
import os
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from yangcai.cli import console, making, ports, site, story
from yangcai.cli.commands import migrate, serve
from yangcai.cli.console import Stop, answer, say, tell
from yangcai.demo import anew, prepared

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
        "--story", "--scenario", default="", help=say(zh="按脚本走完一个剧本", en="live through a story by script")
    )
    parser.add_argument("--until", default="", help=say(zh="走到这个办理事项为止", en="stop after this action"))
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)  # our own child process
    parser.add_argument(
        "--no-serve", action="store_true", help=say(zh="只建立，不启动网站", en="make it, serve nothing")
    )


def run(options: argparse.Namespace) -> int:
    if options.prepare:
        return prepare(options)
    if os.environ.get("DATABASE_URL"):
        raise Stop(
            zh="演示只用自己的数据库：请先取消 DATABASE_URL",
            en="the demo uses a database of its own: unset DATABASE_URL first",
            code=console.NOT_PERMITTED,
        )
    home = demo_home()
    is_here = not (options.no_serve or options.story)
    os.environ |= {"YANGCAI_HOME": str(home), "YANGCAI_SANDBOX": "1"}
    if options.reset and is_in_use(home):
        reset(options, home)
        if not options.story:
            return console.OK
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(claimed_port(options)) if is_here else 0
        is_shared = is_in_use(home)
        stack.enter_context(site.running_database())
        anew.finish(home)
        with alone(options, home):
            site.load()
            if options.story:
                story.require(options.story)
            if not is_shared:  # else whoever was here first has begun it
                begin(options, home)
        if options.story:
            return story.run(options, name=options.story, until=options.until)
        if options.no_serve and not prepared.is_ready(home):
            make_year(options, home)
            begin(options, home)
        address = f"http://{options.host}:{port or ports.DEFAULT}/demo/"
        print(accounts(address), flush=True)
        if options.no_serve:
            return console.OK

        def listening() -> None:
            if not options.no_browser and os.environ.get("DISPLAY"):
                webbrowser.open(address)

        stack.enter_context(making.preparing(home))
        with site.beside("log", "sequence", "--tied", "--quiet"):
            serve.serve(host=options.host, port=port, workers=options.workers, listening=listening)
    return console.OK


def reset(options: argparse.Namespace, home: Path) -> None:
    """The district of a demo that runs, as on its first morning; whoever serves it goes on."""
    begun = time.monotonic()
    with site.running_database():
        site.load()
        try:
            anew.begin(home)
        except anew.CannotReset as why:
            raise Stop(zh=why.zh, en=why.en, code=console.NOT_MET) from why
    seconds, options.reset = round(time.monotonic() - begun, 1), False
    text = say(
        zh=f"演示区已恢复到第一天早上（{seconds} 秒），正在运行的网站继续服务",
        en=f"the district is as on its first morning ({seconds} s); the demo that runs goes on",
    )
    if not options.story:
        answer(options, data={"seconds": seconds}, text=text)
    else:
        tell(options, zh=text, en=text)


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


def is_in_use(home: Path) -> bool:
    """Whether somebody is in the demo of this folder."""
    if not home.exists():
        return False
    with site.in_use(home / "postgres").open() as use:
        try:
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


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


def begin(options: argparse.Namespace, home: Path) -> None:
    """The district as on its first morning where it is wanted anew, or where nobody has begun anything yet: a copy of
    what is prepared, else its people alone, so that the first story can begin. Called alone."""
    from django.db import connection

    has_schema, is_ready = has_people(), prepared.is_ready(home)
    is_wanted = options.reset or not has_schema or is_untouched()
    if not is_wanted:
        migrate.apply()
        with prepared.alone(home) as is_mine:
            if not is_ready and is_mine:
                prepared.make_empty(home, prepared.MAKING)
        return
    has_year = (
        has_schema and not options.reset and not is_bare()
    )  # of another program: ours is made from its people alone
    connection.close()
    prepared.forget_log(home)
    if is_ready:
        prepared.copy(home, source=prepared.name(), target=prepared.SERVED)
    else:
        if options.reset or not has_schema or has_year:
            prepared.make_empty(home, prepared.SERVED)
            tell(options, zh="建立数据库结构和演示人员……", en="making the schema and the people of the demo ...")
            settle()
        with prepared.alone(home) as is_mine:
            if is_mine:
                prepared.copy(home, source=prepared.SERVED, target=prepared.MAKING)
    options.reset = False


def settle() -> None:
    """The schema, the people, and the first morning."""
    from django.db import connection

    migrate.apply()
    from yangcai.kernel import clock
    from yangcai.replay import district

    district.settle()
    clock.set_sandbox(at=district.MORNING)
    connection.close()


def has_people() -> bool:
    """Whether there is a schema with somebody in it: a first start that was cut short between the two is none."""
    from django.db import connection

    from yangcai.parties.models import Post

    tables = set(connection.introspection.table_names())
    return {"demo_story", Post._meta.db_table} <= tables and Post.objects.exists()


def is_bare() -> bool:
    """Whether the district has its people and nothing else."""
    from yangcai.funds.models import Appropriation

    return not Appropriation.objects.exists()


def is_untouched() -> bool:
    """Whether nobody has begun anything in a district with today's schema: no story, and the first morning still."""
    from yangcai.demo.models import Story
    from yangcai.kernel.models import SandboxClock
    from yangcai.replay import district

    if migrate.pending() or Story.objects.exists():
        return False
    return SandboxClock.objects.filter(at=district.MORNING).exists()


def make_year(options: argparse.Namespace, home: Path) -> None:
    """Prepare the district and its year in this process, for whoever wants it complete at once."""
    from django.conf import settings
    from django.db import connections

    served = settings.DATABASES["default"]["NAME"]
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = prepared.MAKING
    try:
        migrate.apply()
        walk(options, home)
    finally:
        connections.close_all()
        settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = served
    prepared.keep(home)


def prepare(options: argparse.Namespace) -> int:
    """The child process: DATABASE_URL names the database in which the year is made."""
    if not os.environ.get("YANGCAI_SANDBOX") or not os.environ.get("DATABASE_URL"):
        raise Stop(zh="只由 yangcai demo 启动", en="started by yangcai demo alone", code=console.NOT_PERMITTED)
    home = Path(os.environ["YANGCAI_HOME"])
    site.load()
    migrate.apply()
    from django.db import connections

    walk(options, home)
    connections.close_all()
    prepared.keep(home)
    return console.OK


def walk(options: argparse.Namespace, home: Path) -> None:
    """Every purchase of the first days and of the year, told as it comes, each with its signed papers: no worker runs
    beside a demo, and nobody shall wait on its first morning for papers of last winter."""
    from yangcai.kernel import leaves, log_keys
    from yangcai.replay import district, year, year_walk
    from yangcai.www import signed_papers

    total = year.CASES  # as many of the first days are not published as are called off within one of them
    done: list[str] = []

    def told(title: str, left: int | None = None) -> None:
        signed_papers.catch_up(now=district.MORNING)  # of the purchase before
        done.append(title)
        whole = total if left is None else len(done) - 1 + left
        prepared.tell_progress(home, done=len(done) - 1, total=whole)
        zh = f"建立演示区 {len(done)}/{whole}：{title}"
        tell(options, zh=zh, en=f"making the demo district {len(done)}/{whole}: {title}")

    district.found_district(told=lambda purchase: told(purchase.title))
    year_walk.make(told=lambda order, left: told(order.title, left))
    signed_papers.catch_up(now=district.MORNING)
    # Each copy of the district begins a log with a key of its own; the records of openings bear this one's signatures.
    for key in (log_keys.verifier(), log_keys.sm2_verifier()):
        if key:
            body = {"t": "key", "role": "opening-record", "vkey": key.vkey}
            leaves.append_leaf(body=body, root=f"key:{key.vkey}", in_clear=True)


def accounts(address: str) -> str:
    """Who can sign in, and where to begin."""
    from yangcai.parties.models import Post
    from yangcai.parties.roles import Role
    from yangcai.replay.district import PASSWORD

    shown = Post.objects.exclude(role=Role.EXPERT).exclude(person__username="clock")
    shown = shown.select_related("person", "organisation")
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
