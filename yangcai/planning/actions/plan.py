"""How does a plan come to be: drafted, sent, reviewed by another person, filed, or cancelled?"""

import datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai import procedures
from yangcai.funds import actions as funds
from yangcai.funds.models import Appropriation, Bucket
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, Input, MoneyField, RowsField, ShareField, TextField
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning import checks
from yangcai.planning.models import (
    BY_SHARE,
    Category,
    CompetitionReview,
    Intention,
    PlanItem,
    RepeatException,
    Requirement,
    SetAside,
    ground_choices,
)
from yangcai.planning.rules import method, publicity, repeats, wording
from yangcai.planning.rules import plan as rules
from yangcai.procedures import grounds

CENT = Decimal("0.01")
#: Columns of the plan and of its requirement that the one form fills in.
PLAN_COLUMNS = (
    "intention", "intention_exemption", "title", "category", "classification", "in_catalogue", "procedure", "ground",
    "method_reason", "original_amount", "amount", "repeat_exception", "repeat_reason", "set_aside", "set_aside_share",
    "set_aside_small_micro", "set_aside_reason", "start_on",
)  # fmt: skip
REQUIREMENT_COLUMNS = (
    "description", "quantity", "delivery", "standards", "service", "acceptance_plan", "survey_respondents",
    "survey_summary",
)  # fmt: skip


def procedure_choices() -> list[tuple[str, str]]:
    return [(p.code, p.zh if in_chinese() else p.en) for p in procedures.PROCEDURES.values()]


def grounds_of_methods() -> list[tuple[str, str]]:
    """The grounds of the methods that the platform runs, each with what it opens."""
    texts, found = dict(ground_choices()), []
    for code, ground in grounds.GROUNDS.items():
        opened = [procedures.PROCEDURES[m] for m in ground.methods if m in procedures.PROCEDURES]
        if opened:
            names = "、".join(p.zh for p in opened) if in_chinese() else ", ".join(p.en for p in opened)
            found.append((code, f"{names}{'：' if in_chinese() else ': '}{texts[code]}"))
    return found


def ground_or_none() -> list[tuple[str, str]]:
    return [("", "—"), *grounds_of_methods()]


