"""Is the law sound and used everywhere, and what does one rule say?"""

import argparse
import datetime
import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yangcai import law, procedures
from yangcai.cli import site, whose
from yangcai.cli.commands import migrate
from yangcai.cli.console import NOT_MET, OK, USAGE, Stop, answer, say
from yangcai.law import loader, preview, usage
from yangcai.law.model import Book, Pack, Rule, Value

if TYPE_CHECKING:
    from yangcai.cases.queries import Touched

HELP = ("核对、查看法规参数，预览法规变动", "check and show the rules of the law, preview a change")

PACKAGE = Path(law.__file__).parents[1]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    doing = parser.add_subparsers(dest="doing", required=True, metavar=say(zh="操作", en="what"))
    doing.add_parser("check", help=say(zh="核对法规数据及其引用", en="check the rules and where they are used"))
    show = doing.add_parser("show", help=say(zh="查看一条规则或期限", en="show one rule or clock"))
    show.add_argument("key", metavar="KEY", help="submission.open_tender, C13")
    show.add_argument("--on", type=datetime.date.fromisoformat, help=say(zh="适用日期", en="the day it applies"))
    show.add_argument("--jurisdiction", default=law.HOME, help=say(zh="行政区划代码", en="division code"))
    pack = doing.add_parser(
        "preview",
        help=say(zh="预览一个法规变动包会改变什么", en="what a law pack would change, before it is installed"),
    )
    pack.add_argument("file", type=Path, metavar="FILE", help="law-pack/1, YAML")
    whose.add_option(pack)


def run(options: argparse.Namespace) -> int:
    return {"check": _check, "show": _show, "preview": _preview}[options.doing](options)


def _told(faults: law.LawFaults) -> list[str]:
    return [say(zh=fault.in_chinese, en=str(fault)) for fault in faults.faults]


def _check(options: argparse.Namespace) -> int:
    """0 when sound, 2 when a file or a use is wrong."""
    try:
        book = law.book()
    except law.LawFaults as faults:
        answer(options, data={}, text="", errors=_told(faults))
        return USAGE
    named = [key for procedure in procedures.PROCEDURES.values() for key in procedure.rule_keys()]
    windows = [key for procedure in procedures.PROCEDURES.values() for key in procedure.windows]
    found = usage.check(book, usage.scan(PACKAGE), named=named, windows=windows)
    counts = {"rules": len(book.rules), "clocks": len(book.clocks), "instruments": len(book.instruments)}
    text = say(
        zh="规则 {rules} 条，期限 {clocks} 个，依据 {instruments} 部",
        en="{rules} rules, {clocks} clocks, {instruments} instruments",
    ).format(**counts)
    answer(options, data=counts, text=text, warnings=found.notes, errors=found.problems)
    return USAGE if found.problems else OK


def _value(value: Value) -> dict[str, Any]:
    zh, en = value.text
    return {
        "since": value.since,
        "jurisdiction": value.jurisdiction,
        "value": value.value if value.unit != "table" else value.rule,
        "zh": zh,
        "en": en,
        "confidence": value.confidence,
        "citations": [citation.as_dict() for citation in value.citations],
        "note": value.note,
    }


def _nearest(key: str) -> str:
    """What to ask for instead of a key that is not there: those that begin alike, else those spelt alike."""
    book = law.book()
    keys = [*book.rules, *book.clocks]
    alike = [one for one in keys if one.startswith(key)] or difflib.get_close_matches(key, keys, n=3)
    return f"yangcai law show {' | '.join(alike[:10])}" if alike else ""


def _show(options: argparse.Namespace) -> int:
    try:
        clock = law.clock(options.key) if options.key[:1] == "C" else None
        rule: Rule = law.rule(clock.rule if clock else options.key)
    except law.UnknownRule:
        raise Stop(
            zh=f"没有规则或期限 {options.key}",
            en=f"there is no rule or clock {options.key}",
            code=USAGE,
            hint=_nearest(options.key),
        ) from None
    in_force = law.find(rule.key, on=options.on, jurisdiction=options.jurisdiction) if options.on else None
    values = [in_force] if in_force else [] if options.on else list(rule.values)
    data = {
        "key": rule.key,
        "zh": rule.zh,
        "en": rule.en,
        "unit": rule.unit,
        "waits_for": rule.waits_for,
        "clock": clock.id if clock else None,
        "values": [_value(value) for value in values],
    }
    lines = [f"{rule.key}  {say(zh=rule.zh, en=rule.en)}"]
    if clock:
        lines.append(f"{clock.id}  {clock.start.key} → {clock.stop.key}  {clock.kind}  {clock.actor}  {clock.fires}")
    for value in values:
        article = value.citation
        cited = say(
            zh=f"《{article.title}》（{article.instrument}）{article.article}",
            en=f"{article.title_en}, {article.article_en}",
        )
        zh, en = value.text
        lines.append(f"{value.since}  {value.jurisdiction}  {say(zh=zh, en=en)}  {cited}  [{value.confidence}]")
    if not values:
        lines.append(say(zh="该日没有规定", en="nothing on that day"))
    answer(options, data=data, text="\n".join(lines))
    return OK


