"""How is an imported product asked for, and approved or sent back? (财库〔2007〕119号)"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, RowsField, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import ImportApproval, ImportExpert, ImportPolicy, PlanItem
from yangcai.planning.rules import imports as rules


class ExpertRow(forms.Form):
    name = TextField(label=_("姓名"))
    unit = TextField(label=_("工作单位"))


class ApplyForImport(Input):
    products = TextField(label=_("拟采购的进口产品"), lines=3)
    policy = forms.ChoiceField(label=_("国家产业政策"), choices=ImportPolicy.choices)
    reason = TextField(label=_("采购进口产品的理由"), lines=4)
    authority_opinion = TextField(
        label=_("行业主管部门意见"),
        lines=3,
        required=False,
        help_text=_("鼓励进口的产品不需要；限制进口的由有关部门出具"),
    )
    experts = RowsField(
        ExpertRow,
        label=_("论证专家"),
        max_rows=99,
        blank=5,
        help_text=_("评审专家库中的专家，姓名和工作单位与入库信息一致；不足的，推荐人选经审核入库"),
    )
    opinion = TextField(
        label=_("专家论证意见"),
        lines=4,
        required=False,
        help_text=_("专家为熟悉该产品的外单位人员；采购人代表不作为论证专家，论证专家不参与本项目评审"),
    )
    paper = DocumentField(label=_("申请材料"), help_text=_("申请表，附政策文件、主管部门意见和专家论证意见"))


@action(
    "import_approval.apply",
    zh="申请采购进口产品",
    en="Apply for imported products",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.activity_is_ahead, rules.no_import_application_is_open),
    checks=(rules.experts_are_known, rules.opinion_is_complete),
    input=ApplyForImport,
    creates=True,
    sentence=("{post}申请采购进口产品", "{post} applied for imported products"),
    cites=("import.approval", "import.experts", "import.lawyers", "import.experts_outside", "import.experts_apart"),
    hint=(
        "默认采购本国产品；确需进口的，采购活动开始前报财政部门核准",
        "Domestic products are the rule; imported ones are approved by the treasury before the activity begins",
    ),
    is_public=False,
    occasional=True,
)
def apply_for_import(
    plan_item: PlanItem,
    *,
    by: Post,
    now: datetime.datetime,
    paper: Document,
    experts: list[dict[str, str]],
    **data: Any,
) -> ImportApproval:
    """The application with its opinions and papers, and who of the library gave the experts' one."""
    named = [expert for row in experts for expert in rules.found_in_library(row, now=now)]
    lawyers = sum(expert.is_lawyer for expert in named)
    counted = {"experts": len(named), "lawyers": lawyers} if named else {}
    approval = ImportApproval.objects.create(plan_item=plan_item, applied_at=now, **counted, **data)
    ImportExpert.objects.bulk_create(ImportExpert(approval=approval, expert=expert) for expert in named)
    documents.attach(paper, to=approval, title="进口产品申请材料", kind="import_application", by=by, now=now)
    return approval


class DecideOnImport(Input):
    decision = forms.ChoiceField(
        label=_("审批意见"), choices=[("", _("请选择")), ("approve", _("核准")), ("return", _("退回"))]
    )
    number = TextField(label=_("核准文号"), required=False)
    reason = TextField(label=_("退回理由"), lines=3, required=False)


@action(
    "import_approval.decide",
    zh="核准进口产品",
    en="Decide on imported products",
    on=ImportApproval,
    by={Role.TREASURY},
    needs=(rules.waits_for_decision,),
    checks=(rules.decision_is_complete,),
    input=DecideOnImport,
    sentence=("{post}办理了进口产品申请", "{post} decided on the application for imported products"),
    cites=("import.approval",),
    is_public=False,
)
def decide_on_import(
    approval: ImportApproval, *, by: Post, now: datetime.datetime, decision: str, number: str, reason: str
) -> None:
    """The treasury of a city or above approves, or sends back with its reason."""
    if decision == "return":
        approval.returned_at, approval.return_reason = now, reason
    else:
        approval.approved_at, approval.number = now, number
    approval.save(update_fields=["approved_at", "number", "returned_at", "return_reason"])
