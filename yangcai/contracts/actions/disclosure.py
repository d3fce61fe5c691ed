"""How does a buyer tell the public, once a year, what it owes small and medium enterprises and has not paid?"""

import datetime
from typing import Any

from yangcai.contracts import overdue
from yangcai.contracts.models import Contract, OverdueDisclosure
from yangcai.contracts.rules import disclosure as rules
from yangcai.kernel import tasks
from yangcai.kernel.actions import action
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role


@action(
    "overdue.disclose",
    zh="公布逾期未支付中小企业款项",
    en="Publish overdue payments to small and medium enterprises",
    on=Organisation,
    by={Role.BUYER_OFFICER},
    needs=(rules.something_to_disclose, rules.year_is_over),
    creates=True,
    notice="overdue_payments",
    sentence=(
        "{post}公布了上一年度逾期未支付中小企业款项",
        "{post} published last year's overdue payments to small and medium enterprises",
    ),
    cites=(overdue.RULE,),
    hint=(
        "合同数量和金额由平台按发票、验收和支付记录计算；没有逾期的，公布为零",
        "Number and amount are computed from invoices, acceptances and payments; none overdue is published as zero",
    ),
)
def disclose_overdue(buyer: Organisation, *, by: Post, now: datetime.datetime) -> OverdueDisclosure:
    """One notice a year, by 31 March (保障中小企业款项支付条例 art. 18)."""
    year = overdue.next_year(buyer, now=now)
    assert year is not None  # something_to_disclose
    found = overdue.overdue(buyer, year=year, now=now)
    return OverdueDisclosure.objects.create(
        buyer=buyer, year=year, contracts=found.contracts, amount=found.amount, published_at=now
    )


def remember_the_year(contract: Contract, *, by: Any, now: datetime.datetime) -> None:
    """A first contract with such an enterprise starts the buyer's yearly clock. Two contracts wait for each other."""
    tasks.refresh(Organisation.objects.select_for_update(no_key=True).get(pk=contract.buyer_id), now=now)
