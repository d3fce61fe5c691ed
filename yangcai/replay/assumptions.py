"""What did the source not say, and what does the replay put in its place?"""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """One sentence in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Assumptions:
    """The growing list of what is assumed, each sentence once."""

    def __init__(self) -> None:
        self._sentences: dict[Assumption, None] = {}

    def add(self, zh: str, en: str) -> None:
        self._sentences[Assumption(zh, en)] = None

    def day(self, what_zh: str, what_en: str, day: dt.date, why_zh: str, why_en: str) -> None:
        """A date that was not published."""
        self.add(
            f"{what_zh}日期未公布，取{day}（{why_zh}）", f"the day of {what_en} is not published: {day} ({why_en})"
        )

    @property
    def sentences(self) -> tuple[Assumption, ...]:
        return tuple(self._sentences)
