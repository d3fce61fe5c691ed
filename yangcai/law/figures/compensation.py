"""How much research cost is compensated in cooperative innovation? (财库〔2024〕13号)"""

from decimal import Decimal

from yangcai.kernel.money import cents


def compensation(*, eligible_cost: Decimal, agreed_rate: Decimal) -> Decimal:
    """The agreed share of the actual eligible cost, in the unit of the cost."""
    return cents(eligible_cost * agreed_rate)