def _preview(options: argparse.Namespace) -> int:
    """0: installed today, it would leave every running case alone; 5: it reaches back into running cases; 2: wrong."""
    if not options.file.is_file():
        raise Stop(zh=f"没有文件 {options.file}", en=f"there is no file {options.file}", code=USAGE)
    before = law.book()
    try:
        after = loader.load(law.FOLDER, extra=(options.file,))
    except UnicodeDecodeError:
        raise Stop(zh=f"{options.file} 不是 UTF-8 文本", en=f"{options.file} is not UTF-8 text", code=USAGE) from None
    except law.LawFaults as faults:
        n = len(faults.faults)
        text = say(
            zh=f"{options.file} 不能采用：{n} 处错误（文件:行）",
            en=f"{options.file} cannot be used: {n} faults (file:line)",
        )
        answer(options, data={}, text=text, errors=_told(faults))
        return USAGE
    changes = list(preview.changes(before, after))
    left = list(preview.left_behind(before, after))
    looked_at, looked_through, touched = _reached(options, changes, before=before, after=after)
    running = [t for t in touched if t.is_running]
    pack = after.packs[-1]
    data = {
        "title": pack.zh,
        "prepared_by": pack.prepared_by,
        "reviewed_by": pack.reviewed_by,
        "changes": [_change(change, after=after) for change in changes],
        "instruments": sorted(set(after.instruments) - set(before.instruments)),
        "database": looked_at,
        "open_cases": looked_through,
        "left_behind": [{"rule": rule.key, "instrument": value.instrument.key} for rule, value in left],
        "cases": [
            {"number": t.case.number, "rule": t.change.rule.key, "from": t.change.since, "running": t.is_running}
            for t in touched
        ],
    }
    warnings = [
        say(
            zh=f"{rule.key} 仍依据已废止的{value.instrument.zh}（{value.instrument.repealed_on} 起），包内没有新规定",
            en=f"{rule.key} still rests on {value.instrument.en}, repealed on {value.instrument.repealed_on}, and the"
            " pack says nothing new",
        )
        for rule, value in left
    ]
    if not pack.reviewed_by:
        warnings.append(
            say(
                zh="尚未复核：写明 reviewed_by 和 reviewed_on 后才能装入 yangcai/law/packs/",
                en="not reviewed yet: installed in yangcai/law/packs/ only with reviewed_by and reviewed_on",
            )
        )
    errors = [
        say(
            zh=f"{t.case.number} 正在进行，适用 {t.case.law_as_of} 的法律，{t.change.rule.key} 会改变它",
            en=f"{t.case.number} runs under the law of {t.case.law_as_of}; {t.change.rule.key} would change that",
        )
        for t in running
    ]
    answer(
        options,
        data=data,
        text="\n".join((*_preview_text(pack, changes, touched, after), _looked_at(looked_at, looked_through))),
        warnings=warnings,
        errors=errors,
    )
    return NOT_MET if running else OK


def _reached(
    options: argparse.Namespace, changes: list[preview.Change], *, before: Book, after: Book
) -> "tuple[str, int, list[Touched]]":
    """(the database, its open cases, those that the changes reach)."""
    looked_at = whose.chosen(options.of)
    if not looked_at:
        return "", 0, []
    site.load()
    migrate.check()
    from yangcai.cases.queries import open_cases, touched_by

    return looked_at, open_cases().count(), list(touched_by(changes, before=before, after=after))


def _looked_at(database: str, cases: int) -> str:
    if not database:
        return say(
            zh="本机没有网站的数据库，未核对项目；看演示区用 --of demo",
            en="there is no site's database here, so no case was looked at; for the demo's give --of demo",
        )
    return say(zh=f"所看数据库：{database}，未结束项目 {cases} 个", en=f"looked at {database}: {cases} open cases")


def _places(key: str, *, after: Book) -> tuple[list[str], list[str]]:
    """(methods, clocks) that a rule binds."""
    methods = [p.code for p in procedures.PROCEDURES.values() if key in p.rule_keys()]
    return methods, [clock.id for clock in after.clocks.values() if clock.rule == key]


def _change(change: preview.Change, *, after: Book) -> dict[str, Any]:
    methods, clocks = _places(change.rule.key, after=after)
    return {
        "rule": change.rule.key,
        "from": change.since,
        "jurisdiction": change.jurisdiction,
        "before": _value(change.before) if change.before else None,
        "after": _value(change.after) if change.after else None,
        "methods": methods,
        "clocks": clocks,
    }


def _preview_text(pack: Pack, changes: list[preview.Change], touched: "list[Touched]", after: Book) -> Iterator[str]:
    yield say(zh=pack.zh, en=pack.en)
    nothing = say(zh="无规定", en="nothing")
    for change in changes:
        old = say(zh=change.before.text[0], en=change.before.text[1]) if change.before else nothing
        new = say(zh=change.after.text[0], en=change.after.text[1]) if change.after else nothing
        methods, clocks = _places(change.rule.key, after=after)
        yield f"{change.since}  {change.jurisdiction}  {change.rule.key}  {say(zh=change.rule.zh, en=change.rule.en)}"
        article = (change.after or change.before).citation
        cited = say(
            zh=f"《{article.title}》（{article.instrument}）{article.article}",
            en=f"{article.title_en}, {article.article_en}",
        )
        yield f"    {old} → {new}  {cited}  {' '.join((*methods, *clocks))}".rstrip()
    if not changes:
        yield say(zh="没有规则改变", en="no rule changes")
    waiting = [t for t in touched if not t.is_running]
    for t in waiting:
        yield say(
            zh=f"{t.case.number} 尚未公告；自 {t.change.since} 起公告的，适用新的 {t.change.rule.key}",
            en=f"{t.case.number} is not published yet; published from {t.change.since} on it follows the new"
            f" {t.change.rule.key}",
        )
    yield say(
        zh=f"改变 {len(changes)} 处；涉及未公告项目 {len({t.case.pk for t in waiting})} 个，"
        f"正在进行的项目 {len({t.case.pk for t in touched if t.is_running})} 个",
        en=f"{len(changes)} changes; they reach {len({t.case.pk for t in waiting})} cases not yet published and"
        f" {len({t.case.pk for t in touched if t.is_running})} that are running",
    )
