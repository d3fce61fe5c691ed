"""By what law, since when, on what number? Dated rules with citations, read from YAML, looked up by key.

    law.value("submission.open_tender", on=day)           20
    law.cite("submission.open_tender", on=day)            the Citation, with its article
    law.refusal("submission.open_tender", code="submission_too_short", zh="…不得少于{limit}", en="… {limit}", on=day)
    law.due("C20", start=sent_at, on=day)                 the instant a clock runs out

`on` is the case's law_as_of (a date, or an aware datetime that is taken by its day in Shanghai). The most specific
jurisdiction wins (620171 before 62 before cn), then the latest value not after `on`; none raises LawGap.
"""

import datetime
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from yangcai.kernel import calendar
from yangcai.kernel.refusals import Citation, Refusal
from yangcai.law import loader
from yangcai.law.model import CHINA, Book, Clock, Instrument, Rule, Value
from yangcai.law.source import LawFaults

__all__ = [
    "HOME", "LawFaults", "LawGap", "UnknownRule", "alarms", "all_rules", "applies", "book", "cite", "cited", "clock",
    "clocks", "due", "due_at", "find", "history", "instruments", "limit", "refusal", "rule", "value",
]  # fmt: skip

#: The district that this platform serves: 兰州新区.
HOME = "620171"
FOLDER = Path(__file__).parent


class UnknownRule(LookupError):
    """There is no rule, or no clock, of that name: a mistake in the code, never the reader's."""


class LawGap(LookupError):
    """The rule exists but says nothing on that day in that jurisdiction. Callers show .zh or .en."""

    def __init__(self, *, key: str, on: datetime.date, jurisdiction: str):
        self.key, self.on, self.jurisdiction = key, on, jurisdiction
        found = rule(key)
        self.zh = f"“{found.zh}”在 {on}（{jurisdiction}）没有已载入的规定"
        self.en = f"No loaded law says on {on} ({jurisdiction}): {found.en}"
        super().__init__(f"{key}: {self.en}")


@cache
def book() -> Book:
    """Everything, loaded once. Raises LawFaults when a file is wrong."""
    return loader.load(FOLDER)


def rule(key: str) -> Rule:
    """The rule with its history. Raises UnknownRule."""
    try:
        return book().rules[key]
    except KeyError:
        raise UnknownRule(f"there is no rule {key!r}") from None


def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the files."""
    return tuple(book().rules.values())


def instruments() -> Mapping[str, Instrument]:
    """Every instrument by its key."""
    return book().instruments


def history(key: str) -> tuple[Value, ...]:
    """Every value that the rule ever had, oldest first, all jurisdictions."""
    return rule(key).values


@lru_cache(maxsize=65536)
def _lookup(key: str, on: datetime.date, jurisdiction: str) -> Value | None:
    return book().at(rule(key).key, on=on, jurisdiction=jurisdiction)


def find(key: str, *, on: datetime.date, jurisdiction: str = HOME) -> Value | None:
    """The Value in force, or None where the law says nothing then and there. Raises UnknownRule."""
    return _lookup(key, calendar.day_of(on), jurisdiction)


def cited(key: str, *, on: datetime.date, jurisdiction: str = HOME) -> Value:
    """The Value in force, with its citations. Raises UnknownRule, LawGap."""
    found = find(key, on=on, jurisdiction=jurisdiction)
    if found is None:
        raise LawGap(key=key, on=calendar.day_of(on), jurisdiction=jurisdiction)
    return found


def applies(key: str, *, on: datetime.date, jurisdiction: str = HOME) -> bool:
    """Whether the rule says anything on that day: abnormal-low-price tests exist only since 2026-02-01."""
    return find(key, on=on, jurisdiction=jurisdiction) is not None


def value(key: str, *, on: datetime.date, jurisdiction: str = HOME) -> Any:
    """The number: int for time and counts, Decimal for yuan and ratios, Fraction, {"min", "max"} for bands, a table.

    Raises UnknownRule, LawGap.
    """
    return cited(key, on=on, jurisdiction=jurisdiction).value


def limit(key: str, *, on: datetime.date, jurisdiction: str = HOME) -> tuple[str, str]:
    """The number with its unit in Chinese and English, for sentences: ("20日", "20 days")."""
    return cited(key, on=on, jurisdiction=jurisdiction).text


def cite(key: str, *, on: datetime.date, jurisdiction: str = HOME) -> Citation:
    """The article that says so on that day. Raises UnknownRule, LawGap."""
    return cited(key, on=on, jurisdiction=jurisdiction).citation


def refusal(
    key: str,
    *,
    code: str,
    zh: str,
    en: str,
    on: datetime.date,
    jurisdiction: str = HOME,
    field: str = "",
    **facts: Any,
) -> Refusal:
    """A Refusal that cites the rule. `zh` and `en` may use {limit} (the number with its unit) and every fact."""
    found = cited(key, on=on, jurisdiction=jurisdiction)
    limit_zh, limit_en = found.text
    return Refusal(
        code=code,
        zh=zh.format(limit=limit_zh, **facts),
        en=en.format(limit=limit_en, **facts),
        citation=found.citation,
        facts=facts,
        field=field,
    )


def clock(clock_id: str) -> Clock:
    """One clock of the catalogue, e.g. C13. Raises UnknownRule."""
    try:
        return book().clocks[clock_id]
    except KeyError:
        raise UnknownRule(f"there is no clock {clock_id!r}") from None


def clocks(*, procedure: str = "") -> tuple[Clock, ...]:
    """The clocks of a method (those of every method included), or all."""
    found = book().clocks.values()
    return tuple(c for c in found if not procedure or not c.procedures or procedure in c.procedures)


def alarms() -> tuple[int, ...]:
    """After what shares of a clock's time, in per cent, whoever must act is warned; the last is 100, overdue."""
    return book().alarms


def due(clock_id: str, *, start: datetime.date, on: datetime.date, jurisdiction: str = HOME) -> datetime.datetime:
    """When the clock started at `start` runs out.

    at_most: the instant from which it is overdue (24:00 of the last day). at_least: the first lawful instant (00:00 of
    the day on which the shortest time has run; minutes exactly). Raises LawGap, and HorizonError past the calendar.
    """
    found = clock(clock_id)
    number = cited(found.rule, on=on, jurisdiction=jurisdiction)
    if number.unit == "month_day":
        begin = calendar.day_of(start)
        month, day = (int(part) for part in number.value.split("-"))
        last = begin.replace(month=month, day=day)
        return calendar.end_of(last if last >= begin else last.replace(year=last.year + 1))
    # Years of keeping records lie beyond every holiday table and need none.
    rounding = "none" if number.unit == "years" else "roll"
    region = "" if jurisdiction == CHINA else jurisdiction
    if found.kind == "at_most" or number.unit == "minutes":
        return calendar.deadline(start, number.value, number.unit, rounding=rounding, region=region)
    return calendar.start_of(calendar.due_on(start, number.value, number.unit, rounding=rounding, region=region))


def due_at(
    clock_id: str, *, since: datetime.date, on: datetime.date, jurisdiction: str = HOME
) -> datetime.datetime | None:
    """`due` for screens and worklists: None where the law had no such clock yet, or past the known holiday calendar."""
    try:
        return due(clock_id, start=since, on=on, jurisdiction=jurisdiction)
    except (LawGap, calendar.HorizonError):
        return None
