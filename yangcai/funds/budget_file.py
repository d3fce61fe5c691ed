"""What does a budget file say, and what is wrong with it, row by row and column by column?

XLSX or CSV, one header row, one line per budget item. Nothing is guessed: a cell that is not exactly a year, a date, an
amount in yuan is a fault that names its row (as the spreadsheet program numbers it) and its column.
"""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yangcai.funds.budget_cells import READERS, BadCell, folded, plain
from yangcai.funds.spreadsheet import HEADER_WITHIN, Unreadable, csv_rows, xlsx_rows
from yangcai.kernel import money
from yangcai.kernel.refusals import Refusal

MAX_BYTES = 50 * 2**20
MAX_ROWS = 200_000
#: So much of an unknown title is repeated, enough to find it.
LONGEST_TITLE = 30
#: A person mends the first thousand faults; the rest are counted.
FAULTS_SHOWN = 1000


@dataclass(frozen=True)
class Column:
    """A column of the file: its key, its titles (the first is the one we print), whether every row needs it."""

    key: str
    titles: tuple[str, ...]
    en: str
    required: bool = True


COLUMNS = (
    Column("buyer", ("采购人", "采购单位", "采购人名称", "预算单位", "单位名称", "buyer"), "buyer"),
    Column(
        "uscc",
        ("统一社会信用代码", "社会信用代码", "信用代码", "组织机构代码", "uscc"),
        "unified social credit code",
        required=False,
    ),
    Column("fiscal_year", ("预算年度", "年度", "预算年份", "fiscal_year"), "fiscal year"),
    Column("code", ("预算项目编码", "项目编码", "预算编码", "code"), "budget code"),
    Column("name", ("预算项目名称", "项目名称", "预算项目", "name"), "budget item"),
    Column("classification", ("品目", "品目名称", "采购品目", "品目编码", "classification"), "catalogue item", False),
    Column("source", ("资金来源", "资金性质", "source"), "source of funds", required=False),
    Column("amount", ("预算金额", "预算金额元", "金额元", "金额", "采购预算", "amount"), "amount in yuan"),
    Column("approved_on", ("批复日期", "批复时间", "下达日期", "approved_on"), "day of approval"),
)
BY_KEY = {column.key: column for column in COLUMNS}
#: Titles that look like ours and mean something else: reading ten thousand yuan as yuan would be a disaster.
OTHER_UNITS = ("万元", "千元", "亿元")


@dataclass(frozen=True)
class Line:
    """One budget line as the file states it; `row` is the row of the file."""

    row: int
    buyer: str
    uscc: str
    fiscal_year: int
    code: str
    name: str
    classification: str
    source: str
    amount: Decimal
    approved_on: datetime.date


@dataclass
class BudgetTable:
    """What was read: the lines that are well-formed, every fault, and by row the id of the buyer (rules fill it in)."""

    lines: list[Line] = field(default_factory=list)
    buyers: dict[int, int] = field(default_factory=dict)
    faults: list[Refusal] = field(default_factory=list)

    def __str__(self) -> str:
        """What an Entry keeps of it, beside the digest of the file."""
        total = sum((line.amount for line in self.lines), Decimal())
        return f"{len(self.lines)} 行，合计 {money.figures(total)} 元"

    def refusals(self) -> list[Refusal]:
        """The faults in the order of the rows, at most FAULTS_SHOWN, then how many more there are."""
        ordered = sorted(self.faults, key=lambda fault: fault.facts.get("row", 0))
        more = len(ordered) - FAULTS_SHOWN
        if more <= 0:
            return ordered
        rest = Refusal(
            "budget_more_faults",
            f"另有 {more} 处错误未列出，请先改正以上各处",
            f"{more} more faults are not listed: mend these first",
            facts={"more": more},
            field="file",
        )
        return [*ordered[:FAULTS_SHOWN], rest]


def fault(*, row: int, column: str, zh: str, en: str, code: str = "budget_line") -> Refusal:
    """A fault at a row and column, in both languages."""
    shown = BY_KEY[column]
    return Refusal(
        code,
        f"第 {row} 行“{shown.titles[0]}”：{zh}",
        f"Row {row}, {shown.titles[0]} ({shown.en}): {en}",
        facts={"row": row, "column": shown.titles[0]},
        field="file",
    )


def read(*, data: bytes, name: str, today: datetime.date) -> BudgetTable:
    """Read a budget file. `name` tells XLSX from CSV, `today` is the day after which no approval can lie."""
    table = BudgetTable()
    try:
        if len(data) > MAX_BYTES:
            raise Unreadable(
                "budget_too_large", f"文件超过 {MAX_BYTES >> 20} MB", f"The file is larger than {MAX_BYTES >> 20} MB"
            )
        rows = xlsx_rows(data) if name.lower().endswith(".xlsx") else csv_rows(data)
        _read_rows(rows, table, today)
    except Unreadable as error:
        table.faults.append(error.refusal)
    return table


#: What a cell says, by column, type and content: a hundred thousand lines name few buyers, years and days.
_Cells = dict[tuple[str, type, Any], Any]


