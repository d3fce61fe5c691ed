"""In what form does the platform say no, so that a person knows why and by which article?"""

from dataclasses import dataclass, field
from typing import Any

from yangcai.kernel.wording import Written, worded
from yangcai.kernel.wording import in_chinese as in_chinese


@dataclass(frozen=True)
class Citation:
    """One article of one instrument, e.g. (财政部令第87号, 第六十八条); `rule` is the key under which /law shows it."""

    instrument: str
    article: str
    rule: str = ""
    confidence: str = "verified"
    title: str = ""
    title_en: str = ""
    article_en: str = ""

    @property
    def text(self) -> str:
        """Printable reference; Chinese titles stay Chinese in both languages because they are names."""
        title = self.title if in_chinese() or not self.title_en else self.title_en
        return f"《{title}》{self.article}" if in_chinese() else f"{title} {self.article_en or self.article}"

    def as_dict(self) -> dict[str, str]:
        return {
            "instrument": self.instrument,
            "article": self.article,
            "rule": self.rule,
            "title": self.title,
            "title_en": self.title_en,
            "article_en": self.article_en,
            "confidence": self.confidence,
        }


@dataclass(frozen=True)
class Refusal:
    """One reason why an Action may not be performed: code (a noun), a sentence per language, article, facts. A fact
    that is a name, or somebody's words, is Written. `is_said`: the sentences came out of a form, in the words that
    count already, and with what somebody typed in them."""

    code: str
    zh: str
    en: str
    citation: Citation | None = None
    facts: dict[str, Any] = field(default_factory=dict, hash=False, compare=False)
    field: str = ""
    is_said: bool = False

    @property
    def written(self) -> tuple[object, ...]:
        """What of the sentences nobody says in other words."""
        return (Written(self.zh), Written(self.en)) if self.is_said else tuple(self.facts.values())

    @property
    def text(self) -> str:
        return worded(self.zh if in_chinese() else self.en, around=self.written)

    @property
    def cited(self) -> str:
        """The sentence with its article, for where nothing can be linked."""
        if self.citation is None:
            return self.text
        return f"{self.text}（{self.citation.text}）" if in_chinese() else f"{self.text} ({self.citation.text})"

    def told(self) -> dict[str, Any]:
        """As `as_dict`, for somebody who reads it now: both sentences in the words that count."""
        said = {"zh": worded(self.zh, around=self.written, chinese=True)}
        said["en"] = worded(self.en, around=self.written, chinese=False)
        return {**self.as_dict(), **said}

    def as_dict(self) -> dict[str, Any]:
        """As it was declared, to be kept."""
        return {
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "citation": self.citation.as_dict() if self.citation else None,
            "field": self.field,
            "facts": {k: str(v) for k, v in self.facts.items()},
        }


class Refused(Exception):
    """An Action was refused; `refusals` holds every reason, never only the first."""

    def __init__(self, refusals: list[Refusal]):
        self.refusals = list(refusals)
        super().__init__("; ".join(f"{r.code}: {r.zh}" for r in self.refusals))

    @property
    def codes(self) -> set[str]:
        return {r.code for r in self.refusals}


#: Database constraint name -> the Refusal that a person sees when the database itself says no.
BY_CONSTRAINT: dict[str, Refusal] = {}


def refuses(constraint: str, refusal: Refusal) -> None:
    """Register the sentence for a constraint's name (filled by controls/register.py and by the apps at start-up)."""
    if constraint in BY_CONSTRAINT and BY_CONSTRAINT[constraint].code != refusal.code:
        raise ValueError(f"constraint {constraint} has two refusals")
    BY_CONSTRAINT[constraint] = refusal
