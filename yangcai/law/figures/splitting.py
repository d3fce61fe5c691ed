"""Do several small purchases evade open tender? (政府采购法实施条例 28) A hit starts a review; it is no finding.

Give it the purchases of one buyer, fiscal year, budget item and classification.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

OPEN_TENDER = "open_tender"


@dataclass(frozen=True)
class Purchase:
    """One purchase in yuan. `approved`: another method was approved; `adjusted`: it came from a budget adjustment."""

    amount: Decimal
    procedure: str
    approved: bool = False
    adjusted: bool = False


@dataclass(frozen=True)
class Splitting:
    """The sum that counts and whether it exceeds the threshold; at the threshold it does not (超过)."""

    counted: Decimal
    exceeds: bool
    rule: str = "splitting.threshold"


def splitting(*, purchases: Sequence[Purchase], threshold: Decimal) -> Splitting:
    """Add up what was bought by other methods than open tender without approval."""
    counted = sum(
        (p.amount for p in purchases if p.procedure != OPEN_TENDER and not p.approved and not p.adjusted), Decimal(0)
    )
    return Splitting(counted=counted, exceeds=counted > threshold)
