"""How large may a security be, and what does its late return cost? (政府采购法实施条例 33, 48; 财政部令第87号 38)"""

import datetime
from decimal import Decimal

from yangcai import law
from yangcai.kernel.money import cents


def largest_bid_security(*, budget: Decimal, on: datetime.date, jurisdiction: str = law.HOME) -> Decimal:
    """The cap in yuan for a lot of that budget."""
    return cents(budget * law.value("bid_security.cap", on=on, jurisdiction=jurisdiction))


def largest_performance_security(*, amount: Decimal, on: datetime.date, jurisdiction: str = law.HOME) -> Decimal:
    """The cap in yuan for a contract of that amount."""
    return cents(amount * law.value("performance_security.cap", on=on, jurisdiction=jurisdiction))


def late_return(
    *, security: Decimal, days: int, benchmark: Decimal, day_basis: int, on: datetime.date, jurisdiction: str = law.HOME
) -> Decimal:
    """What is owed in yuan for `days` of late return; `benchmark` per year, `day_basis` days in its year.

    The law fixes only the uplift on the benchmark; rate and day basis are inputs.
    """
    uplift = law.value("bid_security.late_uplift", on=on, jurisdiction=jurisdiction)
    return cents(security * benchmark * uplift * days / day_basis)
