"""Which words of a text were found, and in which part of its sentence do they stand?"""

import re

#: Of a long part of a sentence so much is quoted on either side.
BESIDE = 24
_STOP = ",，。;；!！?？\n\r"


class Hit(str):
    """The words that were found (empty without); `quoted` is the part of the sentence where they stand, with them
    between 【 and 】, so that a reader finds the place."""

    __slots__ = ("quoted",)
    quoted: str


def hit(found: re.Match[str], *, sentence: str, group: int = 0) -> Hit:
    """What a pattern found. `sentence`: the text as it was written, sign for sign as long as what was searched."""
    said = Hit(sentence[found.start(group) : found.end(group)])
    start, end = found.span()
    while start and sentence[start - 1] not in _STOP:
        start -= 1
    while end < len(sentence) and sentence[end] not in _STOP:
        end += 1
    before, after = sentence[start : found.start()], sentence[found.end() : end]
    if len(before) > BESIDE:
        before = "…" + before[-BESIDE:]
    if len(after) > BESIDE:
        after = after[:BESIDE] + "…"
    said.quoted = f"{before.lstrip()}【{sentence[slice(*found.span())]}】{after}"
    return said


NOTHING = Hit("")
NOTHING.quoted = ""


def blanked(pattern: re.Pattern[str], text: str) -> str:
    """A text without what the pattern finds, sign for sign as long as before."""
    return pattern.sub(lambda found: "," * len(found[0]), text)
