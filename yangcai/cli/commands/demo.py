"""How does a stranger see the platform in two minutes? A demo district on a database of its own, and the site."""

import argparse
import os
import shutil
import webbrowser
from pathlib import Path

from yangcai.cli import console, site
from yangcai.cli.commands import migrate, serve
from yangcai.cli.console import Stop, say, tell
from yangcai.kernel import embedded_postgres

HELP = ("启动演示区", "start the demo district")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=say(zh="监听地址", en="address to listen on"))
    parser.add_argument("--port", type=int, default=8000, help=say(zh="端口", en="port"))
    parser.add_argument("--workers", type=int, default=2, help=say(zh="进程数", en="processes"))
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
        embedded_postgres.stop(home / "postgres")
        shutil.rmtree(home)
    os.environ |= {"YANGCAI_HOME": str(home), "YANGCAI_SANDBOX": "1"}
    with site.running_database():
        site.load()
        migrate.apply()
        build(options)
        address = f"http://{options.host}:{options.port}/demo/"
        print(accounts(address), flush=True)
        if options.no_serve:
            return console.OK
        if not options.no_browser and os.environ.get("DISPLAY"):
            webbrowser.open(address)
        serve.serve(host=options.host, port=options.port, workers=options.workers)
    return console.OK


def demo_home() -> Path:
    """Beside the ordinary home, never in it: demo and real data are not mixed."""
    given = os.environ.get("YANGCAI_HOME")
    return (Path(given) if given else Path("var")).absolute() / "demo"


def build(options: argparse.Namespace) -> None:
    """The district, once; a half-made one is made anew."""
    from yangcai.kernel.models import SandboxClock
    from yangcai.parties.models import Organisation
    from yangcai.replay import district

    ready = SandboxClock.objects.filter(at__gte=district.MORNING).exists()
    if ready:
        return
    if Organisation.objects.exists():
        raise Stop(
            zh="上次建立演示区没有完成",
            en="the demo district was not finished the last time",
            hint="yangcai demo --reset",
        )
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
