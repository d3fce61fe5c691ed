"""Is no cell of a file for spreadsheets a formula, whoever writes the file?"""

import re
from pathlib import Path

import pytest

import yangcai
from yangcai.kernel.cells import harmless

PACKAGE = Path(yangcai.__file__).parent
#: Whose cells are the program's own words, read by the program or by its visitor.
OWN_WORDS = {"www/samples.py", "demo/living.py", "replay/year_walk.py", "replay/walk/planning.py"}
SIGNS = "=+-@\t\r\n＝＋－＠"
BLANKS = ("", " ", "\u3000", "\u00a0")


@pytest.mark.parametrize("text", [f"{blank}{sign}1" for sign in SIGNS for blank in BLANKS])
def test_what_begins_like_a_formula_is_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "1", "计算机 = 1 台", "2026-03-01", "'=1"])
def test_what_does_not_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
    assert harmless(None) == ""


def test_whoever_writes_a_table_asks_here() -> None:
    writers = {
        str(path.relative_to(PACKAGE)): re.search("import .*harmless", source) is not None
        for path in PACKAGE.rglob("*.py")
        if "csv.writer(" in (source := path.read_text(encoding="utf-8"))
    }
    assert {path for path, asks in writers.items() if not asks} == OWN_WORDS
    assert len(writers) > len(OWN_WORDS)
