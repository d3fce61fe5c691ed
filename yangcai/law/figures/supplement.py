"""May a contract still grow, by supplements or by an add-on from the original supplier? (政府采购法 49, 31(3))"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yangcai import law

SUPPLEMENT = "contract.supplement"
ADD_ON = "single_source.add_on"


@dataclass(frozen=True)
class Growth:
    """The share of the original amount that was added, exact, and whether the law allows it (equal is allowed)."""

    ratio: Fraction
    allowed: bool
    rule: str


def growth(
    *,
    original: Decimal,
    added: Sequence[Decimal],
    on: datetime.date,
    rule: str = SUPPLEMENT,
    jurisdiction: str = law.HOME,
) -> Growth:
    """All supplements together, or the add-on, against the original amount in yuan; `rule` is SUPPLEMENT or ADD_ON."""
    ratio = Fraction(sum(added, Decimal(0))) / Fraction(original)
    allowed = ratio <= Fraction(law.value(rule, on=on, jurisdiction=jurisdiction))
    return Growth(ratio=ratio, allowed=allowed, rule=rule)
