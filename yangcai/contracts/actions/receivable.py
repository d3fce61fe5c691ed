"""How does a small or medium enterprise get its receivable confirmed, so that a bank will lend on it?"""

import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from yangcai.contracts.models import Contract, Receivable
from yangcai.contracts.rules import contract as of_contract
from yangcai.contracts.rules import receivable as rules
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, MoneyField, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role


class RequestReceivable(Input):
    amount = MoneyField(label=_("金额（元）"), min_value=Decimal("0.01"))
    purpose = TextField(label=_("用途"), lines=2, required=False, help_text=_("如应收账款担保融资的银行"))


@action(
    "receivable.request",
    zh="请求确认应收账款",
    en="Ask that a receivable be confirmed",
    on=Contract,
    by={Role.SUPPLIER},
    needs=(of_contract.signed, of_contract.not_terminated, rules.supplier_is_sme, rules.nothing_waits),
    checks=(rules.within_the_unpaid,),
    input=RequestReceivable,
    sentence=("{post}请求确认应收账款", "{post} asked that a receivable be confirmed"),
    is_public=False,
    cites=(rules.RULE,),
    hint=(
        "中小企业以应收账款融资的，采购人应当在法定期限内确认债权债务关系",
        "Where a small or medium enterprise borrows on it, the buyer confirms the debt within the legal time",
    ),
    despite_block=True,
)
def request_receivable(
    contract: Contract, *, by: Post, now: datetime.datetime, amount: Decimal, purpose: str
) -> Receivable:
    """The buyer's 30 days begin."""
    return Receivable.objects.create(contract=contract, amount=amount, purpose=purpose, requested_at=now)


@action(
    "receivable.confirm",
    zh="确认应收账款",
    en="Confirm the receivable",
    on=Receivable,
    by={Role.BUYER_OFFICER},
    needs=(rules.not_confirmed,),
    sentence=("{post}确认了应收账款", "{post} confirmed the receivable"),
    is_public=False,
    cites=(rules.RULE,),
    despite_block=True,
)
def confirm_receivable(receivable: Receivable, *, by: Post, now: datetime.datetime) -> Receivable:
    """What is still owed of it is acknowledged; nothing is paid by it, and what was paid meanwhile is no debt."""
    receivable.confirmed_at = now
    receivable.confirmed_amount = min(receivable.amount, rules.unpaid(receivable.contract))
    receivable.save(update_fields=["confirmed_at", "confirmed_amount"])
    return receivable
