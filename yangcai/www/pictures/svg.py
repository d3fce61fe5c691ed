"""How is a mark of a drawing written? As SVG with classes, so that one source serves light, dark and print.

Everything that comes from data is escaped.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

#: The two natural widths in user units, of which the room that there is chooses one: text is 13 px in both.
WIDE, NARROW = 640, 320
#: Height of a line of text, and how wide a letter is: a Chinese one is as wide as it is high.
LINE = 18
FULL, HALF = 13.0, 7.2
#: The first code point that is as wide as a Chinese letter.
CJK = 0x2E80


@dataclass(frozen=True)
class Drawing:
    """One of the two forms of a picture, in user units."""

    size: str
    width: int
    height: int
    body: SafeString

    @property
    def natural(self) -> str:
        """Its width where there is room, in rem, so that it grows with the letters of the reader."""
        return f"{self.width / 16:g}rem"


def both(draw: Callable[[int], tuple[int, Iterable[SafeString]]]) -> tuple[Drawing, ...]:
    """The wide and the narrow form, drawn by one function of the width that answers (height, marks)."""
    found = []
    for size, width in (("wide", WIDE), ("narrow", NARROW)):
        height, marks = draw(width)
        found.append(Drawing(size, width, height, mark_safe("".join(marks))))
    return tuple(found)


def at(value: float) -> str:
    """A coordinate, to a tenth of a unit."""
    return f"{value:.1f}".removesuffix(".0")


def rect(css: str, x: float, y: float, width: float, height: float, title: str = "") -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}">{}</rect>',
        css,
        at(x),
        at(y),
        at(max(0.0, width)),
        at(max(0.0, height)),
        _title(title),
    )


def line(css: str, x1: float, y1: float, x2: float, y2: float) -> SafeString:
    return format_html('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', css, at(x1), at(y1), at(x2), at(y2))


def path(css: str, d: str, title: str = "") -> SafeString:
    return format_html('<path class="{}" d="{}">{}</path>', css, d, _title(title))


def text(x: float, y: float, words: str, *, css: str = "", anchor: str = "") -> SafeString:
    return format_html(
        '<text{}{} x="{}" y="{}">{}</text>',
        format_html(' class="{}"', css) if css else "",
        format_html(' text-anchor="{}"', anchor) if anchor else "",
        at(x),
        at(y),
        words,
    )


def _title(words: str) -> SafeString:
    return format_html("<title>{}</title>", words) if words else mark_safe("")


def advance(words: str) -> float:
    """How wide a text is, roughly and never too little, in user units."""
    return sum(FULL if ord(letter) >= CJK else HALF for letter in words)


def fitting(words: str, room: float) -> str:
    """The text, cut with an ellipsis where it is wider than `room`: the table beside has the whole of it."""
    if advance(words) <= room:
        return words
    kept = ""
    for letter in words:
        if advance(f"{kept}{letter}…") > room:
            break
        kept += letter
    return f"{kept.rstrip()}…"
