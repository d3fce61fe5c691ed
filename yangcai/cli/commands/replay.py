"""How do real published procurements come out of this platform? On a throw-away database, under the sandbox clock."""

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from yangcai.cli import console, site
from yangcai.cli.commands import migrate
from yangcai.cli.console import Stop, answer, say, tell
from yangcai.kernel import embedded_postgres

HELP = ("重放真实的公开采购项目", "replay real published procurements")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=say(zh="案例文件", en="case file"))
    parser.add_argument("--via", choices=["python", "api"], default="python", help=say(zh="办理途径", en="which door"))
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help=say(zh="保留数据库到此空目录", en="keep the database in this empty folder"),
    )
    parser.epilog = say(
        zh="退出码：0 公布的内容全部一致；2 有文件写错（一个也不重放）；5 有步骤被规则拒绝；4 没有拒绝但有不一致。"
        "多个文件时取最先适用的：2、5、4、0。文件格式见 docs/howto/case-file.md。",
        en="Exit codes: 0: all that was published came out equal; 2: a file is wrong (nothing is replayed); 5: a rule "
        "refused a step; 4: none was refused, but something differs. Of several files the first that applies "
        "counts: 2, 5, 4, 0. The format is explained in docs/howto/case-file.md.",
    )


def run(options: argparse.Namespace) -> int:
    from yangcai.replay.casefile import read_cases
    from yangcai.replay.document import CaseFileError

    try:
        cases = read_cases(paths=options.files)
    except CaseFileError as error:
        sentences = [problem.in_language(console.language()) for problem in error.problems]
        if options.json:
            answer(options, data={"cases": []}, text="", errors=sentences)
        else:
            print(*sentences, sep="\n", file=sys.stderr)
        return console.USAGE
    with throw_away(options.keep):
        site.load(with_database=False)
        migrate.apply()
        results = list(replay_all(options, cases))
    if options.keep:
        told = f"YANGCAI_HOME={options.keep.resolve()} YANGCAI_SANDBOX=1 yangcai serve"
        tell(options, zh=f"数据库已保留，可用此命令查看：{told}", en=f"The database is kept; to look into it: {told}")
    if options.json:
        language = console.language()
        told_cases = [r.as_dict(language=language) for r in results]
        wrong = [r.file.id for r in results if not r.ok]
        answer(options, data={"cases": told_cases}, text="", errors=wrong)
    return exit_code(results)


def exit_code(results: Sequence[Any]) -> int:
    """Of several cases a refusal counts before a difference, a difference before equality."""
    if any(result.refusals for result in results):
        return console.NOT_MET
    return console.OK if all(result.ok for result in results) else console.VERIFICATION_FAILED


@contextlib.contextmanager
def throw_away(keep: Path | None) -> Iterator[None]:
    """A home of its own with a database of its own, gone afterwards unless it is to be kept."""
    with contextlib.ExitStack() as stack:
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # as Ctrl-C: clean up first
        stack.callback(signal.signal, signal.SIGTERM, before)
        home = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yangcai-replay-")))
        empty_folder(home)
        if not keep:  # for root, PostgreSQL's folder may lie elsewhere (embedded_postgres): it goes too
            stack.callback(lambda: shutil.rmtree((home / "postgres").resolve(), ignore_errors=True))
        dsn = embedded_postgres.start(home / "postgres", durable=False)
        stack.callback(embedded_postgres.stop, home / "postgres")
        os.environ |= {"YANGCAI_HOME": str(home), "YANGCAI_SANDBOX": "1", "DATABASE_URL": str(dsn)}
        yield
        from django.db import connections

        connections.close_all()


def empty_folder(home: Path) -> None:
    """Make the folder; raises Stop when it cannot be made or holds something."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        if any(home.iterdir()):
            raise Stop(zh=f"{home} 不是空目录", en=f"{home} is not empty", code=console.USAGE)
    except OSError as error:
        zh, en = f"无法使用 {home}：{error.strerror}", f"{home} cannot be used: {error.strerror}"
        raise Stop(zh=zh, en=en, code=console.USAGE) from error


def replay_all(options: argparse.Namespace, cases: list[Any]) -> Iterator[Any]:
    """Each case in turn, told and walked: what became of it. Raises what a walk raises beside a refusal."""
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
        print(say(zh="不予办理：", en="refused: ") + refusal.cited)
    for assumption in done.assumed:
        print(say(zh="推定：", en="assumed: ") + assumption.in_language(console.language()))
    seconds = f"{done.seconds:.1f}"
    if done.comparison is None:
        print(say(zh=f"被规则拒绝，{seconds} 秒", en=f"refused by a rule, {seconds} s"))
        return
    for error in done.comparison.known_errors:
        zh = f"公布有误 {error.path}：公布 {error.published}，应为 {error.right}（{error.why}）"
        print(say(zh=zh, en=f"published in error {error.path}: {error.published}, right {error.right} ({error.why})"))
    for difference in done.comparison.differences:
        zh = f"不一致 {difference.path}：公布 {difference.expected}，得出 {difference.got}"
        print(say(zh=zh, en=f"difference {difference.path}: expected {difference.expected}, got {difference.got}"))
    checked, differing = done.comparison.checked, len(done.comparison.differences)
    if done.comparison.equal:
        print(say(zh=f"一致：核对 {checked} 项，{seconds} 秒", en=f"equal: {checked} checked, {seconds} s"))
    else:
        zh = f"不一致：核对 {checked} 项，{differing} 项不同，{seconds} 秒"
        print(say(zh=zh, en=f"different: {checked} checked, {differing} differ, {seconds} s"))
