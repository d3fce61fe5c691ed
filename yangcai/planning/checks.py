"""What does the reviewer of a plan answer (公平竞争审查), and on which article does each question rest?"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from yangcai import law
from yangcai.kernel.refusals import Citation, in_chinese

FILE = Path(__file__).parent / "checks.yaml"
#: The guide that lists these checks is known second-hand; the articles they rest on are verified.
CONFIDENCE = "secondary"


@dataclass(frozen=True)
class Check:
    """One question; it is passed when the answer is no, or when the exception holds and the remark says so."""

    code: str
    zh: str
    en: str
    citation: Citation
    exception_zh: str = ""
    exception_en: str = ""

    @property
    def text(self) -> str:
        return self.zh if in_chinese() else self.en

    @property
    def exception(self) -> str:
        return self.exception_zh if in_chinese() else self.exception_en


@cache
def all_checks() -> tuple[Check, ...]:
    """The checks in their order. A wrong file is a KeyError or TypeError at start-up, never a missing question."""
    return tuple(_check(**row) for row in yaml.safe_load(FILE.read_text(encoding="utf-8")))


def _check(*, instrument: str, article: str, **texts: Any) -> Check:
    found = law.instruments()[instrument]
    zh, en = found.article_text(article)
    citation = Citation(
        instrument=found.number,
        article=zh,
        article_en=en,
        rule="requirement.competition_review",
        confidence=CONFIDENCE,
        title=found.zh,
        title_en=found.en,
    )
    return Check(citation=citation, **texts)


@cache
def codes() -> tuple[str, ...]:
    return tuple(check.code for check in all_checks())


def check(code: str) -> Check:
    """The check of that code. Raises KeyError."""
    return {c.code: c for c in all_checks()}[code]
