"""In whose words does a text reach its reader, where one kind of case calls things otherwise than another?

Texts are declared once, in one set of words. Whoever shows them says whose words count meanwhile; what is kept, what
people wrote and what the law says pass by here never, and stay as they are.
"""

from collections.abc import Callable, Iterator
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


def worded(text: str) -> str:
    """A text of the active language in the words that count now."""
    say = _SAYS.get()
    return text if say is None else say(text, in_chinese())


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
    for language, _title in settings.LANGUAGES:
        trans_real._translations[language] = WordedTranslation(language)  # type: ignore[attr-defined]
