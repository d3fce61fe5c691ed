"""What words stand in a DOCX or an XLSX?

A file comes from a bidder, and what it unpacks to nobody counts: whoever serves others has it read in a process of its
own (kernel/confined.py). So this module knows neither Django nor the platform.
"""

from io import BytesIO
from typing import Any


def docx(content: bytes) -> str:
    """The paragraphs and then the cells of the tables, a line each. Raises ValueError for what is none."""
    from docx import Document  # the library costs memory that only this needs
    from docx.opc.exceptions import PackageNotFoundError

    try:
        told: Any = Document(BytesIO(content))
    except PackageNotFoundError as error:
        raise ValueError("no DOCX") from error
    lines = [paragraph.text for paragraph in told.paragraphs]
    lines += [cell.text for table in told.tables for row in table.rows for cell in row.cells]
    return "\n".join(lines)


def xlsx(content: bytes) -> str:
    """The rows of all sheets, a line each. Raises ValueError for what is none."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    except InvalidFileException as error:
        raise ValueError("no XLSX") from error
    rows = (row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True))
    return "\n".join(" ".join(str(cell) for cell in row if cell is not None) for row in rows)
