"""What is a kind of message: what it says in both languages, of which Actions, to whom, and may it be switched off?

Facts are short texts and moments, never sums, prices or how many there are: they leave the platform in e-mails. The
values of `what` come in two languages, as `what_zh` and `what_en`; whatever ends in `_at` is a moment.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from yangcai.kernel.actions import Happened
from yangcai.kernel.refusals import in_chinese
from yangcai.kernel.wording import worded
from yangcai.notifications.models import Channel


@dataclass(frozen=True)
class Whom:
    """Who is told: one person, or everybody at the posts of an organisation (or of a role, wherever it is)."""

    person_id: int | None = None
    organisation_id: int | None = None
    roles: frozenset[str] = frozenset()


Facts = dict[str, Any]
#: What a kind tells of one Action: the facts and whom; None for nothing.
Telling = Callable[..., "tuple[Facts, Iterable[Whom]] | None"]


@dataclass(frozen=True)
class Kind:
    """One kind of message. `rule`: the article by which it is told; such a kind, and one that guards an account
    (`is_fixed`), cannot be switched off in the message centre."""

    code: str
    zh: str
    en: str
    title: tuple[str, str]
    text: tuple[str, str]
    rule: str = ""
    tone: str = "info"
    actions: tuple[str, ...] = ()
    tells: Telling | None = None
    is_fixed: bool = False
    #: It asks whether an address is its reader's: sent to that address alone, with a link of its own.
    confirms: bool = False
    #: Whom it is ever for; empty: anybody.
    roles: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset({Channel.CENTRE, Channel.EMAIL})

    @property
    def name(self) -> str:
        return self.zh if in_chinese() else self.en

    @property
    def is_for_everybody(self) -> bool:
        """Whether it comes into the message centre whatever its reader wants."""
        return bool(self.rule) or self.is_fixed

    def title_of(self, facts: Facts) -> str:
        """The heading of a message, in the active language, on one line."""
        return " ".join(self._said(self.title, facts).split())

    def text_of(self, facts: Facts) -> str:
        """What it says, in the active language."""
        return self._said(self.text, facts)

    def _said(self, sentence: tuple[str, str], facts: Facts) -> str:
        return worded(sentence[0 if in_chinese() else 1]) % _Words(facts)


class _Words(dict[str, str]):
    """The facts as words of the active language; what is not known is empty."""

    def __init__(self, facts: Facts):
        super().__init__({name: _word(name, value) for name, value in facts.items()})
        language = "_zh" if in_chinese() else "_en"
        # Of these the platform has the words: each in those that count meanwhile.
        self.update({n.removesuffix(language): worded(v) for n, v in list(self.items()) if n.endswith(language)})

    def __missing__(self, name: str) -> str:
        return ""


def _word(name: str, value: Any) -> str:
    return moment_of(value) if name.endswith("_at") and value else str(value or "")


def moment_of(value: str) -> str:
    """A moment of the facts as people write it."""
    moment = timezone.localtime(datetime.datetime.fromisoformat(value))
    if moment.time() == datetime.time():  # the end of the day before is what a person may still use
        return f"{(moment - datetime.timedelta(days=1)).date().isoformat()} 24:00"
    return moment.strftime("%Y-%m-%d %H:%M")


def for_roles(roles: Iterable[str]) -> list[Kind]:
    """The kinds that somebody at these posts can ever be told."""
    held = frozenset(roles)
    return [kind for kind in KINDS.values() if not kind.roles or kind.roles & held]


KINDS: dict[str, Kind] = {}
#: Action code -> the kinds that tell of it
OF_ACTION: dict[str, list[Kind]] = {}


def kind(declared: Kind) -> Kind:
    """Register a kind of message."""
    if declared.code in KINDS:
        raise ValueError(f"two kinds are called {declared.code}")
    KINDS[declared.code] = declared
    for code in declared.actions:
        OF_ACTION.setdefault(code, []).append(declared)
    return declared


def sound(facts: Facts) -> Facts:
    """The facts as they are kept. Raises TypeError for whatever might be a sum or a count."""
    kept = {}
    for name, value in facts.items():
        if isinstance(value, datetime.datetime):
            value = value.astimezone(datetime.UTC).isoformat()
        if isinstance(value, datetime.date):
            value = value.isoformat()
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{name} is no text and no moment: a message says no sums and no counts")
        kept[name] = value
    return kept


def titled(happened: Happened) -> Facts:
    """Action and case, as most messages name them."""
    action = happened.action
    return {"what_zh": action.zh, "what_en": action.en, "case": str(happened.home.root)}
