"""Which rows stand in a spreadsheet that somebody sends, and may it be opened at all?

What could run (formulas, macros) or explode (zip bombs, entities) is refused before it is read.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl import load_workbook

from yangcai.kernel.refusals import Refusal

#: A hundred thousand lines unpack to some 60 MB; what claims more is no budget.
MAX_UNPACKED = 400 * 2**20
MAX_PARTS = 200
MAX_COLUMNS = 40
#: A CSV row of all columns at their longest, several times over: what is longer is no row, and is not read to its end.
MAX_ROW_TEXT = 100_000
HEADER_WITHIN = 10


class Unreadable(Exception):
    """The file as a whole is refused."""

    def __init__(self, code: str, zh: str, en: str):
        self.refusal = Refusal(code, zh, en, field="file")
        super().__init__(en)


def csv_rows(data: bytes) -> Iterator[Sequence[Any]]:
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


def xlsx_rows(data: bytes) -> Iterator[Sequence[Any]]:
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
