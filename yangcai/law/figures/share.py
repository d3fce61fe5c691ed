"""What share is that, of what whole, on average how much? For published statistics and their check."""

from decimal import Decimal

from yangcai.kernel.money import rounded

TWO = 2


def whole_of(*, part: Decimal, share: Decimal) -> Decimal:
    """The total that a part and its share imply, two decimals."""
    return rounded(part / share, places=TWO)


def mean_of(*, total: Decimal, count: int) -> Decimal:
    """The average, two decimals."""
    return rounded(total / count, places=TWO)
