"""What did not leave the platform, why, and how is it sent again once the gateway is mended?"""

import argparse

from yangcai.cli import console, site
from yangcai.cli.console import answer, say

HELP = ("外发消息：列出未发出的、重新发送", "messages going out: list what was not sent, send it again")
VERBS = ("list", "retry")
#: The oldest of those that were given up.
SHOWN = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", choices=VERBS)


def run(options: argparse.Namespace) -> int:
    site.load()
    return {"list": _list, "retry": _retry}[options.verb](options)


def _list(options: argparse.Namespace) -> int:
    """Neither addresses nor texts: they are personal, and the reason does not need them."""
    from yangcai.notifications.models import Outgoing

    rows = [
        {
            "id": row.letter_id,
            "channel": row.channel,
            "attempts": row.attempts,
            "given_up_at": row.given_up_at.isoformat() if row.given_up_at else None,
            "error": row.error,
        }
        for row in Outgoing.objects.filter(sent_at__isnull=True).order_by("given_up_at", "next_at")[:SHOWN]
    ]
    lines = "\n".join(f"{row['channel']}\t{row['attempts']}\t{row['error'] or '-'}\t{row['id']}" for row in rows)
    answer(options, data={"unsent": rows}, text=lines or say(zh="没有未发出的", en="everything was sent"))
    return console.OK


def _retry(options: argparse.Namespace) -> int:
    from yangcai.kernel import clock
    from yangcai.notifications import outbox

    n = outbox.try_again(now=clock.now())
    answer(options, data={"again": n}, text=say(zh=f"{n} 条将重新发送", en=f"{n} will be sent again"))
    return console.OK
