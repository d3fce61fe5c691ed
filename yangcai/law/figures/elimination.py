"""How many suppliers must a closed framework agreement eliminate? (财政部令第110号 27)"""

import datetime
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from yangcai import law


@dataclass(frozen=True)
class Elimination:
    """Fewest suppliers eliminated and most entrants."""

    eliminated: int
    entrants: int
    rule: str


def elimination(
    *, qualified: int, on: datetime.date, by_quality: bool = False, jurisdiction: str = law.HOME
) -> Elimination:
    """Of so many qualified suppliers; `by_quality`: laboratory equipment by the quality-first method. Rounded up."""
    rule = "framework.eliminate_quality" if by_quality else "framework.eliminate"
    share = Fraction(law.value(rule, on=on, jurisdiction=jurisdiction))
    least = law.value("framework.eliminate_least", on=on, jurisdiction=jurisdiction)
    eliminated = max(least, ceil(qualified * share))
    return Elimination(eliminated=eliminated, entrants=qualified - eliminated, rule=rule)
