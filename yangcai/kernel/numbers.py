"""How is a number written that is no amount of money: without zeros at its end, and as a share of a hundred?"""

from decimal import Decimal


def bare(value: Decimal) -> str:
    """12.50 -> 12.5; 100 stays 100, and nothing is 0."""
    return f"{value.normalize() + 0:f}"


def percent(ratio: Decimal) -> str:
    """0.30 -> 30%."""
    return f"{bare(ratio * 100)}%"
