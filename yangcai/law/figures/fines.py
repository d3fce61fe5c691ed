"""Between which amounts may a supplier be fined? (政府采购法 77) The platform proposes, the treasury decides."""

import datetime
from decimal import Decimal

from yangcai import law
from yangcai.kernel.money import cents


def supplier_fine(*, amount: Decimal, on: datetime.date, jurisdiction: str = law.HOME) -> tuple[Decimal, Decimal]:
    """(lowest, highest) fine in yuan for a purchase of that amount."""
    band = law.value("credit.fine_supplier", on=on, jurisdiction=jurisdiction)
    return cents(amount * band["min"]), cents(amount * band["max"])
