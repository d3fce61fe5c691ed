"""Which words of a text were found, and in which part of its sentence do they stand?"""

import re

#: Of a long part of a sentence so much is quoted on either side.
BESIDE = 24
_STOP = re.compile(r"(?<!\d),|,(?!\d)|[，。;；!！?？\n\r]|\.(?![A-Za-z0-9])")


class Hit(str):
    """The words that were found (empty without); `quoted` is the part of the sentence where they stand, with them
    between 【 and 】, so that a reader finds the place."""

    __slots__ = ("quoted",)
    quoted: str


def hit(found: re.Match[str], *, sentence: str, group: int = 0) -> Hit:
    """What a pattern found. `sentence`: the text as it was written, sign for sign as long as what was searched."""
    said = Hit(sentence[found.start(group) : found.end(group)])
    start = max((stop.end() for stop in _STOP.finditer(sentence, 0, found.start())), default=0)
    stop = _STOP.search(sentence, found.end())
    before, after = sentence[start : found.start()], sentence[found.end() : stop.start() if stop else len(sentence)]
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
