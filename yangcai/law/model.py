"""What are an instrument, a rule, its dated values and a clock?"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from yangcai.kernel.numbers import percent
from yangcai.kernel.refusals import Citation

#: The mark of a term that the platform laid down itself: no law, and never shown as one.
OWN = "own"
CONFIDENCES = ("verified", "secondary", "memory", "unconfirmed", OWN)
TIME_UNITS = ("minutes", "days", "working_days", "months", "years", "month_day")
BANDS = {"ratio_band": "ratio", "yuan_band": "yuan", "year_band": "years"}
UNITS = (*TIME_UNITS, *BANDS, "count", "ratio", "fraction", "yuan", "principle", "table")
ACTORS = ("buyer", "agent", "supplier", "treasury", "portal", "expert")
KINDS = ("at_most", "at_least")
#: Methods and systems that a rule may wait for: those of later issues, and apps that do not use it yet.
LATER = (
    "mall", "services_purchase", "challenges", "credit", "supervision", "alerts", "analysis",
    "connect", "contracts", "controls", "parties", "planning", "portal", "tendering",
)  # fmt: skip
CHINA = "cn"
#: All of a clock's time, in per cent.
WHOLE = 100
UNKNOWN = "unknown"

DIGITS = "零一二三四五六七八九"
COUNTED = {
    "minutes": ("分钟", "minutes"),
    "days": ("日", "days"),
    "working_days": ("个工作日", "working days"),
    "months": ("个月", "months"),
    "years": ("年", "years"),
    "count": ("", ""),
}


def chinese_number(number: int) -> str:
    """1..9999 as articles are numbered: 35 -> 三十五, 110 -> 一百一十, 1259 -> 一千二百五十九."""
    text, zero = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            text += ("零" if zero and text else "") + DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return text[1:] if text.startswith("一十") else text


@dataclass(frozen=True)
class Instrument:
    """A law, regulation or document; dates in days, `articles` is its last article where known."""

    key: str
    zh: str
    en: str
    number: str
    issuer: str
    in_force: datetime.date
    confidence: str
    promulgated: datetime.date | None = None
    repealed_by: str = ""
    repealed_on: datetime.date | None = None
    jurisdiction: str = CHINA
    articles: int = 0
    parts: str = "article"

    def article_text(self, article: str) -> tuple[str, str]:
        """(zh, en) of "36(1)": 第三十六条第（一）项, art. 36(1)."""
        if article == UNKNOWN:
            return "（条号待核）", "(article to be confirmed)"
        number, _, item = article.partition("(")
        sign = "条" if self.parts == "article" else "部分"
        zh = f"第{chinese_number(int(number))}{sign}"
        if item:
            zh += f"第（{chinese_number(int(item.rstrip(')')))}）项"
        return zh, f"{'art.' if self.parts == 'article' else 'section'} {article}"


@dataclass(frozen=True)
class Value:
    """What a rule says from a day on, in a jurisdiction, by which article. `value` None means: repealed."""

    rule: str
    unit: str
    since: datetime.date
    value: Any
    instrument: Instrument
    article: str
    confidence: str
    jurisdiction: str = CHINA
    also: tuple[tuple[Instrument, str], ...] = ()
    note: str = ""

    @property
    def citation(self) -> Citation:
        return self.cited(self.instrument, self.article)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The first citation and the further ones."""
        return (self.citation, *(self.cited(instrument, article) for instrument, article in self.also))

    def cited(self, instrument: Instrument, article: str) -> Citation:
        zh, en = instrument.article_text(article)
        return Citation(
            instrument=instrument.number,
            article=zh,
            article_en=en,
            rule=self.rule,
            confidence=self.confidence,
            title=instrument.zh,
            title_en=instrument.en,
        )

    @property
    def text(self) -> tuple[str, str]:
        """The value with its unit, in Chinese and English: 5个工作日, 5 working days."""
        if self.value is None:
            return "已废止", "repealed"
        if self.unit in BANDS:
            low, high = (written(self.value[side], unit=BANDS[self.unit]) for side in ("min", "max"))
            return f"{low[0]}至{high[0]}", f"{low[1]} to {high[1]}"
        return written(self.value, unit=self.unit)


def written(value: Any, *, unit: str) -> tuple[str, str]:
    """A single value with its unit, (zh, en)."""
    if unit in COUNTED:
        zh, en = COUNTED[unit]
        return f"{value}{zh}", f"{value} {en.removesuffix('s') if value == 1 else en}".rstrip()
    if unit == "ratio":
        share = percent(Decimal(value))
        return share, share
    if unit == "yuan":
        return f"{value:,.2f}元", f"¥{value:,.2f}"
    if unit == "fraction":
        fraction = Fraction(value)
        zh = f"{chinese_number(fraction.denominator)}分之{chinese_number(fraction.numerator)}"
        return zh, f"{fraction.numerator}/{fraction.denominator}"
    if unit == "month_day":
        month, day = str(value).split("-")
        return f"{int(month)}月{int(day)}日", f"{day}/{month} (day/month)"
    return ("见条文", "see the article")


@dataclass(frozen=True)
class Rule:
    """One number or principle of the law with its history, newest last."""

    key: str
    zh: str
    en: str
    unit: str
    values: tuple[Value, ...]
    waits_for: str = ""


@dataclass(frozen=True)
class Anchor:
    """An event that starts or stops a clock."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True)
class Clock:
    """A deadline that an event starts: who must do what by then (at_most), or what may not happen before (at_least)."""

    id: str
    zh: str
    en: str
    start: Anchor
    stop: Anchor
    actor: str
    rule: str
    kind: str
    fires: str
    procedures: tuple[str, ...] = ()
    waits_for: str = ""
    #: Actions that start and stop it in one: the clock never runs.
    at_once: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """All of the law that the platform knows."""

    instruments: Mapping[str, Instrument]
    rules: Mapping[str, Rule]
    anchors: Mapping[str, Anchor]
    clocks: Mapping[str, Clock]
    packs: "tuple[Pack, ...]" = ()
    alarms: tuple[int, ...] = ()

    def at(self, key: str, *, on: datetime.date, jurisdiction: str) -> Value | None:
        """The value in force on a day, of the most specific jurisdiction that has one; None where there is none.

        Raises KeyError for a key that is no rule."""
        values = self.rules[key].values
        for region in (*(jurisdiction[:n] for n in (6, 4, 2) if len(jurisdiction) >= n), CHINA):
            dated = [value for value in values if value.jurisdiction == region and value.since <= on]
            if dated:
                return dated[-1] if dated[-1].value is not None else None
        return None


@dataclass(frozen=True)
class Pack:
    """A change of law as it was reviewed: by whom it was prepared, by whom reviewed and when. `late` says why it comes
    after its own effective date, where it does."""

    name: str
    zh: str
    en: str
    prepared_by: str
    reviewed_by: str = ""
    reviewed_on: datetime.date | None = None
    late: str = ""
