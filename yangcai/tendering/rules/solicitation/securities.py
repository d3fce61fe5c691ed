"""Are the securities of bid and performance within the caps?"""

import datetime
from decimal import Decimal
from typing import Any

from yangcai import law
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.law.figures.securities import largest_bid_security


def security_within_cap(subject: Case, *, now: datetime.datetime, bid_security: Decimal, **_: Any) -> Refusal | None:
    """投标保证金不得超过采购项目预算金额的 2% (条例 art. 33)."""
    on = applicable(subject, now=now)
    if not law.applies("bid_security.cap", **on):
        return None
    most = largest_bid_security(budget=subject.budget, **on)
    if bid_security <= most:
        return None
    return refuse(
        "bid_security.cap",
        code="bid_security_too_large",
        zh="投标保证金不得超过预算金额的{limit}，即 {most} 元",
        en="The bid security may not exceed {limit} of the budget, that is {most} yuan",
        field="bid_security",
        most=f"{most:,.2f}",
        **on,
    )


def performance_within_cap(
    subject: Case, *, now: datetime.datetime, performance_security_rate: Decimal, **_: Any
) -> Refusal | None:
    """履约保证金不得超过合同金额的 10% (条例 art. 48)."""
    on = applicable(subject, now=now)
    if not law.applies("performance_security.cap", **on):
        return None
    if performance_security_rate <= law.value("performance_security.cap", **on):
        return None
    return refuse(
        "performance_security.cap",
        code="performance_security_too_large",
        zh="履约保证金不得超过合同金额的{limit}",
        en="The performance security may not exceed {limit} of the contract amount",
        field="performance_security_rate",
        **on,
    )
