"""In the words of which method does a page speak?"""

from collections.abc import Iterable
from typing import Any

from yangcai.cases.words import methods as methods
from yangcai.cases.words import of as of
from yangcai.cases.words import of_all as of_all
from yangcai.cases.words import of_method as of_method
from yangcai.cases.words import of_roots as of_roots
from yangcai.kernel import wording


def speak_of_all(codes: Iterable[str]) -> None:
    """The rest of the page stands above cases of these methods."""
    wording.speak(of_all(codes))


def speak_of(row: Any) -> None:
    """The rest of the page is about this row."""
    wording.speak(of(row))
