"""How large is a share? Half a circle of which the part is filled, with the number in the middle."""

import math
from collections.abc import Sequence
from decimal import Decimal

from django.utils.safestring import SafeString

from yangcai.www.pictures.svg import LINE, NARROW, Drawing, at, both, fitting, path, text

THICK = 30


def gauge(part: Decimal, whole: Decimal, *, number: str, below: Sequence[str]) -> tuple[Drawing, ...]:
    """`part` of `whole` with its `number` in the middle and what both are `below`; nothing where there is no whole.
    More than all fills it all, less than nothing nothing: the number says which."""
    if whole <= 0:
        return ()
    share = min(1.0, max(0.0, float(part / whole)))

    def draw(width: int) -> tuple[int, list[SafeString]]:
        radius = 132 if width == NARROW else 150
        x, y = width / 2, radius + 4.0
        marks = [path("rest", _ring(x, y, radius, 0.0, 1.0))]
        if share:
            marks.append(path("s0", _ring(x, y, radius, 0.0, share)))
        marks.append(text(x, y - 12, number, css="figure", anchor="middle"))
        marks.append(text(x - radius + THICK / 2, y + LINE, "0%", anchor="middle"))
        marks.append(text(x + radius - THICK / 2, y + LINE, "100%", anchor="middle"))
        top = y + LINE * 2 + 4
        for n, words in enumerate(below):
            marks.append(text(x, top + LINE * n, fitting(words, width), anchor="middle"))
        return int(top + LINE * (len(below) - 1) + 8), marks

    return both(draw)


def _ring(x: float, y: float, radius: float, start: float, end: float) -> str:
    """A piece of the half ring from share `start` to share `end`, clockwise from the left."""
    inner = radius - THICK
    (ax, ay), (bx, by) = _on(x, y, radius, start), _on(x, y, radius, end)
    (cx, cy), (dx, dy) = _on(x, y, inner, end), _on(x, y, inner, start)
    r, i = at(radius), at(inner)
    return f"M{ax} {ay}A{r} {r} 0 0 1 {bx} {by}L{cx} {cy}A{i} {i} 0 0 0 {dx} {dy}Z"


def _on(x: float, y: float, radius: float, share: float) -> tuple[str, str]:
    angle = math.pi * (1 - share)
    return at(x + radius * math.cos(angle)), at(y - radius * math.sin(angle))
