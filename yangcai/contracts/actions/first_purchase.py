"""How is an innovative product bought after its research: reviewed among several, or directly (首购、推广)?"""

import datetime
from decimal import Decimal

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai import law, procedures
from yangcai.cases import periods
from yangcai.cases import rules as cases
from yangcai.cases.actions import next_number
from yangcai.cases.models import Award, Candidate, Case, EvaluationMethod, Lot, LotOutcome, Stage
from yangcai.contracts.models import Contract
from yangcai.contracts.rules import first_purchase as rules
from yangcai.frameworks.placing import TERMS
from yangcai.frameworks.rules.call_off import is_free
from yangcai.kernel import money
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, MoneyField, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.tendering.inputs import limit
from yangcai.tendering.models import (
    AwardLetter,
    InvitedBy,
    Invitee,
    InviteeSource,
    PaymentTerm,
    PaymentTermDue,
    Solicitation,
)

#: What every such purchase rests on: the same plan, money and intention as any case (无预算不采购).
FOUNDED = (cases.plan_is_filed, cases.plan_is_funded, cases.intention_is_old_enough, is_free)
WHOLE = Decimal(100)


def _case(plan_item: PlanItem, *, after: Case, title: str, now: datetime.datetime) -> Case:
    """A case of this plan that comes after another one."""
    return Case.objects.create(
        number=next_number(now=now),
        title=title or plan_item.title,
        plan_item=plan_item,
        buyer=plan_item.buyer,
        procedure=plan_item.procedure,
        category=plan_item.category,
        classification=plan_item.classification,
        budget=plan_item.amount,
        jurisdiction=plan_item.buyer.jurisdiction,
        opened_at=now,
        predecessor=after,
        is_demo=settings.YANGCAI_SANDBOX,
    )


class BeginReview(Input):
    research = forms.ModelChoiceField(label=_("研发项目"), queryset=Case.objects.none())
    title = TextField(label=_("项目名称"), required=False, help_text=_("不填时同采购计划"))

    def scope(self) -> None:
        if isinstance(self.subject, PlanItem):
            limit(self.fields["research"], rules.researched(self.subject))


@action(
    "first_purchase.begin",
    zh="开始首购评审",
    en="Begin the review for the first purchase",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.goes(rules.REVIEWED), *FOUNDED),
    checks=(rules.research_may_be_followed,),
    input=BeginReview,
    creates=True,
    sentence=("{post}开始首购评审，邀请研发产品通过验收的供应商", "{post} began the review for the first purchase"),
    is_public=False,
    cites=("cooperative_innovation.first_purchase", "control.no_budget_no_procurement"),
    hint=(
        "只有研发产品通过验收的供应商参加；采购计划不超过研发谈判文件规定的首购费用，报价不得高于预算",
        "Only suppliers whose product was accepted take part; the plan stays within the amount for the first purchase",
    ),
)
def begin_review(plan_item: PlanItem, *, by: Post, now: datetime.datetime, research: Case, title: str) -> Case:
    """A case in preparation whose suppliers are those of the accepted research contracts."""
    case = _case(plan_item, after=research, title=title, now=now)
    Lot.objects.create(
        case=case,
        number="1",
        title=case.title,
        budget=case.budget,
        evaluation_method=procedures.get(case.procedure).award_by[0].value,
        set_aside=plan_item.set_aside,
    )
    periods.open_period(case, stage=Stage.PREPARATION, opens_at=now)
    for contract in rules.products_of(research):
        Invitee.objects.create(
            case=case,
            supplier=contract.supplier,
            source=InviteeSource.CONTRACTOR,
            reason=f"研发合同 {contract.number} 的产品通过验收",
            recommended_by=by,
            is_chosen=True,
        )
    return case


