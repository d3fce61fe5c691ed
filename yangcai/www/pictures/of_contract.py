"""How far has a contract come: accepted, invoiced, paid?"""

import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from yangcai.contracts import standing
from yangcai.contracts.models import Contract
from yangcai.www import formats
from yangcai.www.pictures.bars import progress
from yangcai.www.pictures.picture import Column, Picture, brackets, percent


def come_so_far(contract: Contract, *, now: datetime.datetime) -> Picture:
    """Accepted, invoiced and paid as shares of the contract's amount."""
    milestones = list(contract.milestones.all())
    invoiced = sum((standing.total(standing.standing_invoices(one)) for one in milestones), Decimal(0))
    return drawn(contract.amount, accepted=accepted(contract), invoiced=invoiced, paid=standing.paid(contract), now=now)


def accepted(contract: Contract) -> Decimal:
    """The sum of the milestones that passed an acceptance; all of it with the final one."""
    passed = contract.acceptances.filter(passed=True)
    if passed.filter(is_final=True).exists():
        return contract.amount
    return standing.total(contract.milestones.filter(acceptances__in=passed).distinct())


def drawn(amount: Decimal, *, accepted: Decimal, invoiced: Decimal, paid: Decimal, now: datetime.datetime) -> Picture:
    """The picture of these sums."""
    told = ((_("已验收"), accepted), (_("已开票"), invoiced), (_("已支付"), paid))
    steps = tuple((formats.titled(label), value) for label, value in told)
    says = _("已支付 %(paid)s，占合同金额的 %(share)s；还有 %(left)s未付。") % {
        "paid": formats.yuan(paid),
        "share": percent(paid, amount),
        "left": formats.yuan(amount - paid),
    }
    return Picture(
        key="progress",
        title=_("合同履行到了哪一步？"),
        says=says,
        caption=_("分母：合同金额 %(sum)s。截至 %(at)s。") % {"sum": formats.yuan(amount), "at": formats.moment(now)},
        drawings=progress(
            _("合同金额 %(sum)s") % {"sum": formats.yuan(amount)},
            amount,
            [(label, value, f"{formats.yuan(value)}{brackets(percent(value, amount))}") for label, value in steps],
        ),
        columns=(Column(_("环节")), Column(_("金额（元）"), 2), Column(_("占合同金额（%）"), 2)),
        rows=[
            (label, value, (100 * value / amount).quantize(Decimal("0.01")) if amount else None)
            for label, value in ((_("合同金额"), amount), *steps)
        ],
    )
