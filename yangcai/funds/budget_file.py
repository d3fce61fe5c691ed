"""What does a budget file say, and what is wrong with it, row by row and column by column?

XLSX or CSV, one header row, one line per budget item. Nothing is guessed: a cell that is not exactly a year, a date, an
amount in yuan is a fault that names its row (as the spreadsheet program numbers it) and its column. What could run
(formulas, macros) or explode (zip bombs, entities) is refused before it is read.
"""

import csv
import datetime
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from stdnum.cn import uscc as social_credit_code

from yangcai.kernel.refusals import Refusal

MAX_BYTES = 50 * 2**20
#: A hundred thousand lines unpack to some 60 MB; what claims more is no budget.
MAX_UNPACKED = 400 * 2**20
MAX_PARTS = 200
MAX_ROWS = 200_000
MAX_COLUMNS = 40
#: A CSV row of all columns at their longest, several times over: what is longer is no row, and is not read to its end.
MAX_ROW_TEXT = 100_000
HEADER_WITHIN = 10
LONGEST_CELL = 300
#: So much of an unknown title is repeated, enough to find it.
LONGEST_TITLE = 30
#: The categories Cc, Cs, Co and Cf of Unicode: control characters, halves of surrogate pairs, private use, and what is
#: not seen: it makes two codes of one, or turns a name around.
UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
    r"\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    r"\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
#: A person mends the first thousand faults; the rest are counted.
FAULTS_SHOWN = 1000
CENT_PLACES = 2
DIGITS_OF_YUAN = 16


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
        return f"{len(self.lines)} 行，合计 {sum((line.amount for line in self.lines), Decimal())} 元"

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


class Unreadable(Exception):
    """The file as a whole is refused."""

    def __init__(self, code: str, zh: str, en: str):
        self.refusal = Refusal(code, zh, en, field="file")
        super().__init__(en)


def read(*, data: bytes, name: str, today: datetime.date) -> BudgetTable:
    """Read a budget file. `name` tells XLSX from CSV, `today` is the day after which no approval can lie."""
    table = BudgetTable()
    try:
        if len(data) > MAX_BYTES:
            raise Unreadable(
                "budget_too_large", f"文件超过 {MAX_BYTES >> 20} MB", f"The file is larger than {MAX_BYTES >> 20} MB"
            )
        rows = _xlsx_rows(data) if name.lower().endswith(".xlsx") else _csv_rows(data)
        _read_rows(rows, table, today)
    except Unreadable as error:
        table.faults.append(error.refusal)
    return table


# --- rows out of files -------------------------------------------------------------------------------------------


