"""How does a buyer call off under an agreement by direct choice, or take the one whose turn it is?"""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Avg, Count, F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yangcai.cases import rules as cases
from yangcai.cases.models import Case
from yangcai.frameworks import placing
from yangcai.frameworks.models import AgreedConsumable, Dealer, Entrant, Framework, Way
from yangcai.frameworks.rules import call_off as rules
from yangcai.frameworks.rules import consumables
from yangcai.frameworks.standing import agreed, next_in_turn, staying
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.kernel.refusals import Refused
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.tendering.inputs import limit

#: What every call-off rests on: the same plan, money and intention as any case (无预算不采购).
FOUNDED = (cases.plan_is_filed, cases.plan_is_funded, cases.intention_is_old_enough, rules.is_free)


class QuantityField(forms.DecimalField):
    """How many of the agreement's unit."""

    def __init__(self, **kwargs: Any):
        super().__init__(label=_("采购数量"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3, **kwargs)


class OfFramework(Input):
    """Under which agreement; only those that can be used are offered."""

    way = Way.DIRECT
    framework = forms.ModelChoiceField(label=_("框架协议"), queryset=Framework.objects.all())
    quantity = QuantityField()
    need = TextField(label=_("具体需求"), lines=3, required=False)
    delivery = TextField(label=_("交付时间和地点"), required=False)

    def scope(self) -> None:
        if isinstance(self.subject, PlanItem) and self.now is not None:
            found = rules.offered(self.subject, self.way, now=self.now)
            limit(self.fields["framework"], Framework.objects.filter(pk__in=[one.pk for one in found]))
            self.fields["framework"].label_from_instance = self.described  # type: ignore[attr-defined]
            if len(found) == 1:  # whose turn it is, and at which price, is read before anything is chosen
                self.fields["framework"].initial = found[0].pk

    @classmethod
    def described(cls, framework: Framework) -> str:
        """Which agreement, and between which prices its entrants stand: the ceiling of each is its own."""
        prices = sorted(one.unit_price for one in staying(framework)) or [framework.lot.ceiling]
        between = f"{prices[0]:,.2f}" if prices[0] == prices[-1] else f"{prices[0]:,.2f}–{prices[-1]:,.2f}"
        return gettext("%(project)s 第 %(lot)s 包 · 入围 %(count)s 家 · %(price)s 元/%(unit)s") % {
            "project": framework.lot.case.title,
            "lot": framework.lot.number,
            "count": len(staying(framework)),
            "price": between,
            "unit": framework.unit,
        }


def with_grades(entrants: QuerySet[Entrant]) -> QuerySet[Entrant]:
    """Each with what buyers found of it under this agreement: the reference for a direct choice (art. 16(5), 32)."""
    given = Q(framework__feedback__supplier=F("supplier"))
    graded = entrants.annotate(
        grade=Avg("framework__feedback__grade", filter=given), graded=Count("framework__feedback", filter=given)
    )
    return graded.select_related("supplier", "framework__lot")


class ChooseEntrant(Input):
    entrant = forms.ModelChoiceField(label=_("入围供应商"), queryset=Entrant.objects.all())
    consumable = forms.ModelChoiceField(
        label=_("专用耗材"),
        queryset=AgreedConsumable.objects.all(),
        required=False,
        help_text=_("采购入围设备的专用耗材时选择；采购设备的留空"),
    )
    dealer = forms.ModelChoiceField(
        label=_("代理商"),
        queryset=Dealer.objects.all(),
        required=False,
        help_text=_("由入围供应商委托的代理商接受合同授予并履行合同的选择；由入围供应商履行的留空"),
    )
    quantity = QuantityField()
    need = TextField(label=_("具体需求"), lines=3, required=False)
    delivery = TextField(label=_("交付时间和地点"), required=False)

    def scope(self) -> None:
        """The entrants of every agreement that can be used, each with its product and price."""
        if not isinstance(self.subject, PlanItem) or self.now is None:
            return
        found = rules.offered(self.subject, Way.DIRECT, now=self.now)
        entrants = Entrant.objects.filter(framework__in=found, signed_at__isnull=False, left_at__isnull=True)
        limit(self.fields["entrant"], with_grades(entrants))
        self.fields["entrant"].label_from_instance = described  # type: ignore[attr-defined]
        used_up = AgreedConsumable.objects.filter(entrant__framework__in=found).select_related("entrant__supplier")
        limit(self.fields["consumable"], used_up.order_by("entrant__rank", "pk"))
        self.fields["consumable"].label_from_instance = priced  # type: ignore[attr-defined]
        named = Dealer.objects.filter(entrant__in=entrants, ended_at__isnull=True)
        limit(self.fields["dealer"], named.select_related("organisation", "entrant__supplier").order_by("pk"))
        self.fields["dealer"].label_from_instance = commissioned  # type: ignore[attr-defined]
        # Where nobody has named a dealer, and nothing is used up, there is nothing to choose from; who says one all the
        # same is told so.
        for name in ("consumable", "dealer"):
            chosen_from: QuerySet[Any] = self.fields[name].queryset  # type: ignore[attr-defined]
            self.fields[name].disabled = not (self.data.get(name) or chosen_from.exists())


def commissioned(dealer: Dealer) -> str:
    """入围供应商 · 代理商 · 代理范围."""
    return f"{dealer.entrant.supplier.name} · {dealer.organisation.name} · {dealer.area}"


def priced(consumable: AgreedConsumable) -> str:
    """供应商 · 耗材 · 单价/单位."""
    unit_price = f"{consumable.unit_price:,.2f} 元/{consumable.unit}"
    return f"{consumable.entrant.supplier.name} · {consumable.item} · {unit_price}"


def described(entrant: Entrant) -> str:
    """供应商 · 产品 · 单价/单位 · 用户评价, the last where there is any."""
    count, grade = getattr(entrant, "graded", 0), getattr(entrant, "grade", None)
    parts = (
        entrant.supplier.name,
        entrant.product,
        f"{entrant.unit_price:,.2f} 元/{entrant.framework.unit}",
        _("用户评价 %(grade)s 分（%(count)s 条）") % {"grade": f"{grade:.1f}", "count": count} if count else "",
    )
    return " · ".join(str(part) for part in parts if part)


@action(
    "call_off.choose",
    zh="直接选定成交供应商",
    en="Call off by direct choice",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.goes(Way.DIRECT), *FOUNDED),
    checks=(
        rules.entrant_may_be_chosen,
        consumables.is_of_this_entrant,
        rules.dealer_is_named,
        rules.choice_is_funded,
    ),
    input=ChooseEntrant,
    creates=True,
    notice="call_off",
    sentence=("{post}从入围供应商中直接选定了成交供应商", "{post} chose an entrant directly"),
    cites=(
        "framework.direct",
        "framework.second_stage",
        "framework.fixed_price",
        "framework.feedback",
        "framework.quantity_discount",
        "framework.dealers",
        "framework.consumables_bound",
        "control.no_budget_no_procurement",
    ),
    hint=(
        "依据入围产品的价格、质量和服务便利性、用户评价直接选定；成交金额为协议价格（含量价关系折扣）",
        "By price, quality, service and what users say; the price is the agreement price of the quantity",
    ),
)
def choose_entrant(
    plan_item: PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    entrant: Entrant,
    consumable: AgreedConsumable | None,
    dealer: Dealer | None,
    quantity: Decimal,
    need: str,
    delivery: str,
) -> Case:
    """One case, one award, at the agreement price (of the goods, or of what they use up), to the entrant or the dealer
    that it named; the contract follows like any other."""
    made = placing.begin(
        plan_item,
        framework=entrant.framework,
        quantity=quantity,
        need=need,
        delivery=delivery,
        now=now,
        consumable=consumable,
        dealer=dealer,
    )
    supplier = entrant.supplier if dealer is None else dealer.organisation
    return placing.at_once(made, supplier, rules.price(entrant, consumable, quantity), now=now)


