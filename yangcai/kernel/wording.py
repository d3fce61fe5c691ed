"""In whose words does a text reach its reader, where one kind of case calls things otherwise than another?

Texts are declared once, in one set of words. Whoever shows them says whose words count meanwhile; what is kept, what
people wrote and what the law says pass by here never, and stay as they are.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils.translation import get_language, trans_real

#: A text in one language (True: Chinese) -> the same in somebody's words.
Say = Callable[[str, bool], str]

_SAYS: ContextVar[Say | None] = ContextVar("yangcai.kernel.wording", default=None)


def in_chinese() -> bool:
    """True when the active language is Chinese (also when none is active: Chinese is the default)."""
    return not (get_language() or "zh").startswith("en")


class Written(str):
    """A name, or what somebody wrote: within a text it stays as it is."""

    __slots__ = ()


def worded(text: str, *, around: Iterable[object] = (), chinese: bool | None = None) -> str:
    """A text of the active language (or of that which is named) in the words that count now. `around`: what was filled
    in; of this, what was Written is said in nobody else's words."""
    say = _SAYS.get()
    if say is None:
        return text
    chinese = in_chinese() if chinese is None else chinese
    kept = sorted({one for one in around if isinstance(one, Written) and one}, key=len, reverse=True)
    if not kept:
        return say(text, chinese)
    parts = re.split(f"({'|'.join(map(re.escape, kept))})", text)
    return "".join(part if n % 2 else say(part, chinese) for n, part in enumerate(parts))


@contextmanager
def in_words(say: Say | None) -> Iterator[None]:
    """Inside, texts are said in these words; with None as they were declared."""
    before = _SAYS.set(say)
    try:
        yield
    finally:
        _SAYS.reset(before)


def speak(say: Say | None) -> None:
    """From here to the end of the `in_words` around it."""
    _SAYS.set(say)


class _Active:
    """The catalogue that is active: Django's own thread-local asks for it through four calls, and a page asks two
    thousand times. A context variable is what that one rests on too."""

    _value: ContextVar[trans_real.DjangoTranslation | None] = ContextVar("yangcai.kernel.wording.active", default=None)

    @property
    def value(self) -> trans_real.DjangoTranslation:
        found = self._value.get()
        if found is None:
            raise AttributeError("no language is active")
        return found

    @value.setter
    def value(self, catalogue: trans_real.DjangoTranslation) -> None:
        self._value.set(catalogue)

    @value.deleter
    def value(self) -> None:
        self._value.set(None)


class WordedTranslation(trans_real.DjangoTranslation):
    """A catalogue whose texts come out in the words that count at the moment of asking."""

    def gettext(self, message: str) -> str:
        return _alike(message, super().gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return worded(super().ngettext(msgid1, msgid2, n))


def _alike(asked: str, found: str) -> str:
    """With a context before it (`pgettext`) an answer that was not found comes back as it was asked."""
    return found if "\x04" in asked and found == asked else worded(found)


def install() -> None:
    """Make every language of the platform speak so. Called once, at start-up."""
    trans_real._active = _Active()  # type: ignore[attr-defined]
    for language, _title in settings.LANGUAGES:
        trans_real._translations[language] = WordedTranslation(language)  # type: ignore[attr-defined]
