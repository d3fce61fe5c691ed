"""How much money is where: for one case along its chain, and for a buyer's year?"""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.cases.models import Case
from yangcai.contracts.models import Contract
from yangcai.funds.queries import Balances, balances
from yangcai.kernel.beneath import may_have
from yangcai.www import formats

TEN_THOUSAND = Decimal(10_000)


def money_of(case: Case) -> list[dict[str, Any]]:
    """Appropriated → reserved → committed → paid, in yuan, along the chain of the case."""
    item = case.plan_item
    found = Contract.objects.filter(case=case).select_related("committed_fund", "paid_fund")
    contracts = list(found) if may_have(case, Contract) else []
    there = balances(item.appropriation)
    rows = [
        (_("预算金额"), item.appropriation.amount, reverse("work_appropriation", args=[item.appropriation_id])),
        (_("预算可用余额"), there.available, ""),
        (_("本计划预留余额"), item.reserved_fund.balance, reverse("work_plan_item", args=[item.pk])),
    ]
    if contracts:
        rows += [
            (_("合同占用余额"), sum((c.committed_fund.balance for c in contracts), Decimal(0)), ""),
            (_("已支付"), sum((c.paid_fund.balance for c in contracts), Decimal(0)), ""),
        ]
    return [{"label": label, "value": formats.yuan(value), "url": url} for label, value, url in rows]


def bars(found: Balances) -> list[dict[str, Any]]:
    """The waterfall of some balances in units of 10,000 yuan: what was approved, where it went, what is left."""
    parts = [
        (_("预算"), found.approved, "total"),
        (_("采购预留"), found.reserved, "minus"),
        (_("合同占用"), found.committed, "minus"),
        (_("已支付"), found.paid, "minus"),
        (_("可用余额"), found.available, "total"),
    ]
    return [{"label": label, "value": value / TEN_THOUSAND, "kind": kind} for label, value, kind in parts]
