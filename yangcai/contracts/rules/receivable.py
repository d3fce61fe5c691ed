"""Who may ask that a receivable be confirmed, and what may be confirmed? (保障中小企业款项支付条例 art. 16)"""

import datetime
from decimal import Decimal
from typing import Any

from yangcai import law
from yangcai.cases.rules import applicable, refuse
from yangcai.contracts import standing
from yangcai.contracts.models import Contract, Receivable
from yangcai.kernel import money
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post

RULE = "payment.receivable"


def unpaid(contract: Contract) -> Decimal:
    """What the supplier may still claim of the contract, in yuan."""
    return contract.amount - standing.paid(contract)


def supplier_is_sme(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if contract.supplier.is_sme and law.applies(RULE, **applicable(contract.case, now=now)):
        return None
    return refuse(
        RULE,
        code="not_an_sme",
        zh="只有中小企业可以依法请求确认应收账款，且该规定应当在本项目适用的法律中",
        en="Only small and medium enterprises may ask for this, and only where the law of the case knows it",
        **applicable(contract.case, now=now),
    )


def nothing_waits(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    waiting = contract.receivables.filter(confirmed_at__isnull=True).first()
    if waiting is None:
        return None
    return refuse(
        RULE,
        code="already_requested",
        zh="已请求确认应收账款 {amount} 元，采购人应当在{limit}内确认",
        en="Confirmation of {amount} yuan has been asked for: the buyer has {limit}",
        amount=money.figures(waiting.amount),
        **applicable(contract.case, now=now),
    )


def within_the_unpaid(
    contract: Contract, *, by: Post, now: datetime.datetime, amount: Decimal, **data: Any
) -> Refusal | None:
    left = unpaid(contract)
    if amount <= left:
        return None
    return refuse(
        RULE,
        code="receivable_above_unpaid",
        zh="合同尚未支付 {left} 元，不能确认 {amount} 元",
        en="Only {left} yuan of the contract are unpaid: {amount} yuan cannot be confirmed",
        field="amount",
        left=money.figures(left),
        amount=money.figures(amount),
        **applicable(contract.case, now=now),
    )


def not_confirmed(receivable: Receivable, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if receivable.confirmed_at is None:
        return None
    return Refusal("already_confirmed", "该应收账款已经确认", "This receivable has been confirmed already")
