"""In the words of which method does a page speak?"""

from typing import Any

from yangcai import procedures
from yangcai.kernel import wording
from yangcai.kernel.wording import Say


def of(row: Any) -> Say | None:
    """The words of the method by which this row is bought: of its case, of its plan, of the case of its contract."""
    root = getattr(row, "root", row)
    code = getattr(root, "procedure", "") or getattr(getattr(root, "case", None), "procedure", "")
    return of_method(code)


def of_method(code: str) -> Say | None:
    """The words of one method; None where it calls things as a tender does."""
    method = procedures.PROCEDURES.get(code)
    return method.word if method is not None and method.words else None


def speak_of(row: Any) -> None:
    """The rest of the page is about this row."""
    wording.speak(of(row))