class BuyProduct(Input):
    product = forms.ModelChoiceField(label=_("创新产品"), queryset=Contract.objects.none())
    quantity = forms.DecimalField(label=_("采购数量"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3)
    price = MoneyField(label=_("单价（元）"), min_value=Decimal("0.01"))
    delivery = TextField(label=_("交付时间和地点"))
    need = TextField(label=_("具体需求"), lines=3, required=False)

    def scope(self) -> None:
        """Each product with its supplier, and its first price where it is another buyer's."""
        if not isinstance(self.subject, PlanItem):
            return
        limit(self.fields["product"], rules.offered(self.subject).prefetch_related("items"))
        announced = self.subject.ground == rules.ANNOUNCED
        self.fields["product"].label_from_instance = lambda one: (  # type: ignore[attr-defined]
            f"{one.supplier.name} · {one.case.title}"
            + (f" · {money.figures(rules.unit_price(one))} 元" if announced else "")
        )


@action(
    "innovative_product.buy",
    zh="直接采购创新产品",
    en="Buy an innovative product",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.goes(rules.DIRECT), *FOUNDED),
    checks=(rules.product_may_be_bought,),
    input=BuyProduct,
    creates=True,
    notice="innovative_product",
    sentence=("{post}直接采购了创新产品", "{post} bought an innovative product directly"),
    cites=(
        "cooperative_innovation.first_purchase",
        "cooperative_innovation.spread",
        "cooperative_innovation.prepayment",
        "control.no_budget_no_procurement",
    ),
    hint=(
        "只有一家研发产品通过验收的直接首购；其他采购人按不高于首购的价格采购公布的创新产品；预付款按规定的最低比例",
        "The only accepted product is bought first; others buy an announced one at no more than its first price",
    ),
)
def buy_product(
    plan_item: PlanItem,
    *,
    by: Post,
    now: datetime.datetime,
    product: Contract,
    quantity: Decimal,
    price: Decimal,
    delivery: str,
    need: str,
) -> Case:
    """One case, one award, published with the Action; the contract follows like any other, its advance as the law has
    it."""
    case = _case(plan_item, after=product.case, title="", now=now)
    amount = money.cents(price * quantity)
    lot = Lot.objects.create(
        case=case,
        number="1",
        title=case.title,
        budget=case.budget,
        evaluation_method=EvaluationMethod.RATED,
        quantity=quantity,
        set_aside=plan_item.set_aside,
    )
    agreed = Solicitation.objects.get(case=product.case)
    Solicitation.objects.create(
        case=case,
        requirement=need or agreed.requirement,
        delivery=delivery,
        invited_by=InvitedBy.NAMED,
        documents_from=now,
        supply_closes_at=now,
        confirmed_at=now,
        **{name: getattr(agreed, name) for name in TERMS},
    )
    PaymentTerm.objects.bulk_create(_terms(case, now=now))
    case.law_as_of, case.published_at = timezone.localdate(now), now
    case.save(update_fields=["law_as_of", "published_at"])
    periods.open_period(case, stage=Stage.AWARD, opens_at=now, closes_at=now)
    candidate = Candidate.objects.create(lot=lot, supplier=product.supplier, rank=1, amount=amount, at=now)
    AwardLetter.objects.create(lot=lot, supplier=product.supplier, is_winner=True, rank=1, reason="", issued_at=now)
    Lot.objects.filter(pk=lot.pk).update(outcome=LotOutcome.AWARDED, outcome_at=now)
    Award.objects.create(
        candidate=candidate,
        lot=lot,
        supplier=product.supplier,
        amount=amount,
        determined_at=now,
        announced_at=now,
    )
    return case


def _terms(case: Case, *, now: datetime.datetime) -> list[PaymentTerm]:
    """An advance of the smallest lawful share, the rest on acceptance."""
    share = WHOLE * law.value(procedures.get(case.procedure).advance, **cases.applicable(case, now=now))
    rows = (("预付款", share, PaymentTermDue.SIGNATURE), ("验收款", WHOLE - share, PaymentTermDue.ACCEPTANCE))
    return [
        PaymentTerm(case=case, number=number, title=title, percent=percent, due_on=due_on)
        for number, (title, percent, due_on) in enumerate(rows, start=1)
    ]
