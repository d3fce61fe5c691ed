"""`bid uploads`, `bid give-up`: which uploads of mine became no bid, and which of them do I need no longer?"""

import argparse
import uuid

from yangcai.cli import console
from yangcai.cli.console import answer, say
from yangcai.cli.sealed import line as lines


def add_list(parser: argparse.ArgumentParser) -> None:
    """Options of `bid uploads`: which tender, at which platform."""
    parser.add_argument(
        "--tender",
        required=True,
        type=uuid.UUID,
        metavar="UUID",
        help=say(zh="招标标识（见开启规则）", en="the tender (see the opening policy)"),
    )
    lines.add_options(parser)


def show(options: argparse.Namespace) -> int:
    """The unfinished uploads of one's own organisation, one a line. Exit code; raises Stop when the platform
    refuses."""
    with lines.opened(options) as line:
        found = line.ask_json("GET", f"/tenders/{options.tender}/submissions")["items"]
    told = [
        f"{one['sid']}\t{one['lot']}\t{one['begun_at']}\t{one['bytes']}\t"
        + (say(zh="已核对", en="checked") if one["verified"] else say(zh="未核对", en="not checked"))
        for one in found
    ]
    nothing = say(zh="没有未完成的上传", en="no upload is unfinished")
    answer(options, data={"uploads": found}, text="\n".join(told) or nothing)
    return console.OK


def add_give_up(parser: argparse.ArgumentParser) -> None:
    """Options of `bid give-up`: which upload, at which platform."""
    parser.add_argument(
        "submission", type=uuid.UUID, metavar="UUID", help=say(zh="上传会话的标识", en="the session of the upload")
    )
    lines.add_options(parser)


def give_up(options: argparse.Namespace) -> int:
    """Give an upload up, so that another one may begin. Exit code; raises Stop when the platform refuses."""
    with lines.opened(options) as line:
        line.ask_json("DELETE", f"/submissions/{options.submission}")
    told = say(zh=f"已放弃上传 {options.submission}", en=f"upload {options.submission} is given up")
    answer(options, data={"submission": str(options.submission)}, text=told)
    return console.OK
