"""Where does each bar of a Gantt chart stand? Plain geometry in SVG user units; days that nobody works are shaded."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from yangcai.kernel import calendar

#: Natural widths in CSS pixels, of which a container shows one.
NATURAL = (("wide", 1020), ("narrow", 340))
ONE_DAY = datetime.timedelta(days=1)
TOP, BOTTOM, RIGHT = 30, 8, 12
ROW, BAR, BAND = 46, 12, 6
#: Beside the bars on wide paper, above them on narrow.
LABEL_WIDE, LABEL_NARROW, CAPTION = 232, 8, 18
#: Wide enough to write beside the bars.
WIDE = 700
#: Characters of a title that fit into LABEL_WIDE, and into a narrow drawing.
FITS, FITS_NARROW = 16, 24
#: User units that a name of four characters takes.
WORD = 58
#: Closer than this two dates of the axis run into each other.
TICK = 66


@dataclass(frozen=True)
class Bar:
    """From when to when; `kind` is a class of the drawing: a stage, or a band of the law under it."""

    kind: str
    start: datetime.datetime
    end: datetime.datetime
    label: str = ""


@dataclass(frozen=True)
class Mark:
    """A moment: a deadline that runs, or one that is over."""

    kind: str
    at: datetime.datetime
    label: str = ""


@dataclass(frozen=True)
class Row:
    """One project: its stages, the bands of the law beneath them, its deadlines."""

    title: str
    url: str
    bars: Sequence[Bar]
    bands: Sequence[Bar] = ()
    marks: Sequence[Mark] = ()
    conflict: bool = False


@dataclass
class Scale:
    """Days to user units."""

    start: datetime.datetime
    end: datetime.datetime
    left: float
    right: float
    days: int = field(init=False)

    def __post_init__(self) -> None:
        self.days = max(1, (self.end - self.start).days)

    def x(self, at: datetime.datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return round(self.left + min(1.0, max(0.0, share)) * (self.right - self.left), 1)


def gantt(
    rows: Sequence[Row], *, start: datetime.datetime, end: datetime.datetime, now: datetime.datetime, width: int
) -> dict[str, Any]:
    """The drawing of some rows between two midnights; what lies outside is cut off at the edge."""
    wide = width >= WIDE
    left = LABEL_WIDE if wide else LABEL_NARROW
    height = ROW if wide else ROW + CAPTION
    scale = Scale(start, end, left, width - RIGHT)
    bottom = TOP + height * len(rows)
    return {
        "width": width,
        "height": bottom + BOTTOM,
        "left": left,
        "right": width - RIGHT,
        "top": TOP,
        "bottom": bottom,
        "now": scale.x(now) if start <= now <= end else None,
        "ticks": _ticks(scale),
        "rests": _rests(scale, bottom),
        "rows": [_row(row, scale, TOP + n * height, wide=wide) for n, row in enumerate(rows)],
    }


def _ticks(scale: Scale) -> list[dict[str, Any]]:
    """A date every so many weeks, on Mondays, as close as they can be read."""
    weeks = 1
    while (scale.right - scale.left) / scale.days * 7 * weeks < TICK:
        weeks += 1
    day = scale.start + ONE_DAY * ((7 - timezone.localtime(scale.start).weekday()) % 7)
    found = []
    while day < scale.end:
        x = scale.x(day)
        if x < scale.right - TICK / 2:
            found.append({"x": x, "text": timezone.localtime(day).strftime("%m-%d")})
        day += ONE_DAY * 7 * weeks
    return found


def _rests(scale: Scale, bottom: float) -> list[dict[str, float]]:
    """The days that are no working days, neighbours together; beyond the loaded holidays none are known."""
    found: list[dict[str, float]] = []
    run: datetime.datetime | None = None
    day = scale.start
    while day <= scale.end:
        rests = day < scale.end and _is_rest(day)
        if rests and run is None:
            run = day
        if not rests and run is not None:
            found.append({"x": scale.x(run), "width": round(scale.x(day) - scale.x(run), 1), "height": bottom - TOP})
            run = None
        day += ONE_DAY
    return found


def _is_rest(day: datetime.datetime) -> bool:
    try:
        return not calendar.is_working_day(timezone.localtime(day).date())
    except calendar.HorizonError:
        return False


def _row(row: Row, scale: Scale, y: float, *, wide: bool) -> dict[str, Any]:
    top = y + (0 if wide else CAPTION)
    fits = FITS if wide else FITS_NARROW
    return {
        "title": row.title if len(row.title) <= fits else f"{row.title[: fits - 1]}…",
        "full": row.title,
        "url": row.url,
        "conflict": row.conflict,
        "x": 8,
        "y": top + 28 if wide else y + 14,
        "line": y + ROW + (0 if wide else CAPTION),
        "bars": [_bar(bar, scale, y=top + 19, height=BAR, name_y=top + 15) for bar in row.bars if _seen(bar, scale)],
        "bands": [_bar(bar, scale, y=top + 33, height=BAND) for bar in row.bands if _seen(bar, scale)],
        "marks": [
            {"kind": mark.kind, "label": mark.label, "points": _diamond(scale.x(mark.at), top + 25)}
            for mark in row.marks
            if scale.start <= mark.at <= scale.end
        ],
    }


def _seen(bar: Bar, scale: Scale) -> bool:
    return bar.end > scale.start and bar.start < scale.end


def _bar(bar: Bar, scale: Scale, *, y: float, height: float, name_y: float = 0) -> dict[str, Any]:
    x, end = scale.x(bar.start), scale.x(bar.end)
    width = max(2.0, round(end - x, 1))
    named = bar.label if name_y and width >= WORD else ""
    return {"kind": bar.kind, "label": bar.label, "name": named, "name_y": name_y, "x": x, "y": y} | {
        "width": width,
        "height": height,
    }


def _diamond(x: float, y: float) -> str:
    return f"{x},{y - 7} {x + 7},{y} {x},{y + 7} {x - 7},{y}"