def _csv_rows(data: bytes) -> Iterator[Sequence[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable(
            "budget_encoding",
            "文件的编码既不是 UTF-8 也不是 GB18030，请另存为 UTF-8 编码的 CSV 文件",
            "The file is encoded neither in UTF-8 nor in GB18030: save it as CSV in UTF-8",
        )
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;，", key=first.count)
    if delimiter == "，":
        raise Unreadable(
            "budget_delimiter", "列之间用了全角逗号，请改用半角逗号", "The columns are separated by full-width commas"
        )
    read = 0

    def lines() -> Iterator[str]:
        nonlocal read
        for line in io.StringIO(text, newline=""):
            read += len(line)
            if read > MAX_ROW_TEXT:
                raise Unreadable(
                    "budget_long_row",
                    f"有一行超过 {MAX_ROW_TEXT} 字，不是预算文件",
                    f"A row is longer than {MAX_ROW_TEXT} characters: this is no budget file",
                )
            yield line

    try:
        for number, row in enumerate(csv.reader(lines(), delimiter=delimiter, strict=True), start=1):
            read = 0
            if any(row[MAX_COLUMNS:]):
                raise Unreadable(
                    "budget_columns",
                    f"第 {number} 行有 {len(row)} 列，最多 {MAX_COLUMNS} 列",
                    f"Row {number} has {len(row)} columns: at most {MAX_COLUMNS}",
                )
            yield row[:MAX_COLUMNS]
    except csv.Error as error:
        raise Unreadable("budget_csv", f"CSV 格式有误：{error}", f"This is not valid CSV: {error}") from error


def _xlsx_rows(data: bytes) -> Iterator[Sequence[Any]]:
    _inspect_package(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        filled = [sheet for sheet in book.worksheets if _has_cells(sheet)]
        if len(filled) > 1:
            raise Unreadable(
                "budget_sheets",
                f"有 {len(filled)} 张工作表有内容，请把预算放在一张工作表中",
                f"{len(filled)} sheets have content: put the budget on one sheet",
            )
        for sheet in filled:
            yield from sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever a malformed part makes it stumble over
        raise Unreadable(
            "budget_workbook",
            f"不是有效的 XLSX 文件（{type(error).__name__}）",
            f"This is not a valid XLSX file ({type(error).__name__})",
        ) from error


def _has_cells(sheet: Any) -> bool:
    rows = sheet.iter_rows(max_row=HEADER_WITHIN, max_col=MAX_COLUMNS, values_only=True)
    return any(value not in (None, "") for row in rows for value in row)


def _inspect_package(data: bytes) -> None:
    """Refuse what may not even be unpacked. zipfile itself never reads past the size that an entry declares."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError) as error:
        raise Unreadable("budget_workbook", "不是有效的 XLSX 文件", "This is not a valid XLSX file") from error
    parts = package.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unreadable(
            "budget_zip_bomb", "压缩文件解压后过大，已拒绝读取", "The file unpacks to far too much and is not read"
        )
    names = [part.filename.lower() for part in parts]
    # Excel keeps the settings of a printer in a .bin of its own; nothing in it runs.
    binaries = [name for name in names if name.endswith(".bin") and not name.startswith("xl/printersettings/")]
    if binaries or any("vbaproject" in name or "/macrosheets/" in name for name in names):
        raise Unreadable("budget_macros", "文件含有宏，请另存为不含宏的 XLSX", "The file holds macros: save it without")
    if any("/externallinks/" in name or "/embeddings/" in name for name in names):
        raise Unreadable(
            "budget_links", "文件含有外部链接或嵌入对象，请去除后再导入", "The file holds external links or objects"
        )
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            _inspect_part(package, part)


def _inspect_part(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    hostile = Unreadable(
        "budget_entities", "文件内部声明了实体，已拒绝读取", "The file declares XML entities and is not read"
    )
    tail = b""
    try:
        with package.open(part) as stream:
            while chunk := stream.read(2**20):
                # UTF-16 would hide a declaration from a search in bytes; no spreadsheet program writes it.
                if b"<!DOCTYPE" in tail + chunk or b"<!ENTITY" in tail + chunk or b"\x00" in chunk:
                    raise hostile
                tail = chunk[-16:]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise Unreadable("budget_workbook", "压缩内容已损坏或加密", "The file is damaged or encrypted") from error
    except Exception as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("budget_workbook", "压缩内容已损坏", "The file is damaged") from error


# --- lines out of rows -------------------------------------------------------------------------------------------


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


class _Bad(Exception):
    """A cell is wrong: why, in Chinese and English."""


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
        except _Bad as bad:
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
    """What a cell says in its column; "" for an empty one that may be empty. Raises _Bad."""
    text = _plain(value)
    if text == "":
        if column.required:
            raise _Bad("不能为空", "is empty")
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


def _plain(value: Any) -> str:
    """The text of a cell; formulas, errors and control characters are refused."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        if value.time() != datetime.time():
            raise _Bad("应为日期，不应带时间", "is a time, not a day")
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise _Bad("是公式或不能识别的内容，请粘贴为数值", "is a formula or something unknown: paste it as a value")
    text = (str(int(value)) if _is_whole(value) else str(value)).strip()
    if text.startswith(("=", "@", "+")) or (text.startswith("#") and text.endswith(("!", "?", "/A"))):
        raise _Bad("是公式，请粘贴为数值", "is a formula: paste it as a value")
    if UNPRINTABLE.search(text):
        raise _Bad("含有控制字符", "holds control characters")
    if len(text) > LONGEST_CELL:
        raise _Bad(f"超过 {LONGEST_CELL} 字", f"is longer than {LONGEST_CELL} characters")
    return text


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _year(text: str) -> int:
    matched = re.fullmatch(r"(20[0-9]{2})年?度?", text)
    if not matched:
        raise _Bad(f"“{text}”不是四位年份", f"“{text}” is not a year of four digits")
    return int(matched[1])


def _amount(text: str) -> Decimal:
    if not re.fullmatch(r"([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?", text):
        raise _Bad(f"“{text}”不是以元为单位的金额", f"“{text}” is not an amount in yuan")
    whole, _point, cents = text.replace(",", "").partition(".")
    if len(cents.rstrip("0")) > CENT_PLACES:
        raise _Bad(f"“{text}”精确到分以下", f"“{text}” has more than two decimal places")
    if len(whole) > DIGITS_OF_YUAN:
        raise _Bad(f"“{text}”过大", f"“{text}” is too large")
    amount = Decimal(f"{whole}.{cents[:CENT_PLACES].ljust(CENT_PLACES, '0')}")
    if amount == 0:
        raise _Bad("应大于零", "must be above zero")
    return amount


def _day(text: str) -> datetime.date:
    matched = re.fullmatch(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?", text)
    try:
        if matched:
            return datetime.date(*(int(part) for part in matched.groups()))
    except ValueError:
        pass
    raise _Bad(f"“{text}”不是日期，请写成 2026-01-31", f"“{text}” is not a date: write 2026-01-31")


def _uscc(text: str) -> str:
    code = text.upper()
    if not social_credit_code.is_valid(code):
        raise _Bad(
            f"“{text}”不是有效的统一社会信用代码（校验位不符）",
            f"“{text}” is not a valid unified social credit code (check digit)",
        )
    return code


def folded(text: str) -> str:
    """Full-width digits and signs as their ordinary ones: １２０．５ is 120.5. Names keep theirs: 教学设备（二期）."""
    return unicodedata.normalize("NFKC", text)


READERS: dict[str, Callable[[str], Any]] = {
    "buyer": str,
    "uscc": lambda text: _uscc(folded(text)),
    "fiscal_year": lambda text: _year(folded(text)),
    "code": folded,
    "name": str,
    "classification": str,
    "source": str,
    "amount": lambda text: _amount(folded(text)),
    "approved_on": lambda text: _day(folded(text)),
}
