"""Which prices are so low that they must be explained? Three strict tests of 财库〔2026〕2号.

A hit starts a review, no more. The tests compare bid prices (corrected, never lowered by a preference) of all bids
that passed conformity.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yangcai import law
from yangcai.procedures.evaluation.model import Terms

AVERAGE, SECOND, CEILING = "average", "second", "ceiling"
RULES = {
    AVERAGE: "abnormally_low.average",
    SECOND: "abnormally_low.second",
    CEILING: "abnormally_low.ceiling",
}
#: A second-lowest price needs a second price.
PAIR = 2


@dataclass(frozen=True)
class Screen:
    """The price below which each test bites (exact), and for each bidder the tests it failed."""

    lines: Mapping[str, Fraction]
    hits: Mapping[str, tuple[str, ...]]


def screen(*, prices: Mapping[str, Decimal], terms: Terms) -> Screen:
    """Test every price in yuan with the file's rates, else the law's. Before 2026-02-01 there are no such tests."""
    set_by_file = {AVERAGE: terms.average_rate, SECOND: terms.second_rate, CEILING: terms.ceiling_rate}
    rates: dict[str, Fraction] = {}
    for test, key in RULES.items():
        found = law.find(key, on=terms.on, jurisdiction=terms.jurisdiction)
        if found is not None:
            own = set_by_file[test]
            rates[test] = Fraction(found.value if own is None else own)
    lines: dict[str, Fraction] = {}
    if prices and AVERAGE in rates:
        total = sum((Fraction(price) for price in prices.values()), Fraction(0))
        lines[AVERAGE] = total / len(prices) * rates[AVERAGE]
    if len(prices) >= PAIR and SECOND in rates:
        lines[SECOND] = Fraction(sorted(prices.values())[1]) * rates[SECOND]
    if CEILING in rates:
        lines[CEILING] = Fraction(terms.budget if terms.ceiling is None else terms.ceiling) * rates[CEILING]
    hits = {
        bidder: tuple(test for test, line in lines.items() if Fraction(price) < line)
        for bidder, price in prices.items()
    }
    return Screen(lines=lines, hits={bidder: tests for bidder, tests in hits.items() if tests})
