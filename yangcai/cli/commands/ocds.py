"""How do the published cases come out as open data? As OCDS 1.1 packages, written case by case."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from yangcai.cli import console, site
from yangcai.cli.console import Stop, answer, say, tell

HELP = ("导出开放采购数据（OCDS 1.1）", "export open contracting data (OCDS 1.1)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar=say(zh="事项", en="what"))
    text = say(zh="导出已公告的项目", en="export the published cases")
    export = kinds.add_parser("export", help=text, description=text)
    export.add_argument("--case", type=int, metavar="ID", help=say(zh="只导出这个项目", en="this case only"))
    export.add_argument("--records", action="store_true", help=say(zh="记录而非发布", en="records, not releases"))
    export.add_argument("--output", type=Path, metavar="FILE", help=say(zh="写入文件", en="write to a file"))
    export.add_argument(
        "--check", action="store_true", help=say(zh="按 OCDS 架构核对每个项目", en="check each case by the schema")
    )


def require_output(options: argparse.Namespace) -> None:
    """stdout has one thing: the data, or with --json what became of it."""
    if options.json and options.output is None:
        raise Stop(
            zh="--json 报告结果，数据须用 --output 写入文件",
            en="--json reports the result: say with --output where the data goes",
            code=console.USAGE,
        )


def run(options: argparse.Namespace) -> int:
    require_output(options)
    site.load()
    from yangcai.cases.queries import visible_to
    from yangcai.kernel import clock
    from yangcai.ocds import release, rows

    now = clock.now()
    cases = visible_to(None, now)
    pks = list((cases.filter(pk=options.case) if options.case is not None else cases).values_list("pk", flat=True))
    if options.case is not None and not pks:
        raise Stop(zh=f"没有已公告的项目 {options.case}", en=f"There is no published case {options.case}")
    make, key = (_records, "records") if options.records else (_releases, "releases")
    envelope = release.record_package if options.records else release.release_package
    head = envelope([], uri="https://localhost/api/v1/ocds", now=now)
    faulty: list[str] = []
    with opened(options.output) as out:
        items = _checked(options, make(rows.read_all(sorted(pks)), now), head=head, key=key, faulty=faulty)
        count = _write(out, head, key, items)
    words = "记录" if options.records else "发布"
    sentence = say(zh=f"{len(pks)} 个项目，{count} 条{words}", en=f"{len(pks)} cases, {count} {key}")
    if options.output is not None:
        data = {"cases": len(pks), key: count, "file": str(options.output)}
        answer(options, data=data, text=sentence, errors=faulty)
    else:
        tell(options, zh=sentence, en=sentence)
        for fault in faulty:
            print(fault, file=sys.stderr)
    return console.VERIFICATION_FAILED if faulty else console.OK


def _releases(found: Iterable[Any], now: Any) -> Iterator[list[dict[str, Any]]]:
    from yangcai.ocds import release

    return (release.releases(rows, now=now) for rows in found)


def _records(found: Iterable[Any], now: Any) -> Iterator[list[dict[str, Any]]]:
    from yangcai.ocds import release

    return ([release.record(rows, now=now)] for rows in found)


def _checked(
    options: argparse.Namespace,
    found: Iterable[list[dict[str, Any]]],
    *,
    head: dict[str, Any],
    key: str,
    faulty: list[str],
) -> Iterator[dict[str, Any]]:
    from yangcai.ocds import validation

    for items in found:
        if options.check:
            faulty += validation.faults(head | {key: items}, kind=key.removesuffix("s"))
        yield from items


@contextlib.contextmanager
def opened(path: Path | None) -> Iterator[IO[str]]:
    """The file, put in its place only when it is complete; or stdout."""
    if path is None:
        yield sys.stdout
        return
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as out:
            yield out
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write(out: IO[str], head: dict[str, Any], key: str, items: Iterable[dict[str, Any]]) -> int:
    """The package, one item a line, without holding more than a few cases in memory."""
    start = json.dumps({k: v for k, v in head.items() if k != key}, ensure_ascii=False)
    out.write(f'{start[:-1]}, "{key}": [')
    count = 0
    for item in items:
        out.write((",\n" if count else "\n") + json.dumps(item, ensure_ascii=False))
        count += 1
    out.write("\n]}\n")
    return count
