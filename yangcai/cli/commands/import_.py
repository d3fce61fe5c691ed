"""How does an approved budget come in from a file? Checked row by row, imported whole or not at all."""

import argparse
from pathlib import Path
from typing import Any

from yangcai.cli import console, site
from yangcai.cli.console import Stop, answer, say, tell

HELP = ("从文件导入", "import from a file")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar=say(zh="种类", en="kind"))
    text = say(zh="采购预算（XLSX 或 CSV）", en="procurement budget (XLSX or CSV)")
    budget = kinds.add_parser("budget", help=text, description=text)
    budget.add_argument("file", type=Path, help=say(zh="预算文件", en="budget file"))
    budget.add_argument(
        "--dry-run", action="store_true", help=say(zh="只检查，不导入", en="check only, import nothing")
    )
    budget.add_argument("--user", default="", help=say(zh="财政监管岗位的登录名", en="login of a treasury officer"))


def run(options: argparse.Namespace) -> int:
    if not options.file.is_file():
        raise Stop(zh=f"没有这个文件：{options.file}", en=f"There is no such file: {options.file}", code=console.USAGE)
    site.load()
    from django.core.files import File

    from yangcai.funds.actions import import_budget
    from yangcai.kernel import clock
    from yangcai.kernel.actions import perform, rehearse
    from yangcai.kernel.refusals import Refused

    now = clock.now()
    post = _treasury_post(options.user, now)
    tell(options, zh=f"正在检查 {options.file.name} …", en=f"Checking {options.file.name} …")
    run_it = rehearse if options.dry_run else perform
    with options.file.open("rb") as opened:
        try:
            done = run_it(import_budget, post.organisation, by=post, now=now, file=File(opened, name=options.file.name))
        except Refused as refused:
            data = {"imported": 0, "faults": [refusal.as_dict() for refusal in refused.refusals]}
            texts = [refusal.cited for refusal in refused.refusals]
            answer(options, data=data, text=say(zh="未导入任何一行", en="Nothing was imported"), errors=texts)
            return console.NOT_MET
    lines, total = done.value["lines"], done.value["total"]
    data = {"imported": 0 if options.dry_run else lines, "lines": lines, "total": total, "dry_run": options.dry_run}
    checked, imported = say(zh="检查通过", en="The file is in order"), say(zh="已导入", en="Imported")
    sums = say(zh=f"{lines} 行，合计 {total} 元", en=f"{lines} lines, {total} yuan in all")
    answer(options, data=data, text=f"{checked if options.dry_run else imported}：{sums}")
    return console.OK


def _treasury_post(username: str, now: Any) -> Any:
    """The post that imports: the named person's, else the only treasury post there is."""
    from yangcai.parties.models import Post
    from yangcai.parties.roles import Role

    posts = Post.objects.filter(role=Role.TREASURY).select_related("organisation", "person")
    if username:
        posts = posts.filter(person__username=username)
    valid = [post for post in posts if post.is_valid_at(now)]
    if len(valid) != 1:
        raise Stop(
            zh=f"有 {len(valid)} 个有效的财政监管岗位，请用 --user 指明由谁导入",
            en=f"There are {len(valid)} valid treasury posts: say with --user who imports",
            hint="yangcai user",
        )
    return valid[0]
