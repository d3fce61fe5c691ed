"""In whose words is what stands beneath this row spoken of: those of the method by which it is bought?"""

from collections.abc import Iterable
from typing import Any

from yangcai import procedures
from yangcai.cases.models import Case
from yangcai.kernel.wording import Say
from yangcai.procedures import spoken


def of(row: Any) -> Say | None:
    """The words of the method by which this row is bought: of its case, of its plan, of the case of its contract."""
    root = getattr(row, "root", row)
    code = getattr(root, "procedure", "") or getattr(getattr(root, "case", None), "procedure", "")
    return of_method(code)


def of_method(code: str) -> Say | None:
    """The words of one method; None where it calls things as a tender does."""
    method = procedures.PROCEDURES.get(code)
    return method.word if method is not None and method.words else None


def methods(roots: Iterable[str]) -> dict[str, str]:
    """The method by which each root is bought that is a case; one query."""
    cases = {number: root for root in set(roots) for kind, _colon, number in [root.partition(":")] if kind == "case"}
    found = Case.objects.filter(pk__in=cases).values_list("pk", "procedure") if cases else ()
    return {cases[str(pk)]: code for pk, code in found}


def of_roots(roots: Iterable[str]) -> dict[str, Say | None]:
    """The words of the method by which each root is bought that is a case; one query."""
    return {root: of_method(code) for root, code in methods(roots).items()}


def of_all(codes: Iterable[str]) -> Say | None:
    """The words of what stands above cases of these methods: theirs where they share them, else such as fit all."""
    found = {code: procedures.PROCEDURES[code] for code in codes if code in procedures.PROCEDURES}
    said = {(method.words, method.words_en if method.words else ()): code for code, method in found.items()}
    return _of_all if len(said) > 1 else of_method(next(iter(said.values()), ""))


def _of_all(text: str, in_chinese: bool) -> str:
    return spoken.zh(text, words=spoken.OF_ALL) if in_chinese else spoken.en(text, words=spoken.OFFERS)
