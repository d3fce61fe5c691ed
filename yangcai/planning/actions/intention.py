"""How is a purchase announced early, and how is that taken back?"""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.funds.models import Appropriation
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, Input, MoneyField, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention
from yangcai.planning.rules import plan as rules

CENT = Decimal("0.01")


class PublishIntention(Input):
    title = TextField(label=_("采购项目名称"))
    overview = TextField(
        label=_("采购需求概况"), lines=4, help_text=_("主要功能或者目标，数量，须满足的质量、服务、时限要求")
    )
    amount = MoneyField(label=_("预算金额"), min_value=CENT)
    expected_on = DateField(label=_("预计采购时间"), help_text=_("填到月即可，写该月第一天"))
    for_sme = forms.BooleanField(label=_("面向中小企业"), required=False)
    remarks = TextField(label=_("备注"), lines=2, required=False)

    def scope(self) -> None:
        if isinstance(self.subject, Appropriation):
            self.fields["title"].initial = self.subject.name
            self.fields["amount"].initial = self.subject.amount


@action(
    "intention.publish",
    zh="公开采购意向",
    en="Publish the intention",
    on=Appropriation,
    by={Role.BUYER_OFFICER},
    input=PublishIntention,
    checks=(rules.intention_within_budget, rules.expected_in_the_future),
    notice="intention",
    creates=True,
    sentence=("{post}公开了采购意向", "{post} published the intention"),
    cites=("intention.lead", "intention.content"),
    hint=(
        "供应商据此提前准备；原则上公开满规定天数后方可开始采购活动",
        "Suppliers prepare by it; the procurement may in principle begin only after the days that the rule says",
    ),
)
def publish_intention(
    appropriation: Appropriation,
    *,
    by: Post,
    now: datetime.datetime,
    title: str,
    overview: str,
    amount: Decimal,
    expected_on: datetime.date,
    for_sme: bool,
    remarks: str,
    **data: Any,
) -> Intention:
    """Say publicly what is to be bought, when and for how much (财库〔2020〕10号; 财库〔2019〕38号 part 5)."""
    return Intention.objects.create(
        appropriation=appropriation,
        title=title,
        overview=overview,
        amount=amount,
        expected_on=expected_on,
        for_sme=for_sme,
        remarks=remarks,
        published_at=now,
    )


class WithdrawIntention(Input):
    reason = TextField(label=_("撤回理由"), lines=2)


@action(
    "intention.withdraw",
    zh="撤回采购意向",
    en="Withdraw the intention",
    on=Intention,
    by={Role.BUYER_OFFICER},
    needs=(rules.stands, rules.no_plan_rests_on_it),
    input=WithdrawIntention,
    notice="intention_withdrawal",
    sentence=("{post}撤回了采购意向", "{post} withdrew the intention"),
    cites=("intention.content",),
    hint=(
        "需求变化或者取消时撤回；仍需采购的，另行公开新的意向",
        "For a need that changed or fell away; publish a new one if you still buy",
    ),
    dangerous=True,
)
def withdraw_intention(intention: Intention, *, by: Post, now: datetime.datetime, reason: str, **data: Any) -> None:
    """Take the intention back; it stays visible, superseded by a notice that says why."""
    intention.withdrawn_at = now
    intention.save(update_fields=["withdrawn_at"])