def _read_rows(rows: Iterable[Sequence[Any]], table: BudgetTable, today: datetime.date) -> None:
    places: dict[str, int] = {}
    cells: _Cells = {}
    seen: dict[tuple[str, int, str], int] = {}
    for number, row in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise Unreadable(
                "budget_too_long", f"超过 {MAX_ROWS} 行，请分批导入", f"More than {MAX_ROWS} rows: import in parts"
            )
        if not any(value not in (None, "") for value in row):
            continue
        if not places:
            places = _header(row, number)
            continue
        line = _line(row, number, places, table, today, cells)
        if line is None:
            continue
        key = (line.uscc or line.buyer, line.fiscal_year, line.code)
        if key in seen:
            table.faults.append(
                fault(
                    row=number,
                    column="code",
                    code="budget_duplicate",
                    zh=f"与第 {seen[key]} 行重复（同一采购人、年度、编码）",
                    en=f"repeats row {seen[key]} (same buyer, year and code)",
                )
            )
            continue
        seen[key] = number
        table.lines.append(line)
    if not places:
        _header((), 0)
    if not table.lines and not table.faults:
        raise Unreadable("budget_empty", "文件中没有预算数据", "The file holds no budget line")


def _title(value: Any) -> str:
    """A header without spaces, brackets and full-width forms: 预算金额（元） and 预算金额 are one title."""
    text = folded(str(value or ""))
    return re.sub(r"[\s()\[\]*:]", "", text).lower()


def _header(row: Sequence[Any], number: int) -> dict[str, int]:
    """Column key -> place. A title row above it (one filled cell) is skipped, unless it names a unit."""
    titles = [_title(value) for value in row]
    known = {title: column.key for column in COLUMNS for title in column.titles}
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        key = known.get(title)
        if key in places:
            raise Unreadable(
                "budget_header",
                f"“{BY_KEY[key].titles[0]}”列出现了两次",
                f"The column {BY_KEY[key].titles[0]} ({BY_KEY[key].en}) stands twice",
            )
        if key:
            places[key] = place
    # Also in a line above the header: 单位：万元.
    if unit := next((u for u in OTHER_UNITS for title in titles if title.endswith(u)), ""):
        raise Unreadable(
            "budget_unit", f"金额的单位是{unit}，请换算为元后导入", f"The amounts are in {unit}: convert them to yuan"
        )
    if number and not places and sum(bool(title) for title in titles) == 1 and number < HEADER_WITHIN:
        return {}
    unknown = [
        text if len(text) <= LONGEST_TITLE else f"{text[:LONGEST_TITLE]}…"
        for text in (str(row[place]).strip() for place, title in enumerate(titles) if title and title not in known)
    ]
    missing = [column for column in COLUMNS if column.required and column.key not in places]
    if unknown or missing:
        raise Unreadable(
            "budget_header",
            "；".join(
                ([f"缺少列：{'、'.join(c.titles[0] for c in missing)}"] if missing else [])
                + ([f"不认识的列：{'、'.join(unknown)}"] if unknown else [])
            ),
            "; ".join(
                ([f"columns are missing: {', '.join(f'{c.titles[0]} ({c.en})' for c in missing)}"] if missing else [])
                + ([f"unknown columns: {', '.join(unknown)}"] if unknown else [])
            ),
        )
    return places


def _line(
    row: Sequence[Any],
    number: int,
    places: dict[str, int],
    table: BudgetTable,
    today: datetime.date,
    cells: _Cells,
) -> Line | None:
    values: dict[str, Any] = {}
    before = len(table.faults)
    for column in COLUMNS:
        place = places.get(column.key, -1)
        value = row[place] if 0 <= place < len(row) else None
        known = (column.key, type(value), value)
        try:
            if known not in cells:
                cells[known] = _read_cell(column, value)
            values[column.key] = cells[known]
        except BadCell as bad:
            zh, en = bad.args
            table.faults.append(fault(row=number, column=column.key, zh=zh, en=en))
    if extra := [n for n, value in enumerate(row) if value not in (None, "") and n not in places.values()]:
        table.faults.append(
            Refusal(
                "budget_line",
                f"第 {number} 行：第 {extra[0] + 1} 列没有表头，却有内容",
                f"Row {number}: column {extra[0] + 1} has content but no title",
                facts={"row": number, "column": extra[0] + 1},
                field="file",
            )
        )
    if len(table.faults) > before:
        return None
    if wrong := _approval_fault(values["approved_on"], values["fiscal_year"], today):
        table.faults.append(fault(row=number, column="approved_on", zh=wrong[0], en=wrong[1]))
        return None
    return Line(row=number, **values)


def _read_cell(column: Column, value: Any) -> Any:
    """What a cell says in its column; "" for an empty one that may be empty. Raises BadCell."""
    text = plain(value)
    if text == "":
        if column.required:
            raise BadCell("不能为空", "is empty")
        return ""
    return READERS[column.key](text)


def _approval_fault(approved_on: datetime.date, fiscal_year: int, today: datetime.date) -> tuple[str, str] | None:
    if approved_on > today:
        return f"{approved_on} 晚于今天", f"{approved_on} is later than today"
    if approved_on.year not in (fiscal_year - 1, fiscal_year):
        return (
            f"{approved_on} 不在预算年度 {fiscal_year} 或其上一年",
            f"{approved_on} is neither in fiscal year {fiscal_year} nor in the year before",
        )
    return None
