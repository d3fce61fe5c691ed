"""How does a failed lot get free while other lots of its case go on, and by what plan is it procured again?"""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, LotRelease
from yangcai.funds import actions as funds
from yangcai.funds.models import Bucket
from yangcai.kernel import tasks
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, Input
from yangcai.parties.roles import Role
from yangcai.planning.actions.plan import PLAN_COLUMNS, REQUIREMENT_COLUMNS
from yangcai.planning.models import PlanItem, Requirement
from yangcai.tendering.rules import releases as rules

#: What the plan says of itself alone, or of the day on which it was made.
OF_ITS_OWN = frozenset({"title", "amount", "start_on", "repeat_exception", "repeat_reason"})


class ReleaseUnsuccessfulLots(Input):
    lots = forms.ModelMultipleChoiceField(label=_("废标的采购包"), queryset=Lot.objects.none())
    answered_on = DateField(
        label=_("最后一次质疑答复日期"),
        required=False,
        help_text=_("对废标结果有质疑的填写；投诉期满后才能解除预留。没有质疑的不填"),
    )
    drafts_plan = forms.BooleanField(
        label=_("同时编制接续的采购计划"),
        required=False,
        initial=True,
        help_text=_("沿用原计划的采购意向、采购需求和采购方式，可修改后送审；变更采购方式须经批准的，先取得批准"),
    )

    def scope(self) -> None:
        """The failed lots of this plan's case, all of them chosen at first."""
        if not isinstance(self.subject, PlanItem):
            return
        found = [lot.pk for lot in rules.failed_lots(self.subject)]
        field = self.fields["lots"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Lot.objects.filter(pk__in=found).select_related("case").order_by("pk")
        field.initial = found


@action(
    "plan.release_unsuccessful_lots",
    zh="解除废标采购包的预留",
    en="Release unsuccessful lots",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.has_failed_lots, rules.some_failure_is_final),
    checks=(rules.answer_is_of_this_failure, rules.chosen_failures_are_final),
    input=ReleaseUnsuccessfulLots,
    sentence=("{post}解除了废标采购包的预留", "{post} released the reservation of unsuccessful lots"),
    cites=("evaluation.retender", "objection.file", "complaint.file", "control.no_budget_no_procurement"),
    hint=(
        "质疑、投诉期满后，废标采购包的预算退回可用余额，按接续的采购计划重新采购；其他采购包继续进行",
        "Once objections and complaints are out of time the budgets of failed lots are available again, to be procured"
        " on a plan that renews this one; the other lots go on",
    ),
    is_public=False,
)
def release_unsuccessful_lots(
    plan_item: PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    lots: Iterable[Lot],
    answered_on: datetime.date | None,
    drafts_plan: bool,
) -> None:
    """Give the budgets of the lots back for good and, if asked for, draft the plan on which they are procured again."""
    lots, released = list(lots), Decimal(0)
    for lot in lots:
        ends = rules.remedies_end(lot, now=now, answered_on=answered_on)
        release = LotRelease.objects.create(
            lot=lot, amount=lot.budget, answered_on=answered_on, remedies_end_at=ends, released_at=now
        )
        funds.release_reservation(fund=plan_item.reserved_fund, amount=lot.budget, now=now, ground=release.ref)
        released += lot.budget
    plan_item.released_amount += released
    plan_item.save(update_fields=["released_amount"])
    if drafts_plan:
        tasks.refresh(_renewal(plan_item, lots, amount=released, now=now), now=now, by=by)


def _renewal(plan_item: PlanItem, lots: list[Lot], *, amount: Decimal, now: datetime.datetime) -> PlanItem:
    """A draft for the same need, on the same intention, of what the lots gave back (政府采购法 art. 37)."""
    numbers = "、".join(lot.number for lot in lots)
    columns = {name: getattr(plan_item, name) for name in PLAN_COLUMNS if name not in OF_ITS_OWN}
    renewal = PlanItem.objects.create(
        appropriation=plan_item.appropriation,
        reserved_fund=funds.open_fund(bucket=Bucket.RESERVED, parent=plan_item.appropriation.available_fund),
        renews=plan_item,
        title=f"{plan_item.title}（采购包{numbers}重新采购）",
        amount=amount,
        start_on=timezone.localdate(now),
        drafted_at=now,
        **columns,
    )
    requirement = {name: getattr(plan_item.requirement, name) for name in REQUIREMENT_COLUMNS}
    Requirement.objects.create(plan_item=renewal, **requirement)
    return renewal
