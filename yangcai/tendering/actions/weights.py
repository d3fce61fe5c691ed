"""How is the treasury asked for a weight of price outside the range, and what does it decide?"""

import datetime
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.procedures import PROCEDURES
from yangcai.procedures.evaluation.model import FULL_MARKS
from yangcai.tendering.actions.solicitation import ROLES
from yangcai.tendering.models import PriceWeightApproval
from yangcai.tendering.rules import weights as rules
from yangcai.tendering.rules.solicitation import criteria

CITES = tuple(dict.fromkeys(one.weight_consent for one in PROCEDURES.values() if one.weight_consent))


class ApplyForPriceWeight(Input):
    weight = forms.DecimalField(
        label=_("拟设定的价格分值"),
        min_value=Decimal("0.01"),
        max_value=FULL_MARKS,
        decimal_places=2,
        help_text=_("总分 100 分；同意后，评审因素中的价格分值应当与此一致"),
    )
    reason = TextField(label=_("特殊情况和理由"), lines=5)
    paper = DocumentField(label=_("申请材料"), required=False)

    def scope(self) -> None:
        if isinstance(self.subject, Lot):
            range_, field = rules.range_of(self.subject, now=self.now), self.fields["weight"]
            field.help_text = f"{range_} · {field.help_text}" if range_ else field.help_text


@action(
    "price_weight_approval.apply",
    zh="申请在规定范围外设定价格分权重",
    en="Apply for a weight of price outside the range",
    on=Lot,
    by=ROLES,
    at={Stage.PREPARATION},
    only=(rules.consent_is_known,),
    needs=(runs_the_case, criteria.lot_is_rated, criteria.lot_is_judged_itself, rules.none_is_open),
    checks=(rules.weight_lies_outside,),
    input=ApplyForPriceWeight,
    creates=True,
    sentence=(
        "{post}申请在规定范围外设定价格分权重",
        "{post} applied for a weight of price outside the range",
    ),
    is_public=False,
    cites=CITES,
    hint=(
        "有特殊情况的，采购公告发布前报本级财政部门审核同意；同意只对本采购包和所申请的分值有效",
        "In special circumstances the treasury consents before the notice; its consent holds for this lot and for"
        " just this weight",
    ),
    occasional=True,
)
def apply_for_price_weight(
    lot: Lot, *, by: Post, now: datetime.datetime, weight: Decimal, reason: str, paper: Document | None
) -> PriceWeightApproval:
    """The weight in points of 100, and why."""
    made = PriceWeightApproval.objects.create(lot=lot, weight=weight, reason=reason, applied_at=now)
    documents.attach(paper, to=made, title="价格分权重申请材料", kind="price_weight_application", by=by, now=now)
    return made


class DecideOnPriceWeight(Input):
    decision = forms.ChoiceField(
        label=_("审核意见"), choices=[("", _("请选择")), ("approve", _("同意")), ("return", _("退回"))]
    )
    number = TextField(label=_("同意文号"), required=False)
    reason = TextField(label=_("退回理由"), lines=3, required=False)

    def scope(self) -> None:
        if isinstance(self.subject, PriceWeightApproval):
            self.fields["decision"].help_text = rules.range_of(self.subject.lot, now=self.now)


@action(
    "price_weight_approval.decide",
    zh="审核价格分权重",
    en="Decide on a weight of price",
    on=PriceWeightApproval,
    by={Role.TREASURY},
    at={Stage.PREPARATION},
    needs=(rules.waits_for_decision,),
    checks=(rules.decision_is_complete,),
    input=DecideOnPriceWeight,
    sentence=("{post}审核了价格分权重申请", "{post} decided on the application for a weight of price"),
    is_public=False,
    cites=CITES,
)
def decide_on_price_weight(
    approval: PriceWeightApproval, *, by: Post, now: datetime.datetime, decision: str, number: str, reason: str
) -> None:
    """The treasury of the same level consents, or sends back with its reason."""
    if decision == "return":
        approval.returned_at, approval.return_reason = now, reason
    else:
        approval.approved_at, approval.number = now, number
    approval.save(update_fields=["approved_at", "number", "returned_at", "return_reason"])
