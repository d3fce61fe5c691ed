"""How do the published notices come out as open data? As a table, as JSON with their facts, or as OCDS packages."""

import argparse
import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from yangcai.cli import console, site
from yangcai.cli.commands import ocds
from yangcai.cli.console import Stop, answer, say, tell
from yangcai.kernel.cells import harmless

if TYPE_CHECKING:
    from yangcai.portal.models import Notice

HELP = ("导出公告：CSV、JSON、OCDS", "export notices: CSV, JSON, OCDS")
FORMATS = ("csv", "json", "ocds")
#: The columns of the table, in the order and by the names in which they never change.
COLUMNS = (
    "number", "kind", "title", "buyer", "buyer_code", "category", "procedure", "budget", "published_at", "closes_at",
    "supersedes", "digest", "is_demo",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar=say(zh="种类", en="kind"))
    text = say(zh="已发布的公告", en="published notices")
    notices = kinds.add_parser("notices", help=text, description=text)
    notices.add_argument("--format", choices=FORMATS, default="csv", help=say(zh="格式", en="format"))
    notices.add_argument("--output", type=Path, metavar="FILE", help=say(zh="写入文件", en="write to a file"))
    notices.add_argument("--type", default="", metavar="KIND", help=say(zh="只要这一类公告", en="of this type only"))


def run(options: argparse.Namespace) -> int:
    """Whole or not at all: the file stands in its place when it is complete."""
    if options.format == "ocds":
        if options.type:
            raise Stop(zh="OCDS 按项目导出，不能用 --type", en="OCDS goes by cases: no --type", code=console.USAGE)
        return ocds.run(argparse.Namespace(**vars(options), case=None, records=False, check=False))
    ocds.require_output(options)
    site.load()
    from yangcai.kernel import clock
    from yangcai.portal.notices.base import TYPES
    from yangcai.portal.queries import search_notices

    if options.type and options.type not in TYPES:
        known = ", ".join(sorted(TYPES))
        raise Stop(zh=f"没有这一类公告，有：{known}", en=f"no such type; there are: {known}", code=console.USAGE)
    found = search_notices(now=clock.now(), kind=options.type).select_related("supersedes").order_by("pk")
    with ocds.opened(options.output) as out:
        count = (_csv if options.format == "csv" else _json)(out, found.iterator(chunk_size=500))
    sentence = say(zh=f"{count} 条公告", en=f"{count} notices")
    if options.output is None:
        tell(options, zh=sentence, en=sentence)
    else:
        data = {"notices": count, "file": str(options.output), "format": options.format}
        answer(options, data=data, text=f"{sentence}: {options.output}")
    return console.OK


def _row(notice: "Notice") -> dict[str, Any]:
    return {
        "number": notice.number,
        "kind": notice.kind,
        "title": notice.title,
        "buyer": notice.buyer.name,
        "buyer_code": notice.buyer.uscc or "",
        "category": notice.category,
        "procedure": notice.procedure,
        "budget": "" if notice.budget is None else str(notice.budget),
        "published_at": notice.published_at.isoformat(),
        "closes_at": notice.closes_at.isoformat() if notice.closes_at else "",
        "supersedes": notice.supersedes.number if notice.supersedes else "",
        "digest": notice.digest,
        "is_demo": notice.is_demo,
    }


def _csv(out: IO[str], found: Iterable["Notice"]) -> int:
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    count = 0
    for notice in found:
        row = _row(notice)
        table.writerow([harmless(str(row[name])) for name in COLUMNS])
        count += 1
    return count


def _json(out: IO[str], found: Iterable["Notice"]) -> int:
    """One notice a line in one list, with the frozen facts that its digest is of."""
    out.write("[")
    count = 0
    for notice in found:
        out.write(",\n" if count else "\n")
        out.write(json.dumps({**_row(notice), "facts": notice.facts}, ensure_ascii=False))
        count += 1
    out.write("\n]\n")
    return count
