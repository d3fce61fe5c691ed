"""How does a row of the database look as a line of a table or as a list of facts?"""

import datetime
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yangcai import procedures
from yangcai.kernel.models import MoneyField
from yangcai.kernel.numbers import bare, percent
from yangcai.kernel.refusals import in_chinese
from yangcai.www import formats

#: So few characters are one word, and so many are a name or a sentence, which takes a column of some width.
WORD, WORDS = 6, 12
#: A day, alone or with a time.
DAY = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?$")
#: A number of a procurement, or of a contract under it, which is read as one word: 兰新采〔2026〕0012号-合1.
NUMBER = re.compile(r"\w{1,6}〔\d{4}〕\d{1,8}号(-\w{1,4})?$")


@dataclass(frozen=True)
class Cell:
    """One value as text; `is_data` when it is in the language in which somebody wrote it, not in the reader's."""

    text: str
    is_number: bool = False
    is_data: bool = False
    is_fingerprint: bool = False

    @property
    def css(self) -> str:
        """The class of its cell: numbers stand under each other, a day does not break at its hyphens nor a word at all,
        and neither the groups of a fingerprint nor the characters of a name stand few a line."""
        text = str(self.text)
        if self.is_fingerprint:
            return "fingerprint"
        if self.is_number:
            return "num"
        if DAY.match(text) or NUMBER.match(text) or 0 < len(text) <= WORD:
            return "nowrap"
        return "words" if len(text) > WORDS else ""

    @property
    def lang(self) -> str:
        return "" if in_chinese() or not self.is_data else "zh-Hans"


@dataclass(frozen=True)
class Column:
    label: str
    is_number: bool = False


@dataclass(frozen=True)
class Line:
    """One row: its cells, and the Actions that are open on it now."""

    cells: list[Cell]
    links: Sequence[Any] = ()
    url: str = ""


@dataclass(frozen=True)
class Table:
    """Columns and lines, ready for work/table.html."""

    title: str
    columns: list[Column]
    lines: list[Line]

    @property
    def has_links(self) -> bool:
        return any(line.links for line in self.lines)


#: Columns whose zero says that there is none: an application names no price, a lot no order and no share; what is
#: handed in first is no round.
NOTHING_AT_ZERO = {"price", "award_order", "set_aside_share", "round"}
#: Columns of 64 hexadecimal digits, which are read in groups.
FINGERPRINTS = ("digest", "leaf", "seed")
#: Columns that are shares of one and read as percentages.
SHARES = ("_rate", "share", "_small_micro")


def label(model: type[models.Model], name: str) -> str:
    """The verbose_name of a column, in the reader's language."""
    names = name.split("__")
    if len(names) > 1 and names[-1] == "title":
        names.pop()  # the title of a milestone is headed "milestone", not "name"
    for part in names[:-1]:
        related = model._meta.get_field(part).related_model
        assert isinstance(related, type)
        model = related
    try:
        text = str(model._meta.get_field(names[-1]).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        text = str(getattr(model, f"{names[-1]}_label"))
    return formats.titled(text)


def cell(row: Any, name: str) -> Cell:
    """The value of a column as text."""
    names = name.split("__")
    for part in names[:-1]:
        row = getattr(row, part)
        if row is None:
            return Cell("")
    value = getattr(row, names[-1])
    if value is None or value == "" or (names[-1] in NOTHING_AT_ZERO and not value):
        return Cell("")
    try:
        field = row._meta.get_field(names[-1])
    except FieldDoesNotExist:  # derived from columns, headed by its own label; words of it are the reader's
        return Cell(value) if isinstance(value, str) else written(value)
    if field.name.endswith(FINGERPRINTS):
        return Cell(formats.fingerprint(value), is_fingerprint=True)
    if field.choices:
        return Cell(formats.titled(_words(field, get_language()).get(value, value)))
    if field.name == "procedure":
        return Cell(procedure(value))
    if field.name.endswith("closes_at"):  # over at midnight means the day before, 24:00
        return Cell(formats.deadline(value))
    return written(value, field=field)


@functools.cache
def _words(field: "models.Field[Any, Any]", _language: str | None) -> dict[Any, "str | Promise"]:
    """Value -> word of a column that knows its values, in the reader's language: words of the law come as text. Django
    hashes all words for each value that it puts into one."""
    return dict(field.flatchoices)


def written(value: Any, *, field: Any = None) -> Cell:
    """A value as text in the reader's language, or as data."""
    match value:
        case bool():
            return Cell(formats.titled(_("是") if value else _("否")))
        case datetime.datetime():
            return Cell(formats.moment(value))
        case datetime.date():
            return Cell(formats.day(value))
        case Decimal() if isinstance(field, MoneyField):
            return Cell(formats.amount(value), is_number=True)
        case Decimal() if field is not None and field.name.endswith(SHARES):
            return Cell(percent(value), is_number=True)
        case Decimal() if field is not None and field.name == "percent":
            return Cell(f"{bare(value)}%", is_number=True)
        case Decimal():
            return Cell(bare(value), is_number=True)
        case datetime.timedelta():
            return Cell(formats.duration(value))
        case int():
            return Cell(str(value), is_number=True)
        case models.Model():
            return Cell(str(value), is_data=True)
    return Cell(str(value), is_data=True)


def procedure(code: str) -> str:
    """The name of a method of procurement."""
    found = procedures.PROCEDURES.get(code)
    return (found.zh if in_chinese() else found.en) if found else code


def table(
    title: "str | Promise",
    model: type[models.Model],
    rows: Iterable[Any],
    columns: Sequence[str],
    *,
    links: dict[tuple[Any, int], list[Any]] | None = None,
) -> Table:
    """A table of these columns; a column that is empty in every line is left out. `links`: what each row offers."""
    rows = list(rows)
    lines = [[cell(row, name) for name in columns] for row in rows]
    used = [n for n in range(len(columns)) if any(line[n].text for line in lines)]
    return Table(
        title=formats.titled(title),
        columns=[
            Column(label(model, columns[n]), all(line[n].is_number or not line[n].text for line in lines)) for n in used
        ],
        lines=[
            Line([line[n] for n in used], (links or {}).get((model, row.pk), ()))
            for line, row in zip(lines, rows, strict=True)
        ],
    )


def with_column(found: Table, label: str, values: Sequence[str]) -> Table:
    """The table with one more column of words in the reader's language."""
    return Table(
        found.title,
        [*found.columns, Column(label)],
        [
            Line([*line.cells, Cell(value)], line.links, line.url)
            for line, value in zip(found.lines, values, strict=True)
        ],
    )


def with_addresses(found: Table, urls: Sequence[str]) -> Table:
    """The table whose lines lead somewhere."""
    lines = [Line(line.cells, line.links, url) for line, url in zip(found.lines, urls, strict=True)]
    return Table(found.title, found.columns, lines)


def facts(row: Any, columns: Sequence[str]) -> list[dict[str, Any]]:
    """(label, value) of each column that says something."""
    found = []
    for name in columns:
        value = cell(row, name)
        if value.text:
            text = _with_unit(row, name) or value.text
            found.append({"label": label(type(row), name), "value": text, "lang": value.lang})
    return found


def _with_unit(row: Any, name: str) -> str:
    """An amount that stands alone says its unit; in a table the heading does."""
    field = next((one for one in row._meta.concrete_fields if one.name == name), None)  # a derived column has none
    if not isinstance(field, MoneyField):
        return ""
    return formats.yuan(getattr(row, name))
