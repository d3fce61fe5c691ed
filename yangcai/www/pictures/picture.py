"""What belongs to a picture besides its marks: question, answer, what it counts, the table, the same as CSV?"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from yangcai.kernel.cells import BYTE_ORDER_MARK, harmless
from yangcai.kernel.refusals import in_chinese
from yangcai.www import formats
from yangcai.www.pictures.svg import Drawing

TEN_THOUSAND, MILLION = Decimal(10_000), Decimal(1_000_000)


@dataclass(frozen=True)
class Column:
    """A column of the table; `places`: decimals of its numbers, none where it is text."""

    label: str
    places: int | None = None
    is_data: bool = False

    @property
    def is_number(self) -> bool:
        return self.places is not None

    @property
    def lang(self) -> str:
        """Data is in the language in which somebody wrote it."""
        return "zh-Hans" if self.is_data and not in_chinese() else ""


@dataclass(frozen=True)
class Picture:
    """A figure of a page. `title` is the question, `says` its answer computed from the data, `caption` the denominator,
    the unit and the cut-off, `about` what it is about where that is data. Without drawings there was nothing to draw,
    and `says` says so."""

    key: str
    title: str
    says: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]
    caption: str = ""
    legend: tuple[tuple[str, str], ...] = ()
    drawings: tuple[Drawing, ...] = field(default=())
    about: str = ""

    @property
    def label(self) -> str:
        """The whole sentence that stands for the drawing where it cannot be seen."""
        return f"{self.title}{'' if in_chinese() else ' '}{self.says}"

    @property
    def body(self) -> list[list[tuple[Column, str]]]:
        """The rows of the table as text."""
        return [
            [(column, shown(value, column)) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]

    def as_csv(self) -> HttpResponse:
        """The table as a file that a spreadsheet opens; plain numbers, and no cell that it would take for a formula."""
        text = io.StringIO(newline="")
        table = csv.writer(text)
        table.writerow([column.label for column in self.columns])
        for row in self.rows:
            table.writerow([plain(value) for value in row])
        return HttpResponse(
            BYTE_ORDER_MARK + text.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{self.key}.csv')}"},
        )


def shown(value: Any, column: Column) -> str:
    """A cell as text."""
    if value is None:
        return "—"
    if column.places is not None and isinstance(value, int | Decimal):
        return f"{value:,.{column.places}f}".replace("-", "−")
    return str(value)


def plain(value: Any) -> str:
    """A cell of a CSV file: a number as it is, a text that begins like a formula behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return f"{value}"
    return harmless(str(value))


def csv_asked(request: HttpRequest, pictures: Iterable[Picture | None]) -> HttpResponse | None:
    """The CSV of the picture that the address asks for (?csv=key): the same page, so the same people may read it."""
    key = request.GET.get("csv")
    return next((one.as_csv() for one in pictures if one is not None and one.key == key), None) if key else None


# --- money in pictures --------------------------------------------------------------------------------------------


def large(value: Decimal) -> Decimal:
    """Yuan in the unit of pictures: units of 10,000 in Chinese, of a million in English."""
    return Decimal(value) / (TEN_THOUSAND if in_chinese() else MILLION)


def unit() -> str:
    """The unit of `large`."""
    return formats.wan_parts(Decimal(0))[1]


def wan(value: Decimal) -> str:
    """A large figure with its unit, for sentences; a negative one with a real minus sign."""
    return formats.wan(value).replace("-", "−")


def brackets(words: str) -> str:
    """In brackets behind something, as the reader's language writes them."""
    return f"（{words}）" if in_chinese() else f" ({words})"


def percent(part: Decimal, whole: Decimal) -> str:
    """86.16 %; an em dash where there is nothing to take a share of."""
    return f"{100 * part / whole:.2f}%" if whole else "—"
