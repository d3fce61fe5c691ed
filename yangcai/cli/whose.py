"""Whose cases does a command look at: those of the site, or those of the demo on this machine?

Both may be there. The site's are looked at, unless the demo alone is running: who has just started it means that one.
"""

import argparse
import os
from pathlib import Path
from urllib.parse import urlsplit

from yangcai.cli import site
from yangcai.cli.commands import demo
from yangcai.cli.console import USAGE, Stop, say

SITE, DEMO = "site", "demo"


def add_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--of",
        choices=(SITE, DEMO),
        help=say(
            zh="看哪个数据库的项目：网站、演示区（默认：只有演示区在运行时看演示区）",
            en="whose cases: the site's or the demo's (default: the demo's where it alone is running)",
        ),
    )


def chosen(asked: str | None) -> str:
    """The database that is meant, in words; its settings count from here on. Empty where there is none at all."""
    if url := os.environ.get("DATABASE_URL"):
        if asked == DEMO:
            raise Stop(zh="已设 DATABASE_URL，看的是它", en="DATABASE_URL is set, and is what is looked at", code=USAGE)
        name = urlsplit(url).path.lstrip("/")  # what follows it may be a password
        return say(zh=f"网站（{name}）", en=f"the site ({name})")
    district = demo.demo_home()
    if asked == DEMO or (not asked and demo.is_in_use(district) and not demo.is_in_use(district.parent)):
        if not _is_made(district / "postgres"):
            raise Stop(
                zh=f"没有演示区：{district}", en=f"there is no demo in {district}", code=USAGE, hint="yangcai demo"
            )
        os.environ |= {"YANGCAI_HOME": str(district), "YANGCAI_SANDBOX": "1"}  # before the settings are read
        return say(zh=f"演示区（{district}）", en=f"the demo ({district})")
    own = site.cluster_home()
    return say(zh=f"网站（{own.parent}）", en=f"the site ({own.parent})") if _is_made(own) else ""


def _is_made(cluster: Path) -> bool:
    return (cluster / "data" / "PG_VERSION").exists()
