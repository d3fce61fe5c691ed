"""How do budgets, plans and suppliers come in from a file? Checked row by row; a budget whole or not at all."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yangcai.cli import console, site
from yangcai.cli.console import Stop, answer, say, tell

if TYPE_CHECKING:
    from yangcai.cli.importing import Importer
    from yangcai.cli.rowfile import Row

HELP = ("从文件导入：预算、采购计划、供应商", "import from a file: budgets, plans, suppliers")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar=say(zh="种类", en="kind"))
    for kind, zh, en, user in (
        ("budget", "采购预算", "procurement budget", say(zh="财政监管岗位的登录名", en="login of a treasury officer")),
        (
            "plans",
            "采购计划草稿",
            "drafts of procurement plans",
            say(zh="采购人经办岗位的登录名", en="login of an officer"),
        ),
        ("suppliers", "供应商", "suppliers", ""),
    ):
        text = say(zh=f"{zh}（XLSX 或 CSV）", en=f"{en} (XLSX or CSV)")
        made = kinds.add_parser(kind, help=text, description=text)
        made.add_argument("file", type=Path, help=say(zh="文件", en="the file"))
        made.add_argument(
            "--dry-run", action="store_true", help=say(zh="只检查，不导入", en="check only, import nothing")
        )
        made.add_argument(
            "--batch-id",
            default="",
            metavar="ID",
            help=say(
                zh="批次：同一批次再次导入，已导入的不重复", en="the batch: given again, nothing is imported twice"
            ),
        )
        if user:
            made.add_argument("--user", default="", help=user)
        if kind != "budget":
            help_text = say(zh="列名对照（YAML，标题: 字段）", en="names of columns (YAML, title: field)")
            made.add_argument("--map", type=Path, metavar="FILE", help=help_text)


def run(options: argparse.Namespace) -> int:
    if not options.file.is_file():
        raise Stop(zh=f"没有这个文件：{options.file}", en=f"There is no such file: {options.file}", code=console.USAGE)
    site.load()
    from yangcai.cli import importing
    from yangcai.kernel import clock

    now = clock.now()
    tell(options, zh=f"正在检查 {options.file.name} …", en=f"Checking {options.file.name} …")
    if options.kind == "budget":
        return _budget(options, now)
    makers: dict[str, Callable[..., Importer]] = {"plans": _plans, "suppliers": _suppliers}
    return importing.run(options, makers[options.kind](options, now), now=now)


def _budget(options: argparse.Namespace, now: Any) -> int:
    """Whole or not at all: the sums of a budget mean nothing by halves."""
    from django.core.files import File

    from yangcai.funds.actions import import_budget
    from yangcai.kernel import money
    from yangcai.kernel.actions import perform, rehearse
    from yangcai.kernel.refusals import Refused
    from yangcai.parties.roles import Role

    post = _post(options.user, Role.TREASURY, now)
    again: dict[str, Any] = {} if options.dry_run else {"idempotency_key": options.batch_id or None}
    run_it = rehearse if options.dry_run else perform
    with options.file.open("rb") as opened:
        file = File(opened, name=options.file.name)
        try:
            done = run_it(import_budget, post.organisation, by=post, now=now, file=file, **again)
        except Refused as refused:
            data = {"imported": 0, "faults": [refusal.as_dict() for refusal in refused.refusals]}
            texts = [refusal.cited for refusal in refused.refusals]
            answer(options, data=data, text=say(zh="未导入任何一行", en="Nothing was imported"), errors=texts)
            return console.NOT_MET
    lines, total = done.value["lines"], done.value["total"]
    new = 0 if options.dry_run or done.again else lines
    data = {"imported": new, "lines": lines, "total": total, "dry_run": options.dry_run, "already_there": done.again}
    if options.dry_run:
        said = say(zh="检查通过", en="The file is in order")
    else:
        said = say(zh="此前已导入", en="There already") if done.again else say(zh="已导入", en="Imported")
    said_total = money.figures(total)
    sums = say(zh=f"{lines} 行，合计 {said_total} 元", en=f"{lines} lines, {said_total} yuan in all")
    answer(options, data=data, text=f"{said}：{sums}")
    return console.OK


def _plans(options: argparse.Namespace, now: Any) -> "Importer":
    """Drafts of plans, each on the budget item of the buyer that its code names; a person sends them for review."""
    from yangcai.cli.importing import Importer
    from yangcai.cli.rowfile import Columns
    from yangcai.funds.models import Appropriation
    from yangcai.parties.roles import Role
    from yangcai.planning.actions import draft_plan
    from yangcai.planning.actions.plan import DraftPlan

    post = _post(options.user, Role.BUYER_OFFICER, now)

    def subject(row: "Row") -> Any:
        code, year = row.data.get("appropriation", ""), row.data.get("fiscal_year", "")
        found = Appropriation.objects.filter(buyer=post.organisation, code=code)
        items = list(found.filter(fiscal_year=year) if year.isdecimal() else found)
        if len(items) != 1:
            raise Stop(
                zh=f"预算项目“{code}”有 {len(items)} 个（本单位的，须恰好一个；可加“预算年度”一列）",
                en=f"there are {len(items)} budget items “{code}” of this buyer: give the fiscal year",
            )
        return items[0]

    fields = {name: one for name, one in DraftPlan.base_fields.items() if name != "intention"}
    more = {
        "appropriation": ("预算项目编码", "项目编码", "budget code"),
        "fiscal_year": ("预算年度", "年度", "fiscal year"),
    }
    return Importer(draft_plan, Columns(fields, more), subject, post)


def _suppliers(options: argparse.Namespace, now: Any) -> "Importer":
    """Suppliers that another register has: entered as by the platform's own staff."""
    from yangcai.cli.importing import Importer
    from yangcai.cli.rowfile import Columns
    from yangcai.parties.actions import RegisterOrganisation, register_organisation
    from yangcai.parties.models import OrganisationKind
    from yangcai.parties.queries import platform_post

    post = platform_post(now=now)
    fields = {name: one for name, one in RegisterOrganisation.base_fields.items() if name not in {"kind", "parent"}}
    always = {"kind": OrganisationKind.SUPPLIER, "jurisdiction": fields["jurisdiction"].initial}
    return Importer(register_organisation, Columns(fields, {}), lambda row: post.organisation, post, always)


def _post(username: str, role: Any, now: Any) -> Any:
    """The post that imports: the named person's, else the only one of this role that there is."""
    from yangcai.parties.models import Post

    posts = Post.objects.filter(role=role).select_related("organisation", "person")
    if username:
        posts = posts.filter(person__username=username)
    valid = [post for post in posts if post.is_valid_at(now)]
    if len(valid) != 1:
        raise Stop(
            zh=f"有 {len(valid)} 个有效的{role.label}岗位，请用 --user 指明由谁导入",
            en=f"There are {len(valid)} valid posts of the role {role}: say with --user who imports",
            hint="yangcai user list",
        )
    return valid[0]