class DraftPlan(Input):
    """The whole plan on one form; what a draft may still lack is asked for when it is sent for review."""

    title = TextField(label=_("采购项目名称"))
    category = forms.ChoiceField(label=_("类别"), choices=Category.choices)
    classification = TextField(label=_("品目"), required=False, help_text=_("政府采购品目分类目录的编码或者名称"))
    in_catalogue = forms.BooleanField(
        label=_("集中采购目录以内"), required=False, help_text=_("目录以内的项目委托集中采购机构代理采购")
    )
    procedure = forms.ChoiceField(label=_("采购方式"), choices=procedure_choices)
    ground = forms.ChoiceField(
        label=_("采用该方式的情形"), choices=ground_or_none, required=False, help_text=_("公开招标不需要填写")
    )
    method_reason = TextField(label=_("采用该方式的理由"), lines=3, required=False)
    original_amount = MoneyField(
        label=_("原合同金额"), required=False, min_value=CENT, help_text=_("从原供应商处添购的，填写原合同金额")
    )
    amount = MoneyField(label=_("预算金额"), min_value=CENT)
    start_on = DateField(label=_("计划开始日期"))
    intention = forms.ModelChoiceField(
        label=_("采购意向"), queryset=Intention.objects.filter(withdrawn_at__isnull=True), required=False
    )
    intention_exemption = TextField(
        label=_("不公开意向的理由"), required=False, help_text=_("仅限因不可预见的原因急需开展的采购")
    )
    repeat_exception = forms.ChoiceField(
        label=_("重复采购的情形"),
        choices=[("", "—"), *RepeatException.choices],
        required=False,
        help_text=_("与本年度其他采购重复、累计超过公开招标数额标准的，选定情形并写明理由，由审核人判断"),
    )
    repeat_reason = TextField(label=_("重复采购的理由"), lines=2, required=False)
    set_aside = forms.ChoiceField(label=_("预留份额"), choices=SetAside.choices)
    set_aside_share = ShareField(
        label=_("预留比例"), help_text=_("以采购包、联合体或者合同分包预留的，占预算的比例；不填时取法定最低比例")
    )
    set_aside_small_micro = ShareField(label=_("预留份额中小微企业比例"), help_text=_("同上；不填时取法定最低比例"))
    set_aside_reason = TextField(label=_("不预留的理由"), lines=2, required=False)
    description = TextField(label=_("技术和服务要求"), lines=8, required=False)
    quantity = TextField(label=_("数量"), required=False)
    delivery = TextField(label=_("交付时间和地点"), lines=2, required=False)
    standards = TextField(label=_("执行的标准"), lines=3, required=False)
    service = TextField(label=_("服务要求"), lines=3, required=False)
    acceptance_plan = TextField(label=_("验收方案"), lines=4, required=False)
    survey_respondents = forms.IntegerField(label=_("需求调查对象数"), min_value=0, max_value=1000, required=False)
    survey_summary = TextField(label=_("需求调查情况"), lines=4, required=False)

    def scope(self) -> None:
        """Only intentions of the same budget item; when revising, what stands there now."""
        plan_item = self.subject if isinstance(self.subject, PlanItem) else None
        appropriation = plan_item.appropriation if plan_item else self.subject
        if not isinstance(appropriation, Appropriation):
            return
        intentions = Intention.objects.filter(appropriation=appropriation, withdrawn_at__isnull=True)
        cast(forms.ModelChoiceField, self.fields["intention"]).queryset = intentions
        if plan_item is None:
            intention = intentions.order_by("-pk").first()
            source = intention or appropriation
            self.initial.update(
                title=intention.title if intention else appropriation.name,
                amount=source.amount,
                intention=intention,
                classification=appropriation.classification,
                procedure="open_tender",
                description=intention.overview if intention else "",
            )
            return
        requirement = plan_item.requirement
        self.initial.update({name: getattr(plan_item, name) for name in PLAN_COLUMNS})
        self.initial.update({name: getattr(requirement, name) for name in REQUIREMENT_COLUMNS})

    def clean(self) -> dict[str, Any]:
        """Where a part is set aside and nothing is written, the law's own shares; in any other way there is none."""
        cleaned = super().clean() or {}
        if self.subject is None:
            return cleaned
        buyer, by_share = self.subject.buyer, cleaned.get("set_aside") in BY_SHARE
        least = rules.least_shares(buyer, category=cleaned.get("category", ""), now=self.now) if by_share else (0, 0)
        for name, share in zip(("set_aside_share", "set_aside_small_micro"), least, strict=True):
            if name in cleaned and cleaned[name] is None:
                cleaned[name] = share
        return cleaned


def _columns(data: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in names}


@action(
    "plan.draft",
    zh="编制采购计划",
    en="Draft the plan",
    on=Appropriation,
    by={Role.BUYER_OFFICER},
    input=DraftPlan,
    checks=(rules.amount_is_available, method.method_is_possible, wording.points_at_nobody),
    creates=True,
    sentence=("{post}编制了采购计划", "{post} drafted the plan"),
    cites=(
        "plan.filed",
        "requirement.content",
        "requirement.competition_review",
        "method.non_tendering",
        "splitting.ban",
    ),
    hint=(
        "采购需求、采购方式和预留份额一次填写；送审前可反复修改",
        "Everything on one form; change it until you send it",
    ),
    is_public=False,
)
def draft_plan(appropriation: Appropriation, *, by: Post, now: datetime.datetime, **data: Any) -> PlanItem:
    """The plan of one purchase with its requirement (条例 art. 29; 财库〔2021〕22号). Reserves nothing yet."""
    reserved = funds.open_fund(bucket=Bucket.RESERVED, parent=appropriation.available_fund)
    plan_item = PlanItem.objects.create(
        appropriation=appropriation, reserved_fund=reserved, drafted_at=now, **_columns(data, PLAN_COLUMNS)
    )
    Requirement.objects.create(plan_item=plan_item, **_columns(data, REQUIREMENT_COLUMNS))
    return plan_item