class TakeTurn(OfFramework):
    way = Way.ROTATION

    @classmethod
    def described(cls, framework: Framework) -> str:
        """Whose turn it is, so that the buyer reads it before the award is published."""
        one = next_in_turn(framework)
        if one is None:
            return super().described(framework)
        return gettext("%(project)s 第 %(lot)s 包 · 轮到 %(supplier)s · %(price)s 元/%(unit)s") % {
            "project": framework.lot.case.title,
            "lot": framework.lot.number,
            "supplier": one.supplier.name,
            "price": f"{one.unit_price:,.2f}",
            "unit": framework.unit,
        }


@action(
    "call_off.take_turn",
    zh="按顺序轮候确定成交供应商",
    en="Call off by rotation",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.goes(Way.ROTATION), *FOUNDED),
    checks=(rules.agreement_is_in_force, rules.turn_is_funded),
    input=TakeTurn,
    creates=True,
    notice="call_off",
    sentence=("{post}按轮候顺序确定了成交供应商", "{post} took the entrant whose turn it was"),
    cites=("framework.rotation", "framework.call_off_notice", "framework.fixed_price"),
    hint=(
        "由系统按已告知的顺序确定，采购人不能挑选；每个入围供应商一轮只有一次",
        "The order that was told decides, the buyer does not choose; each entrant once in a round",
    ),
)
def take_turn(
    plan_item: PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    framework: Framework,
    quantity: Decimal,
    need: str,
    delivery: str,
) -> Case:
    """Whose turn it is, read again under the lock of the agreement, so that two buyers never take the same turn."""
    framework = Framework.objects.select_for_update(of=("self",)).select_related("lot__case").get(pk=framework.pk)
    entrant = next_in_turn(framework)
    if entrant is None:
        raise Refused([rules.nobody_left(plan_item, now=now)])
    amount = agreed(entrant, quantity)
    over = rules.within_the_plan(plan_item, amount, now=now)
    refused = [*([over] if over else []), *rules.may_be_awarded(plan_item, entrant, now=now)]
    if refused:
        raise Refused(refused)
    made = placing.begin(plan_item, framework=framework, quantity=quantity, need=need, delivery=delivery, now=now)
    return placing.at_once(made, entrant.supplier, amount, now=now)
