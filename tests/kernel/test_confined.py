"""Does a file that takes too much of a parser end its own process alone, and learns that process nothing of ours?"""

import time
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook

from tests.kernel.confining import endless, environment, hoarding, talkative, told, torn, written
from tests.www.test_pdf_text import pdf, shown
from yangcai.kernel import confined
from yangcai.www.work import pdf_text, searching


def test_data_and_refusals_come_back() -> None:
    assert confined.apart(told, "甲".encode()) == "甲"
    with pytest.raises(ValueError, match="torn after 1 bytes"):
        confined.apart(torn, b"x")


@pytest.mark.long
@pytest.mark.parametrize("work", [endless, hoarding, talkative])
def test_what_takes_too_much_ends_alone(work: Any) -> None:
    before = time.process_time()
    with pytest.raises(confined.TooMuch):
        confined.apart(work, b"x", seconds=1)
    assert time.process_time() - before < 1  # not this process worked


def test_it_knows_no_secret_and_writes_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@nowhere/x")
    assert "DATABASE_URL" not in confined.apart(environment, b"x")
    with pytest.raises(confined.TooMuch):
        confined.apart(written, str(tmp_path / "file").encode())


def test_a_file_in_the_folder_of_the_platform_is_no_module_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "json.py").write_text('def dumps(answer): return \'{"made": "another"}\'')
    monkeypatch.chdir(tmp_path)
    assert confined.apart(told, "甲".encode()) == "甲"


def test_who_cannot_be_waited_for_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "PATIENCE", 0.01)
    with pytest.raises(confined.NoAnswer):
        confined.apart(told, b"x")


@pytest.mark.long
def test_a_search_reads_so_what_is_no_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def here(content: bytes) -> None:
        raise AssertionError("read in the process that serves others")

    sheet, text, book, word = BytesIO(), BytesIO(), Workbook(), Document()
    word.add_paragraph("质保")
    word.save(text)
    book.active.append(["质保", 3])
    book.save(sheet)
    with monkeypatch.context() as patch:
        patch.setattr(pdf_text, "read", here)
        patch.setattr("docx.Document", here)
        patch.setattr("openpyxl.load_workbook", here)
        assert searching.READERS[".pdf"](pdf(shown("质保"))) == searching.Told(("质保",))
        assert searching.READERS[".docx"](text.getvalue()) == "质保"
        assert searching.READERS[".xlsx"](sheet.getvalue()) == "质保 3"
