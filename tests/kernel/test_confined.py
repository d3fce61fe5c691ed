"""Does a file that takes too much of a parser end its own process alone, and learns that process nothing of ours?"""

import time
from typing import Any

import pytest

from tests.kernel.confining import endless, environment, hoarding, told, torn, written
from tests.www.test_pdf_text import pdf, shown
from yangcai.kernel import confined
from yangcai.www.work import pdf_text, searching


def test_data_and_refusals_come_back() -> None:
    assert confined.apart(told, "甲".encode()) == "甲"
    with pytest.raises(ValueError, match="torn after 1 bytes"):
        confined.apart(torn, b"x")


@pytest.mark.parametrize("work", [endless, hoarding])
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


def test_who_cannot_be_waited_for_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "PATIENCE", 0.01)
    with pytest.raises(confined.NoAnswer):
        confined.apart(told, b"x")


def test_a_search_reads_pdfs_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def here(content: bytes) -> None:
        raise AssertionError("read in the process that serves others")

    monkeypatch.setattr(pdf_text, "read", here)
    assert searching.READERS[".pdf"](pdf(shown("质保"))) == searching.Told(("质保",))
