"""How do amounts look as bars: a waterfall, months stacked by kind, how far a contract has come?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from yangcai.www.pictures.scale import Scale, scale
from yangcai.www.pictures.svg import LINE, NARROW, Drawing, advance, at, both, fitting, line, path, rect, text

TOP, BOTTOM, RIGHT = 24, 30, 8
PLOT = 200
BAR = 0.5
THICK = 16
#: How far a number stands from the end of its bar.
GAP = 6


@dataclass(frozen=True)
class Bar:
    """A step of a waterfall: a `total` stands on the ground and resets the level, `plus` and `minus` move it."""

    label: str
    value: Decimal
    kind: str

    @property
    def written(self) -> str:
        return whole(-abs(self.value) if self.kind == "minus" else self.value)


def whole(value: Decimal) -> str:
    """A number without decimals; a small one keeps two, so that it does not read as nothing."""
    places = 0 if abs(value) >= 100 or value == value.to_integral_value() else 2
    return f"{value:,.{places}f}".replace("-", "−")


def levels(bars: Iterable[Bar]) -> list[tuple[Bar, Decimal, Decimal]]:
    """Each bar with where it starts and where it ends."""
    level = Decimal(0)
    found = []
    for bar in bars:
        start = Decimal(0) if bar.kind == "total" else level
        level = (
            bar.value if bar.kind == "total" else level + (abs(bar.value) if bar.kind == "plus" else -abs(bar.value))
        )
        found.append((bar, start, level))
    return found


def waterfall(bars: Sequence[Bar]) -> tuple[Drawing, ...]:
    """Bars each of which begins where the last one ended: upright where there is room, else one below the other."""
    spans = levels(bars)
    if not spans:
        return ()
    ends = [end for _bar, start, end in spans] + [start for _bar, start, _end in spans]

    def draw(width: int) -> tuple[int, list[SafeString]]:
        return _lying(spans, ends, width) if width == NARROW else _upright(spans, ends, width)

    return both(draw)


def _upright(
    spans: list[tuple[Bar, Decimal, Decimal]], ends: list[Decimal], width: int
) -> tuple[int, list[SafeString]]:
    axis = scale(ends, start=TOP + PLOT, end=TOP)
    left = 8 + max(advance(axis.written(tick)) for tick in axis.ticks) + GAP
    marks = _grid(axis, left, width)
    slot = (width - left - RIGHT) / len(spans)
    crowded = any(advance(bar.label) > slot - 4 for bar, _start, _end in spans)
    for n, (bar, start, end) in enumerate(spans):
        middle = left + slot * (n + 0.5)
        high, low = axis.at(max(start, end)), axis.at(min(start, end))
        thick = min(slot * BAR, 64)
        marks.append(rect(bar.kind, middle - thick / 2, high, thick, low - high))
        if n + 1 < len(spans):
            marks.append(line("level", middle + thick / 2, axis.at(end), middle + slot - thick / 2, axis.at(end)))
        marks.append(text(middle, high - GAP, bar.written, css="value", anchor="middle"))
        # Every second label one line lower where the slots are narrower than the words.
        below = TOP + PLOT + LINE + (LINE if crowded and n % 2 else 0)
        room = slot * (2 if crowded else 1) - 4
        marks.append(text(middle, below, fitting(bar.label, room), anchor="middle"))
    marks.append(line("axis", left, axis.at(0), width - RIGHT, axis.at(0)))
    return TOP + PLOT + BOTTOM + (LINE if crowded else 0), marks


def _lying(spans: list[tuple[Bar, Decimal, Decimal]], ends: list[Decimal], width: int) -> tuple[int, list[SafeString]]:
    axis = scale(ends, start=2, end=width - 2)
    marks = []
    y = 0.0
    for bar, start, end in spans:
        near, far = axis.at(min(start, end)), axis.at(max(start, end))
        marks.append(text(2, y + LINE - 4, fitting(bar.label, width - 12 - advance(bar.written))))
        marks.append(text(width - 2, y + LINE - 4, bar.written, css="value", anchor="end"))
        marks.append(rect(bar.kind, near, y + LINE + 2, far - near, THICK))
        y += LINE + THICK + 12
    marks.append(line("axis", axis.at(0), LINE, axis.at(0), y - 8))
    return int(y), marks


def _grid(axis: Scale, left: float, width: int) -> list[SafeString]:
    marks = []
    for tick in axis.ticks:
        marks.append(line("gridline", left, axis.at(tick), width - RIGHT, axis.at(tick)))
        marks.append(text(left - GAP, axis.at(tick) + 4, axis.written(tick), anchor="end"))
    return marks


@dataclass(frozen=True)
class Stack:
    """One column of a stacked chart: its label on the axis (a short one where there is little room), its parts."""

    label: str
    short: str
    parts: tuple[Decimal, ...]


def stacked(stacks: Sequence[Stack], names: Sequence[str]) -> tuple[Drawing, ...]:
    """Columns of parts, part n in the class s<n>; what is negative hangs below the ground."""
    if not any(any(one.parts) for one in stacks):
        return ()
    tops = [sum((part for part in one.parts if part > 0), Decimal(0)) for one in stacks]
    lows = [sum((part for part in one.parts if part < 0), Decimal(0)) for one in stacks]

    def draw(width: int) -> tuple[int, list[SafeString]]:
        axis = scale([*tops, *lows], start=TOP + PLOT, end=TOP)
        left = 4 + max(advance(axis.written(tick)) for tick in axis.ticks) + GAP
        marks = _grid(axis, left, width)
        slot = (width - left - RIGHT) / len(stacks)
        for n, one in enumerate(stacks):
            middle, thick = left + slot * (n + 0.5), min(slot * 0.64, 48)
            up = down = Decimal(0)
            for number, part in enumerate(one.parts):
                start = up if part >= 0 else down
                end = start + part
                if part:
                    high, low = axis.at(max(start, end)), axis.at(min(start, end))
                    said = f"{one.label} {names[number]} {whole(part)}"
                    marks.append(rect(f"s{number}", middle - thick / 2, high, thick, low - high, said))
                up, down = (end, down) if part >= 0 else (up, end)
            total = whole(up + down)
            if up > 0 and advance(total) <= slot - 6:
                marks.append(text(middle, axis.at(up) - GAP, total, css="value", anchor="middle"))
            label = one.label if advance(one.label) <= slot - 2 else one.short
            if advance(label) <= slot - 2 or n % 2 == 0:
                marks.append(text(middle, TOP + PLOT + LINE, label, anchor="middle"))
        marks.append(line("axis", left, axis.at(0), width - RIGHT, axis.at(0)))
        return TOP + PLOT + BOTTOM, marks

    return both(draw)


def progress(whole_label: str, total: Decimal, steps: Sequence[tuple[str, Decimal, str]]) -> tuple[Drawing, ...]:
    """How much of a whole has been reached at each step: (label, amount, how the amount is written). What exceeds the
    whole runs over its line."""
    if total <= 0:
        return ()

    def draw(width: int) -> tuple[int, list[SafeString]]:
        unit = (width - 4) / float(max(total, *(amount for _label, amount, _written in steps)))
        stop = 2 + float(total) * unit
        marks = []
        y = 0.0
        for n, (label, amount, written) in enumerate(steps):
            marks.append(text(2, y + LINE - 4, fitting(label, width - 12 - advance(written))))
            marks.append(text(width - 2, y + LINE - 4, written, css="value", anchor="end"))
            marks.append(rect("rest", 2, y + LINE + 2, stop - 2, THICK))
            marks.append(rect(f"s{n % 4}", 2, y + LINE + 2, max(0.0, float(amount)) * unit, THICK))
            y += LINE + THICK + 12
        marks.append(path("goal", f"M{at(stop)} {at(LINE)}V{at(y - 6)}"))
        marks.append(text(stop, y + LINE - 8, fitting(whole_label, width - 4), anchor="end"))
        return int(y + LINE), marks

    return both(draw)