@action(
    "plan.revise",
    zh="修改采购计划",
    en="Revise the plan",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.can_be_changed,),
    input=DraftPlan,
    checks=(rules.amount_is_available, method.method_is_possible, wording.points_at_nobody),
    sentence=("{post}修改了采购计划", "{post} revised the plan"),
    cites=("requirement.content", "requirement.competition_review"),
    is_public=False,
)
def revise_plan(plan_item: PlanItem, *, by: Post, now: datetime.datetime, **data: Any) -> None:
    """Change a draft, or a plan that came back."""
    PlanItem.objects.filter(pk=plan_item.pk).update(**_columns(data, PLAN_COLUMNS))
    Requirement.objects.filter(plan_item=plan_item).update(**_columns(data, REQUIREMENT_COLUMNS))


@action(
    "plan.submit",
    zh="送审采购计划",
    en="Send the plan for review",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(
        rules.can_be_changed,
        rules.requirement_is_complete,
        rules.intention_is_published_or_exempt,
        rules.is_funded,
        rules.market_was_surveyed,
        method.method_is_lawful,
        publicity.publicity_has_its_outcome,
        rules.set_aside_duty_is_met,
        rules.set_aside_is_sized,
        rules.year_sets_enough_aside,
        repeats.repeats_are_explained,
    ),
    sentence=("{post}将采购计划送审", "{post} sent the plan for review"),
    cites=("requirement.content", "requirement.survey.goods_services", "threshold.open_tender", "method.approval",
           "splitting.threshold", "set_aside.whole.goods_services", "set_aside.ways", "set_aside.share",
           "set_aside.small_micro", "single_source.outcome"),
    hint=("送审后由另一人审查，编制人员不得参与审查", "Somebody else reviews it; who wrote it may not"),
    is_public=False,
)  # fmt: skip
def submit_plan(plan_item: PlanItem, *, by: Post, now: datetime.datetime, **data: Any) -> None:
    """Ask for the review; from here on the plan is not changed unless it comes back."""
    plan_item.submitted_at, plan_item.returned_at, plan_item.return_reason = now, None, ""
    plan_item.needs_approval = method.needs_approval(plan_item, now=now)  # the database holds the case to both
    plan_item.spends = procedures.get(plan_item.procedure).spends
    plan_item.save(update_fields=["submitted_at", "returned_at", "return_reason", "needs_approval", "spends"])


def check_choices() -> list[tuple[str, str]]:
    return [(check.code, f"{check.code} {check.text}") for check in checks.all_checks()]


class AnswerRow(forms.Form):
    # A given column, shown as text; and no answer stands there before the reviewer gave it.
    check = forms.TypedChoiceField(label=_("审查事项"), choices=check_choices)
    answer = forms.ChoiceField(label=_("结论"), choices=[("", _("请选择")), ("pass", _("通过")), ("fail", _("不通过"))])
    remark = TextField(label=_("说明"), required=False)


class ReviewPlan(Input):
    answers = RowsField(AnswerRow, label=_("公平竞争审查"), min_rows=1, blank=0)
    repeat_decision = forms.ChoiceField(
        label=_("重复采购的理由是否成立"),
        choices=[("", "—"), ("accept", _("成立")), ("reject", _("不成立"))],
        required=False,
        help_text=_("只在采购计划与其他采购重复时填写"),
    )
    repeat_opinion = TextField(label=_("对重复采购的审核意见"), lines=2, required=False)
    decision = forms.ChoiceField(
        label=_("审核意见"), choices=[("", _("请选择")), ("approve", _("审核通过")), ("return", _("退回修改"))]
    )
    reason = TextField(label=_("退回理由"), lines=3, required=False)

    def scope(self) -> None:
        self.fields["answers"].initial = [{"check": code} for code in checks.codes()]


