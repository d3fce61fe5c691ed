"""How much money is where: for one case along its chain, and for a buyer's year?"""

import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.cases.models import Case
from yangcai.contracts.models import Contract
from yangcai.funds.queries import Balances, balances
from yangcai.kernel.beneath import may_have
from yangcai.www import formats
from yangcai.www.pictures.bars import Bar, waterfall
from yangcai.www.pictures.picture import Column, Picture, large, percent, unit, wan

CENT = Decimal("0.01")


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


def picture(found: Balances, *, title: str, now: datetime.datetime) -> Picture:
    """The waterfall of some balances: what was approved, where it went, what is left, in a sentence too."""
    told = (
        (_("预算"), found.approved, "total"),
        (_("采购预留"), found.reserved, "minus"),
        (_("合同占用"), found.committed, "minus"),
        (_("已支付"), found.paid, "minus"),
        (_("可用余额"), found.available, "total"),
    )
    parts = [(formats.titled(label), value, kind) for label, value, kind in told]
    says = _("还没有批复的预算。")
    if found.approved:
        says = _("预算 %(approved)s，已支付 %(paid)s（%(share)s），可用余额 %(available)s。") % {
            "approved": wan(found.approved),
            "paid": wan(found.paid),
            "share": percent(found.paid, found.approved),
            "available": wan(found.available),
        }
    return Picture(
        key="budget",
        title=title,
        says=says,
        caption=_("单位：%(unit)s；余额为 %(at)s 账面。") % {"unit": unit(), "at": formats.moment(now)},
        drawings=waterfall([Bar(label, large(value), kind) for label, value, kind in parts] if found.approved else []),
        columns=(Column(_("项目")), Column(_("金额（元）"), 2), Column(_("占预算（%）"), 2)),
        rows=[(label, value, _share(value, found.approved)) for label, value, _kind in parts],
    )


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return (100 * part / whole).quantize(CENT) if whole else None
