"""Is the law sound and used everywhere, and what does one rule say?"""

import argparse
import datetime
from pathlib import Path
from typing import Any

from yangcai import law, procedures
from yangcai.cli.console import OK, USAGE, Stop, answer, say
from yangcai.law import usage
from yangcai.law.model import Rule, Value

HELP = ("核对、查看法规参数", "check and show the rules of the law")

PACKAGE = Path(law.__file__).parents[1]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    doing = parser.add_subparsers(dest="doing", required=True, metavar=say(zh="操作", en="what"))
    check = doing.add_parser("check", help=say(zh="核对法规数据及其引用", en="check the rules and where they are used"))
    show = doing.add_parser("show", help=say(zh="查看一条规则或期限", en="show one rule or clock"))
    show.add_argument("key", metavar="KEY", help="submission.open_tender, C13")
    show.add_argument("--on", type=datetime.date.fromisoformat, help=say(zh="适用日期", en="the day it applies"))
    show.add_argument("--jurisdiction", default=law.HOME, help=say(zh="行政区划代码", en="division code"))
    for sub in (check, show):  # the common options are also understood behind the operation
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        sub.add_argument("--lang", choices=["zh", "en"], default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    return _check(options) if options.doing == "check" else _show(options)


def _check(options: argparse.Namespace) -> int:
    """0 when sound, 2 when a file or a use is wrong."""
    try:
        book = law.book()
    except law.LawFaults as faults:
        answer(options, data={}, text="", errors=[str(fault) for fault in faults.faults])
        return USAGE
    named = [key for procedure in procedures.PROCEDURES.values() for key in procedure.rule_keys()]
    found = usage.check(book, usage.scan(PACKAGE), named=named)
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


def _show(options: argparse.Namespace) -> int:
    try:
        clock = law.clock(options.key) if options.key[:1] == "C" else None
        rule: Rule = law.rule(clock.rule if clock else options.key)
    except law.UnknownRule:
        raise Stop(
            zh=f"没有规则或期限 {options.key}", en=f"there is no rule or clock {options.key}", code=USAGE
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
