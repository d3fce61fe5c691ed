"""How is a single source publicised, who objects, and what comes of it (74号令 art. 38-40)?"""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.kernel import calendar
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, Input, RowsField, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem, Publicity, PublicityObjection, PublicityOpinion
from yangcai.planning.rules import method, publicity
from yangcai.procedures import engine


class OpinionRow(forms.Form):
    name = TextField(label=_("姓名"))
    unit = TextField(label=_("工作单位"))
    professional_title = TextField(label=_("职称"))
    opinion = TextField(label=_("论证意见"), max_length=2000)


class PubliciseSingleSource(Input):
    description = TextField(label=_("拟采购的货物或者服务的说明"), lines=4)
    reason = TextField(label=_("采用单一来源的理由"), lines=4)
    supplier_name = TextField(label=_("拟定供应商"))
    supplier_address = TextField(label=_("拟定供应商地址"))
    opinions = RowsField(OpinionRow, label=_("专业人员论证意见"), min_rows=1, max_rows=30)
    closes_on = DateField(label=_("公示截止日期"), required=False, help_text=_("不填时为法定最短期限的最后一日"))

    def scope(self) -> None:
        if isinstance(self.subject, PlanItem):
            self.initial.update(description=self.subject.requirement.description, reason=self.subject.method_reason)


@action(
    "publicity.publish",
    zh="发布单一来源公示",
    en="Publicise the single source",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(
        method.activity_has_not_begun,
        publicity.a_single_source_is_planned,
        publicity.no_objection_was_upheld,
        publicity.the_last_one_is_over,
    ),
    checks=(publicity.long_enough,),
    input=PubliciseSingleSource,
    notice="publicity",
    creates=True,
    sentence=("{post}发布了单一来源公示", "{post} publicised the single source"),
    cites=("single_source.publicity", "single_source.publicity_content", "single_source.voluntary"),
    hint=(
        "只能从唯一供应商处采购且达到公开招标数额标准的，申请批准前公示；未达到的可以自愿公示，公示后按其结果办理",
        "For a sole supplier: a duty from the open-tender threshold on, before approval is asked for; below it the"
        " buyer may, and is then held to the outcome",
    ),
)
def publicise_single_source(
    plan_item: PlanItem,
    *,
    by: Post,
    now: datetime.datetime,
    opinions: list[dict[str, Any]],
    closes_on: datetime.date | None,
    **data: Any,
) -> Publicity:
    """Anybody may read why only this supplier can deliver, and who says so (条例 art. 38; 74号令 art. 38)."""
    today = timezone.localdate(now)
    last = (
        closes_on
        or engine.window(
            "single_source.publicity", start=today, on=today, jurisdiction=plan_item.buyer.jurisdiction
        ).floor_on
    )
    made = Publicity.objects.create(
        plan_item=plan_item,
        title=plan_item.title,
        is_voluntary=not publicity.is_a_duty(plan_item, now=now),
        opens_at=now,
        closes_at=calendar.end_of(last),
        **data,
    )
    PublicityOpinion.objects.bulk_create([PublicityOpinion(publicity=made, **row) for row in opinions])
    return made


class ObjectToPublicity(Input):
    objector = TextField(label=_("提出异议者"), help_text=_("供应商、单位或者个人的名称"))
    contact = TextField(label=_("联系方式"), required=False)
    content = TextField(label=_("异议内容"), lines=6, max_length=5000)

    def scope(self) -> None:
        if self.by is not None and self.by.role != Role.BUYER_OFFICER:
            self.initial.update(objector=self.by.organisation.name, contact=self.by.organisation.contact)


@action(
    "publicity.object",
    zh="对单一来源公示提出异议",
    en="Object to the publicity",
    on=Publicity,
    by={Role.SUPPLIER, Role.AGENT, Role.EXPERT, Role.BUYER_OFFICER},
    needs=(publicity.is_open_to_objections,),
    input=ObjectToPublicity,
    creates=True,
    sentence=("{post}提出了对单一来源公示的异议", "{post} raised an objection to the publicity"),
    cites=("single_source.objection",),
    hint=(
        "任何供应商、单位或者个人可以在公示期内书面提出，同时抄送财政部门；收到书面异议的采购人在此登记",
        "Anyone may object within the period, the treasury has its copy; a buyer enters here what came by letter",
    ),
    is_public=False,
)
def object_to_publicity(
    publicity: Publicity, *, by: Post, now: datetime.datetime, objector: str, contact: str, content: str
) -> PublicityObjection:
    """Within the period, in writing, with a copy to the treasury, which sees it at once (74号令 art. 39)."""
    return PublicityObjection.objects.create(
        publicity=publicity,
        objector=objector,
        contact=contact,
        content=content,
        raised_at=now,
        raised_by=by.organisation,
    )


class ConcludePublicity(Input):
    reasoning = TextField(label=_("补充论证意见"), lines=6)
    outcome = forms.ChoiceField(
        label=_("异议是否成立"),
        choices=[("", _("请选择")), ("upheld", _("成立，采取其他采购方式")), ("dismissed", _("不成立，报财政部门"))],
    )
    answer = TextField(label=_("告知提出异议者的内容"), lines=4)

    def scope(self) -> None:
        """Whoever reasons anew reads who objected, and what was said."""
        if isinstance(self.subject, Publicity):
            raised = self.subject.objections.order_by("pk")
            self.fields["reasoning"].help_text = "；".join(f"{one.objector}：{one.content}" for one in raised)


@action(
    "publicity.conclude",
    zh="补充论证并告知异议者",
    en="Reason anew and tell the objectors",
    on=Publicity,
    by={Role.BUYER_OFFICER},
    needs=(publicity.is_the_buyers_own, publicity.objections_wait),
    input=ConcludePublicity,
    sentence=("{post}完成了补充论证", "{post} reasoned anew on the objections"),
    cites=("single_source.reasoning", "single_source.outcome"),
    hint=(
        "公示期满后在规定期限内组织补充论证；成立的采取其他方式，不成立的连同异议报财政部门，并告知提出异议者",
        "Within the period after it closed; upheld: another method, else all goes to the treasury; tell the objectors",
    ),
    is_public=False,
)
def conclude_publicity(
    publicity: Publicity, *, by: Post, now: datetime.datetime, reasoning: str, outcome: str, answer: str
) -> None:
    """The outcome of the supplementary reasoning, told to everybody who objected (74号令 art. 40)."""
    publicity.reasoning, publicity.is_upheld, publicity.concluded_at = reasoning, outcome == "upheld", now
    publicity.save(update_fields=["reasoning", "is_upheld", "concluded_at"])
    publicity.objections.update(answer=answer, answered_at=now)