@action(
    "plan.review",
    zh="审核采购计划",
    en="Review the plan",
    on=PlanItem,
    by={Role.BUYER_REVIEWER},
    needs=(rules.is_under_review,),
    input=ReviewPlan,
    checks=(
        rules.every_check_is_answered,
        rules.failed_checks_forbid_approval,
        rules.return_has_a_reason,
        repeats.repeats_are_judged,
        rules.approval_is_funded,
    ),
    not_same_person_as=("plan.draft", "plan.revise", "plan.submit"),
    sentence=("{post}审核了采购计划", "{post} reviewed the plan"),
    cites=("requirement.review", "requirement.key_review", "requirement.competition_review", "splitting.exempt"),
    hint=(
        "逐项完成公平竞争审查；通过即预留资金",
        "Answer every check of the competition review; approval reserves the money",
    ),
    is_public=False,
)
def review_plan(
    plan_item: PlanItem,
    *,
    by: Post,
    now: datetime.datetime,
    answers: list[dict[str, Any]],
    decision: str,
    reason: str,
    repeat_decision: str,
    repeat_opinion: str,
    **data: Any,
) -> None:
    """Keep the answers; approve, which reserves the whole amount, or send back (财库〔2021〕22号 art. 33). The first
    stage of a framework agreement spends nothing, so nothing is reserved for it."""
    CompetitionReview.objects.bulk_create(
        [
            CompetitionReview(
                plan_item=plan_item,
                check_code=answer["check"],
                passed=answer["answer"] == "pass",
                remark=answer["remark"],
                at=now,
            )
            for answer in answers
        ]
    )
    if decision == "return":
        plan_item.submitted_at, plan_item.returned_at, plan_item.return_reason = None, now, reason
        plan_item.save(update_fields=["submitted_at", "returned_at", "return_reason"])
        return
    if plan_item.spends:
        funds.reserve(fund=plan_item.reserved_fund, amount=plan_item.amount, now=now, ground=plan_item.ref)
    plan_item.approved_at = now
    if repeat_decision == "accept":
        plan_item.repeat_accepted_at, plan_item.repeat_opinion = now, repeat_opinion
    plan_item.save(update_fields=["approved_at", "repeat_accepted_at", "repeat_opinion"])


@action(
    "plan.file",
    zh="采购计划备案",
    en="File the plan",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.is_approved,),
    sentence=("{post}将采购计划报财政部门备案", "{post} filed the plan with the treasury"),
    cites=("plan.filed", "plan.before_activity"),
    hint=("采购活动开始前报本级财政部门备案", "With the treasury of the same level, before the procurement begins"),
    is_public=False,
)
def file_plan(plan_item: PlanItem, *, by: Post, now: datetime.datetime, **data: Any) -> None:
    """The approved plan reaches the treasury of the same level (条例 art. 29)."""
    plan_item.filed_at = now
    plan_item.save(update_fields=["filed_at"])


class CancelPlan(Input):
    reason = TextField(label=_("取消理由"), lines=2)


@action(
    "plan.cancel",
    zh="取消采购计划",
    en="Cancel the plan",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.is_not_cancelled, rules.no_case_leans_on_it),
    input=CancelPlan,
    sentence=("{post}取消了采购计划", "{post} cancelled the plan"),
    cites=("plan.before_activity",),
    hint=("预留资金退回可用余额", "The reserved money goes back to what is available"),
    is_public=False,
    dangerous=True,
)
def cancel_plan(plan_item: PlanItem, *, by: Post, now: datetime.datetime, reason: str, **data: Any) -> None:
    """Give the reservation back and close the plan."""
    plan_item.reserved_fund.refresh_from_db()
    if plan_item.reserved_fund.balance:
        funds.release_reservation(
            fund=plan_item.reserved_fund, amount=plan_item.reserved_fund.balance, now=now, ground=plan_item.ref
        )
    plan_item.cancelled_at = now
    plan_item.save(update_fields=["cancelled_at"])
