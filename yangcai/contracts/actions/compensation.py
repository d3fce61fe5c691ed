"""How are the costs settled of research that ends without its goal? By both sides, published, then paid as usual."""

import datetime
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.actions import chinese
from yangcai.contracts.models import Amendment, ChangeGround, Milestone, TerminationGround
from yangcai.contracts.rules import acceptance as of_acceptance
from yangcai.contracts.rules import compensation as rules
from yangcai.contracts.rules.contract import OF_RESEARCH
from yangcai.kernel import calendar, documents, money
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, DocumentField, Input, MoneyField, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role


class SettleCosts(Input):
    ending = forms.ChoiceField(
        label=_("研发终止情形"), choices=[(one.value, one.label) for one in TerminationGround if one in OF_RESEARCH]
    )
    reason = TextField(label=_("理由"), lines=4)
    eligible_cost = MoneyField(
        label=_("核定的实际研发成本（元）"),
        min_value=Decimal(0),
        help_text=_("实际投入的设备费、业务费、劳务费和间接费用，不含激励费用和擅自变更路线的费用"),
    )
    amount = MoneyField(
        label=_("研发成本补偿金额（元）"),
        min_value=Decimal(0),
        help_text=_("按采购文件约定的补偿比例计算，不超过该付款节点的金额；预付款另计。双方约定不再补偿的填 0"),
    )
    signed_on = DateField(label=_("签订日期"))
    document = DocumentField(label=_("双方签订的文件"))


@action(
    "compensation.settle",
    zh="约定终止研发的成本补偿",
    en="Settle the costs of ended research",
    on=Milestone,
    by={Role.BUYER_OFFICER},
    only=(rules.pays_costs_on_acceptance,),
    needs=(of_acceptance.contract_runs, of_acceptance.not_accepted_yet, rules.not_settled),
    checks=(rules.ending_is_lawful, rules.settled_alike, rules.within_the_agreed_share, rules.signed_in_the_past),
    input=SettleCosts,
    sentence=("{post}登记了终止研发的成本补偿约定", "{post} recorded what was settled of the costs of ended research"),
    cites=("cooperative_innovation.termination", "cooperative_innovation.compensation", "contract.amendment_publish"),
    hint=(
        "公告后供应商开票，照常申请、审核、支付；付清或者约定不再补偿的，解除合同，余款退回采购计划",
        "Once published it is invoiced, requested, approved and paid as usual; paid, or where nothing is owed, the"
        " contract is ended",
    ),
)
def settle_costs(
    milestone: Milestone,
    *,
    by: Post,
    now: datetime.datetime,
    ending: str,
    reason: str,
    eligible_cost: Decimal,
    amount: Decimal,
    signed_on: datetime.date,
    document: Document,
) -> Amendment:
    """A change of the contract that both signed; its notice stands in the place of the acceptance that cannot be."""
    contract = milestone.contract
    named = chinese(TerminationGround(ending).label)
    settled = Amendment.objects.create(
        contract=contract,
        number=contract.amendments.count() + 1,
        is_supplement=False,
        ground=ChangeGround.CHANGED_CIRCUMSTANCES,
        clause=f"研发成本补偿（{milestone.title}）",
        content=f"{named}，终止研发；核定实际研发成本 {money.figures(eligible_cost)} 元，"
        f"按约定补偿 {money.figures(amount)} 元，不再验收",
        reason=reason,
        settles=milestone,
        ending=ending,
        eligible_cost=eligible_cost,
        settled_amount=amount,
        signed_at=now if signed_on == calendar.day_of(now) else calendar.start_of(signed_on),
    )
    documents.attach(document, to=settled, title=settled.clause, kind="amendment", by=by, now=now)
    return settled
