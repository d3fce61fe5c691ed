"""What does a figure drawn by the server look like? Plain SVG coloured by classes, so that dark mode and print work."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from yangcai.www.components import attribute

HEIGHT = 240
TOP, BOTTOM, LEFT, RIGHT = 24, 44, 64, 8
LABEL_LINE = 16
TICKS = 5
BAR_SHARE = 0.5
#: Narrowest slot, in user units, in which two neighbouring labels fit side by side.
CROWDED = 90


def nice_step(span: Decimal) -> Decimal:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that divides `span` into at most TICKS steps."""
    if span <= 0:
        return Decimal(1)
    raw = float(span) / TICKS
    power = Decimal(10) ** math.floor(math.log10(raw))
    for factor in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10)):
        if power * factor >= Decimal(raw):
            return power * factor
    return power * 10


def waterfall(bars: Sequence[Any], *, width: int) -> dict[str, Any]:
    """Geometry of a waterfall: bars {label, value, kind: total|plus|minus}, each from where the last one ended.

    Values in any one unit; a `total` bar stands on the ground and resets the level. Lengths are SVG user units.
    """
    level = Decimal(0)
    spans = []
    for bar in bars:
        value, kind = Decimal(attribute(bar, "value")), attribute(bar, "kind")
        start = Decimal(0) if kind == "total" else level
        level = value if kind == "total" else level + (abs(value) if kind == "plus" else -abs(value))
        spans.append((bar, kind, start, level, value))
    top = max([end for *_, end, _v in spans] + [start for _b, _k, start, *_ in spans] + [Decimal(0)])
    step = nice_step(top)
    ceiling = max(step, Decimal(math.ceil(top / step)) * step)
    plot = HEIGHT - TOP - BOTTOM

    def y(value: Decimal) -> float:
        return round(TOP + plot * (1 - float(value / ceiling)), 1)

    crowded = width < CROWDED * len(spans)
    slot = (width - LEFT - RIGHT) / max(1, len(spans))
    return {
        "width": width,
        "height": HEIGHT,
        "left": LEFT,
        "right": width - RIGHT,
        "ground": y(Decimal(0)),
        "ticks": [{"y": y(step * n), "text": f"{step * n:,.0f}"} for n in range(int(ceiling / step) + 1)],
        "bars": [
            {
                "label": attribute(bar, "label"),
                "kind": kind,
                "text": f"−{abs(value):,.0f}" if kind == "minus" and round(value) else f"{value:,.0f}",
                "x": round(LEFT + slot * (n + (1 - BAR_SHARE) / 2), 1),
                "middle": round(LEFT + slot * (n + 0.5), 1),
                "width": round(slot * BAR_SHARE, 1),
                "y": y(max(start, end)),
                "height": round(abs(y(start) - y(end)), 1),
                # Every second label one line lower where the slots are narrower than the words.
                "label_y": HEIGHT - BOTTOM + 18 + (LABEL_LINE if crowded and n % 2 else 0),
                "text_y": round(y(max(start, end)) - 6, 1),
            }
            for n, (bar, kind, start, end, value) in enumerate(spans)
        ],
    }
