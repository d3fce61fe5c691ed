"""How do real published procurements come out of this platform? On a throw-away database, under the sandbox clock."""

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yangcai.cli import console, site
from yangcai.cli.commands import migrate
from yangcai.cli.console import Stop, say, tell
from yangcai.kernel import embedded_postgres

HELP = ("重放真实的公开采购项目", "replay real published procurements")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=say(zh="案例文件", en="case file"))
    parser.add_argument("--via", choices=["python", "api"], default="python", help=say(zh="办理途径", en="which door"))
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help=say(zh="保留数据库到此目录", en="keep the database here")
    )


def run(options: argparse.Namespace) -> int:
    from yangcai.replay.casefile import read_cases
    from yangcai.replay.document import CaseFileError

    try:
        cases = read_cases(paths=options.files)
    except CaseFileError as error:
        for problem in error.problems:
            print(problem.in_language(console.language()), file=sys.stderr)
        if options.json:
            print(
                json.dumps({"ok": False, "cases": [], "errors": [str(p) for p in error.problems]}, ensure_ascii=False)
            )
        return console.USAGE
    with throw_away(options.keep):
        site.load(with_database=False)
        migrate.apply()
        results = list(replay_all(options, cases))
    if options.json:
        language = console.language()
        answer = {"ok": all(r.ok for r in results), "cases": [r.as_dict(language=language) for r in results]}
        print(json.dumps(answer, ensure_ascii=False))
    if any(r.refusals for r in results):
        return console.NOT_MET
    return console.OK if all(r.ok for r in results) else console.VERIFICATION_FAILED


@contextlib.contextmanager
def throw_away(keep: Path | None) -> Iterator[None]:
    """A home of its own with a database of its own, gone afterwards unless it is to be kept."""
    with contextlib.ExitStack() as stack:
        home = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yangcai-replay-")))
        if keep and keep.exists() and any(keep.iterdir()):
            raise Stop(zh=f"{keep} 不是空目录", en=f"{keep} is not empty", code=console.USAGE)
        home.mkdir(parents=True, exist_ok=True)
        dsn = embedded_postgres.start(home / "postgres", durable=False)
        stack.callback(embedded_postgres.stop, home / "postgres")
        os.environ |= {"YANGCAI_HOME": str(home), "YANGCAI_SANDBOX": "1", "DATABASE_URL": str(getattr(dsn, "dsn", dsn))}
        yield
        from django.db import connections

        connections.close_all()


def replay_all(options: argparse.Namespace, cases: list[Any]) -> Iterator[Any]:
    from yangcai.replay import driver
    from yangcai.replay.run import replay

    with contextlib.ExitStack() as stack:
        through = stack.enter_context(driver.api_driver()) if options.via == "api" else driver.PythonDriver()
        for number, case in enumerate(cases, start=1):
            tell(options, zh=f"[{number}/{len(cases)}] {case.title}", en=f"[{number}/{len(cases)}] {case.id}")
            done = replay(case, through=through)
            if not options.json:
                report(done)
            yield done


def report(done: Any) -> None:
    """Each step with its article, then the comparison."""
    from yangcai.kernel.actions import ACTIONS
    from yangcai.replay.run import moment

    print(f"== {done.file.id}  {done.file.title}")
    for step in done.steps:
        action = ACTIONS[step.action]
        print(f"{moment(step.at)}  {say(zh=action.zh, en=action.en)}  {step.by}  {step.citation}")
    for refusal in done.refusals:
        cited = f"（{refusal.citation.text}）" if refusal.citation else ""
        print(say(zh="不予办理：", en="refused: ") + refusal.text + cited)
    for assumption in done.assumed:
        print(say(zh="推定：", en="assumed: ") + assumption.in_language(console.language()))
    if done.comparison is None:
        return
    for difference in done.comparison.differences:
        print(
            say(
                zh=f"不一致 {difference.path}：公布 {difference.expected}，得出 {difference.got}",
                en=f"difference {difference.path}: expected {difference.expected}, got {difference.got}",
            )
        )
    checked, seconds = done.comparison.checked, f"{done.seconds:.1f}"
    if done.comparison.equal:
        print(say(zh=f"一致：核对 {checked} 项，{seconds} 秒", en=f"equal: {checked} checked, {seconds} s"))
