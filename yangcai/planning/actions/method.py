"""How is another method than open tender asked for, consented to, approved or sent back (采购方式变更)?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning import proposal
from yangcai.planning.actions.plan import grounds_of_methods, procedure_choices
from yangcai.planning.models import MethodApproval, PlanItem
from yangcai.planning.rules import method as rules
from yangcai.procedures import grounds


class ApplyForMethod(Input):
    """The papers of 74号令 art. 5, and those of art. 28 after a failed tender."""

    procedure = forms.ChoiceField(label=_("拟采用的采购方式"), choices=procedure_choices)
    ground = forms.ChoiceField(label=_("采用该方式的情形"), choices=grounds_of_methods)
    reason = TextField(label=_("采用该方式的理由"), lines=4)
    overview = TextField(label=_("项目概况"), lines=4)
    funding = TextField(label=_("预算批复文件或者资金来源"), help_text=_("预算批复文件的文号，或者资金来源证明"))
    paper = DocumentField(label=_("申请材料"), help_text=_("申请函，附预算批复文件或者资金来源证明"))
    tender_notice = TextField(
        label=_("已发布的招标公告"), required=False, help_text=_("招标失败后申请的：公告媒体、日期和编号")
    )
    objections_statement = TextField(
        label=_("质疑及其处理情况"), lines=3, required=False, help_text=_("招标失败后申请的：没有质疑的，写明没有")
    )
    opinion = TextField(
        label=_("招标文件没有不合理条款的论证意见"),
        lines=3,
        required=False,
        help_text=_("招标失败后申请的：由评标委员会或者评审专家出具"),
    )
    opinion_experts = forms.IntegerField(label=_("论证专家人数"), min_value=0, max_value=99, required=False)
    tender_papers = DocumentField(
        label=_("招标失败的证明材料"), required=False, help_text=_("公告截图、说明和论证意见的原件")
    )

    def scope(self) -> None:
        if isinstance(self.subject, PlanItem):
            item = self.subject
            self.initial.update(
                procedure=item.procedure,
                ground=item.ground,
                reason=item.method_reason,
                overview=item.requirement.description,
                funding=str(item.appropriation),
            )


@action(
    "method_approval.apply",
    zh="申请变更采购方式",
    en="Apply for another method",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.activity_has_not_begun, rules.no_application_is_open),
    checks=(
        rules.asked_as_planned,
        rules.approval_is_needed,
        rules.papers_are_complete,
        rules.publicity_is_over,
    ),
    input=ApplyForMethod,
    creates=True,
    sentence=("{post}申请采用公开招标以外的采购方式", "{post} applied for another method than open tender"),
    cites=("method.approval", "method.application", "method.papers_after_tender", "method.consent"),
    hint=(
        "达到公开招标数额标准、采用其他方式的，采购活动开始前报主管预算单位同意、财政部门批准",
        "From the open-tender threshold on: consent of the main budget unit and approval of the treasury come first",
    ),
    is_public=False,
)
def apply_for_method(
    plan_item: PlanItem,
    *,
    by: Post,
    now: datetime.datetime,
    procedure: str,
    ground: str,
    paper: Document,
    tender_papers: Document | None,
    **data: Any,
) -> MethodApproval:
    """The application with its papers (74号令 art. 5, 28); a unit without one above it goes to the treasury at once."""
    publicity = proposal.last_publicity(plan_item) if grounds.get(ground).publicity else None
    approval = MethodApproval.objects.create(
        plan_item=plan_item,
        procedure=procedure,
        ground=ground,
        amount=plan_item.amount,
        publicity=publicity,
        consent_by=plan_item.buyer.parent,
        applied_at=now,
        **data,
    )
    documents.attach(paper, to=approval, title="申请材料", kind="method_application", by=by, now=now)
    documents.attach(tender_papers, to=approval, title="招标失败的证明材料", kind="method_application", by=by, now=now)
    return approval


class Consent(Input):
    decision = forms.ChoiceField(
        label=_("意见"), choices=[("", _("请选择")), ("consent", _("同意")), ("return", _("退回"))]
    )
    reason = TextField(label=_("退回理由"), lines=3, required=False)


@action(
    "method_approval.consent",
    zh="主管预算单位审核采购方式",
    en="Consent to the method",
    on=MethodApproval,
    by={Role.BUYER_REVIEWER},
    needs=(rules.waits_for_consent, rules.is_the_main_budget_unit),
    checks=(rules.return_has_a_reason,),
    input=Consent,
    not_same_person_as=("method_approval.apply",),
    sentence=("{post}审核了采购方式变更申请", "{post} decided on the application for another method"),
    cites=("method.consent",),
    hint=("同意后报财政部门批准", "After the consent it goes to the treasury"),
    is_public=False,
)
def consent_to_method(
    approval: MethodApproval, *, by: Post, now: datetime.datetime, decision: str, reason: str, **data: Any
) -> None:
    """报经主管预算单位同意 (74号令 art. 4)."""
    if decision == "return":
        approval.returned_at, approval.return_reason = now, reason
    else:
        approval.consented_at = now
    approval.save(update_fields=["consented_at", "returned_at", "return_reason"])


class Decide(Input):
    decision = forms.ChoiceField(
        label=_("审批意见"), choices=[("", _("请选择")), ("approve", _("批准")), ("return", _("退回"))]
    )
    number = TextField(label=_("批复文号"), required=False)
    reason = TextField(label=_("退回理由"), lines=3, required=False)
    document = DocumentField(label=_("批复文件"), required=False)


@action(
    "method_approval.decide",
    zh="审批采购方式",
    en="Decide on the method",
    on=MethodApproval,
    by={Role.TREASURY},
    needs=(rules.waits_for_the_treasury, rules.no_case_runs),
    checks=(rules.return_has_a_reason, rules.approval_has_its_number),
    input=Decide,
    sentence=("{post}办理了采购方式变更申请", "{post} decided on the application for another method"),
    cites=("method.approval", "method.application"),
    hint=(
        "材料齐全、情形成立的批准，否则写明理由退回",
        "Approve when the papers are complete and the ground holds; otherwise send it back with the reason",
    ),
    is_public=False,
)
def decide_on_method(
    approval: MethodApproval,
    *,
    by: Post,
    now: datetime.datetime,
    decision: str,
    number: str,
    reason: str,
    document: Document | None,
) -> None:
    """The treasury of a city or above approves before the activity begins (政府采购法 art. 27; 条例 art. 23)."""
    if decision == "return":
        approval.returned_at, approval.return_reason = now, reason
    else:
        approval.approved_at, approval.number = now, number
    approval.save(update_fields=["approved_at", "number", "returned_at", "return_reason"])
    documents.attach(document, to=approval, title="批复文件", kind="method_decision", by=by, now=now)


@action(
    "method_approval.withdraw",
    zh="撤回采购方式变更申请",
    en="Withdraw the application",
    on=MethodApproval,
    by={Role.BUYER_OFFICER},
    needs=(rules.is_still_open,),
    sentence=("{post}撤回了采购方式变更申请", "{post} withdrew the application for another method"),
    cites=("method.application",),
    is_public=False,
    dangerous=True,
)
def withdraw_application(approval: MethodApproval, *, by: Post, now: datetime.datetime) -> None:
    """The buyer takes its application back before it is decided."""
    approval.withdrawn_at = now
    approval.save(update_fields=["withdrawn_at"])
