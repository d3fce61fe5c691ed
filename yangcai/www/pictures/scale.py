"""Where does a number stand on an axis, and at which round numbers is the axis marked?"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

TICKS = 5
ZERO = Decimal(0)


def nice_step(span: Decimal, ticks: int = TICKS) -> Decimal:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that divides `span` into at most `ticks` steps."""
    if span <= 0:
        return Decimal(1)
    raw = span / ticks
    power = Decimal(10) ** (raw.adjusted())
    for factor in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10)):
        if power * factor >= raw:
            return power * factor
    return power * 10


@dataclass(frozen=True)
class Scale:
    """A linear axis from `low` to `high` (round numbers, `step` apart) on `start`…`end` in user units."""

    low: Decimal
    high: Decimal
    step: Decimal
    start: float
    end: float

    def at(self, value: Decimal | int) -> float:
        share = float((Decimal(value) - self.low) / (self.high - self.low))
        return self.start + (self.end - self.start) * share

    @property
    def ticks(self) -> list[Decimal]:
        return [self.low + self.step * n for n in range(int((self.high - self.low) / self.step) + 1)]

    def written(self, value: Decimal) -> str:
        """A tick as text, with as many decimals as the step has."""
        places = max(0, -int(self.step.normalize().as_tuple().exponent))
        return f"{value:,.{places}f}".replace("-", "−")


def scale(
    values: Iterable[Decimal | int], *, start: float, end: float, from_zero: bool = True, ticks: int = TICKS
) -> Scale:
    """The axis on which all of `values` stand; with `from_zero` it has the zero on it, as the lengths of bars need."""
    numbers = [Decimal(value) for value in values] or [ZERO]
    low, high = min(numbers), max(numbers)
    if from_zero:
        low, high = min(low, ZERO), max(high, ZERO)
    if high == low:
        low, high = (low - abs(low) / 10, high + abs(high) / 10) if low and not from_zero else (low, low + 1)
    step = nice_step(high - low, ticks)
    return Scale(Decimal(math.floor(low / step)) * step, Decimal(math.ceil(high / step)) * step, step, start, end)
