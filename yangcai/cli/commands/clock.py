"""What time is it in this sandbox, and what falls due when it goes on? Refused where time is real."""

import argparse
import datetime
import re
import shlex
from typing import TYPE_CHECKING, Any

from yangcai.cli import console, site
from yangcai.cli.commands import demo
from yangcai.cli.console import Stop, answer, say

if TYPE_CHECKING:
    from yangcai.kernel.models import Task

HELP = ("沙盒时钟：显示、设定、拨快、到下一个节点", "the sandbox clock: show, set, advance, next milestone")
#: How many milestones `show` names.
SHOWN = 3
UNITS = {"d": "days", "h": "hours", "m": "minutes", "w": "weeks"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=say(zh="操作", en="what"))
    verbs.add_parser("show", help=say(zh="现在的时间和接下来的节点", en="the time, and what comes next"))
    to = verbs.add_parser("set", help=say(zh="拨到某一时刻（只能向前）", en="go to a moment (forward only)"))
    to.add_argument("at", type=moment, metavar="MOMENT", help="2026-07-01T09:00")
    on = verbs.add_parser("advance", help=say(zh="拨快一段时间", en="go on by a span of time"))
    on.add_argument("by", type=span, metavar="SPAN", help=say(zh="如 20d、36h、90m、2w", en="20d, 36h, 90m or 2w"))
    verbs.add_parser("next", help=say(zh="拨到下一个法定节点", en="go to the next legal milestone"))


def moment(text: str) -> datetime.datetime:
    """A moment as an option, in the time of the platform. Raises argparse.ArgumentTypeError."""
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            say(zh=f"时刻应如 2026-07-01T09:00：{text}", en=f"a moment is written 2026-07-01T09:00, not {text}")
        ) from error


def span(text: str) -> datetime.timedelta:
    """A span of time as an option. Raises argparse.ArgumentTypeError."""
    if found := re.fullmatch(r"([1-9][0-9]{0,4})([dhmw])", text, re.ASCII):
        return datetime.timedelta(**{UNITS[found[2]]: int(found[1])})
    raise argparse.ArgumentTypeError(
        say(zh=f"时长应如 20d、36h：{text}", en=f"a span is written 20d or 36h, not {text}")
    )


def run(options: argparse.Namespace) -> int:
    site.load()
    from django.conf import settings
    from django.utils import timezone

    from yangcai.kernel import clock
    from yangcai.www import sandbox

    if not settings.YANGCAI_SANDBOX:
        raise Stop(
            zh="这里不是沙盒，时间是真实的，不能拨动",
            en="this is no sandbox: its time is real and cannot be moved",
            code=console.NOT_PERMITTED,
            hint=_of_the_demo(),
        )
    before = clock.now()
    if options.verb == "show":
        return _show(options, before)
    match options.verb:
        case "set":
            to = options.at if options.at.tzinfo else timezone.make_aware(options.at)
        case "advance":
            to = before + options.by
        case _:
            coming = sandbox.milestones(now=before, limit=1)
            if not coming:
                raise Stop(zh="没有下一个节点", en="no milestone lies ahead")
            to = coming[0].at
    return _go(options, before, to)


def _of_the_demo() -> str:
    """The command that reads the clock of the demo beside this home, else the one that makes a demo."""
    home = demo.demo_home()
    if not (home / "postgres").exists():
        return "yangcai demo"
    return f"YANGCAI_SANDBOX=1 YANGCAI_HOME={shlex.quote(str(home))} yangcai clock show"


def _show(options: argparse.Namespace, now: datetime.datetime) -> int:
    from yangcai.www import sandbox

    coming = sandbox.milestones(now=now, limit=SHOWN)
    data = {
        "now": now.isoformat(),
        "next": [{"at": m.at.isoformat(), "what": str(m.label), "of": m.title} for m in coming],
    }
    lines = [_told(now), *(f"  {_told(m.at)}  {m.label}  {m.title}" for m in coming)]
    answer(options, data=data, text="\n".join(lines))
    return console.OK


def _go(options: argparse.Namespace, before: datetime.datetime, to: datetime.datetime) -> int:
    """To this moment, past every deadline on the way in its order."""
    from yangcai.demo import living
    from yangcai.kernel import calendar, clock

    try:
        fired = [_of(task) for task in living.forward(now=before, to=to).fired]
    except clock.ClockError as error:
        raise Stop(zh=f"沙盒时钟只能向前，现在是 {_told(before)}", en=f"{error}; it is {_told(before)}") from error
    except calendar.HorizonError as error:
        raise Stop(
            zh=f"{to.year} 年的节假日还没有公布，算不出期限", en=f"the holidays of {to.year} are not known yet"
        ) from error
    data = {"before": before.isoformat(), "after": to.isoformat(), "fired": fired}
    lines = [
        f"{_told(before)} → {_told(to)}",
        *(f"  {one['at'][:16].replace('T', ' ')}  {one['what']}  {one['of']}" for one in fired),
    ]
    lines.append(say(zh=f"到期 {len(fired)} 项", en=f"{len(fired)} fell due"))
    answer(options, data=data, text="\n".join(lines))
    return console.OK


def _of(task: "Task") -> dict[str, Any]:
    from django.utils import timezone

    from yangcai.www.work.clocks import title_of

    at = timezone.localtime(task.due_at or task.since)
    return {"at": at.isoformat(), "what": str(title_of(task)), "of": task.title}


def _told(at: datetime.datetime) -> str:
    from django.utils import timezone

    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
