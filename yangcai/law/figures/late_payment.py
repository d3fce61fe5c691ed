"""What does late payment to a small or medium enterprise cost? (保障中小企业款项支付条例 17)"""

import datetime
from decimal import Decimal

from yangcai import law
from yangcai.kernel.money import cents


def late_payment(
    *,
    amount: Decimal,
    days: int,
    on: datetime.date,
    agreed_yearly_rate: Decimal | None = None,
    day_basis: int = 365,
    jurisdiction: str = law.HOME,
) -> Decimal:
    """Interest in yuan on an overdue amount: the agreed yearly rate, else the law's daily rate."""
    if agreed_yearly_rate is not None:
        return cents(amount * agreed_yearly_rate * days / day_basis)
    return cents(amount * law.value("payment.sme_late_rate", on=on, jurisdiction=jurisdiction) * days)
