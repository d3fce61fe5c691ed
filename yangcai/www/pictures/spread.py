"""How do values lie: one price among those already contracted, and the durations of each method?"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.safestring import SafeString

from yangcai.www.pictures.scale import Scale, scale
from yangcai.www.pictures.svg import LINE, NARROW, Drawing, advance, at, both, fitting, line, path, rect, text

#: More ticks than this lie on each other: then only so many, evenly chosen, are drawn.
MOST = 120
EDGE = 28


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle value; of an even number the mean of the two in the middle. Raises ValueError without any."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no median of nothing")
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def thinned(values: Sequence[Decimal]) -> list[Decimal]:
    """At most MOST of them, in order, with the lowest and the highest."""
    ordered = sorted(values)
    if len(ordered) <= MOST:
        return ordered
    step = Fraction(len(ordered) - 1, MOST - 1)
    return [ordered[int(step * n)] for n in range(MOST)]


def price_strip(
    price: Decimal, others: Sequence[Decimal], *, price_label: str, median_label: str
) -> tuple[Drawing, ...]:
    """A tick per contracted price, their median as a dashed line, `price` as a diamond; nothing without others."""
    if not others:
        return ()
    middle = median(others)

    def draw(width: int) -> tuple[int, list[SafeString]]:
        axis = scale([price, *others], start=EDGE, end=width - EDGE, from_zero=False, ticks=3 if width == NARROW else 5)
        top, ground = LINE + 10.0, LINE + 62.0
        marks = [line("axis", EDGE, ground, width - EDGE, ground)]
        marks += [line("tick", axis.at(one), ground - 26, axis.at(one), ground - 2) for one in thinned(others)]
        marks.append(path("median", f"M{at(axis.at(middle))} {at(top)}V{at(ground)}"))
        x, y = axis.at(price), ground - 14
        marks.append(
            path("mark", f"M{at(x)} {at(y - 10)}L{at(x + 9)} {at(y)}L{at(x)} {at(y + 10)}L{at(x - 9)} {at(y)}Z")
        )
        marks.append(_inside(axis.at(middle), LINE, median_label, width))
        marks.append(_inside(x, ground + LINE + 2 + LINE, price_label, width, css="value"))
        free = 0.0  # a number that would stand on the one before is left out
        for tick in axis.ticks:
            marks.append(line("axis", axis.at(tick), ground, axis.at(tick), ground + 4))
            half = advance(axis.written(tick)) / 2
            middle_of = min(max(axis.at(tick), half), width - half)
            if middle_of - half >= free:
                marks.append(text(middle_of, ground + LINE, axis.written(tick), anchor="middle"))
                free = middle_of + half + 8
        return int(ground + LINE * 2 + 12), marks

    return both(draw)


def _inside(x: float, y: float, words: str, width: int, *, css: str = "") -> SafeString:
    """A text in the middle of `x`, moved where it would hang over the edge."""
    words = fitting(words, width)
    half = advance(words) / 2
    return text(min(max(x, half), width - half), y, words, css=css, anchor="middle")


@dataclass(frozen=True)
class Spread:
    """Five numbers of a group and how many it has."""

    label: str
    count: int
    least: Decimal
    lower: Decimal
    middle: Decimal
    upper: Decimal
    most: Decimal


def spreads(groups: Sequence[Spread], *, unit: str) -> tuple[Drawing, ...]:
    """One line per group: from the least to the most, a box for the middle half, a stroke at the median."""
    if not groups:
        return ()

    def draw(width: int) -> tuple[int, list[SafeString]]:
        beside = width != NARROW
        left = min(230.0, max(advance(one.label) for one in groups) + 12) if beside else 4.0
        axis = scale([one.most for one in groups], start=left, end=width - 48, ticks=5 if beside else 3)
        row = 40 if beside else 40 + LINE
        height = 8 + row * len(groups)
        marks = [line("gridline", axis.at(tick), 8, axis.at(tick), height) for tick in axis.ticks]
        for n, one in enumerate(groups):
            y = 8 + row * n + (20 if beside else 20 + LINE)
            if beside:
                marks.append(text(left - 8, y + 4, fitting(one.label, left - 10), anchor="end"))
            else:
                marks.append(text(4, y - 18, fitting(one.label, width - 8)))
            marks += _box(axis, one, y)
        for tick in axis.ticks:
            marks.append(text(axis.at(tick), height + LINE, axis.written(tick), anchor="middle"))
        marks.append(text(width, height + LINE, unit, anchor="end"))
        return height + LINE + 8, marks

    return both(draw)


def _box(axis: Scale, one: Spread, y: float) -> list[SafeString]:
    box = max(2.0, axis.at(one.upper) - axis.at(one.lower))
    return [
        line("whisker", axis.at(one.least), y, axis.at(one.most), y),
        rect("box", axis.at(one.lower), y - 9, box, 18, f"{one.label} {one.middle:,.1f}"),
        line("middle", axis.at(one.middle), y - 11, axis.at(one.middle), y + 11),
        text(axis.at(one.most) + 6, y + 4, f"{one.middle:,.1f}", css="value"),
    ]
