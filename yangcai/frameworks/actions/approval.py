"""How does a call for a framework agreement get its approval: the treasury's, or that of the unit above?"""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.frameworks.models import FrameworkApproval
from yangcai.frameworks.rules import approval as rules
from yangcai.frameworks.rules.terms import is_first_stage
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role


class SendScheme(Input):
    scheme = TextField(
        label=_("采购方案"), lines=6, help_text=_("需求调查、最高限制单价的依据、评审方法和淘汰比例、第二阶段方式等")
    )
    paper = DocumentField(label=_("采购方案文件"), required=False)


@action(
    "framework_approval.apply",
    zh="报送框架协议采购方案",
    en="Send in the scheme of the framework",
    on=Case,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.PREPARATION},
    only=(is_first_stage,),
    needs=(
        runs_the_case,
        rules.has_somebody_to_ask,
        rules.none_is_open,
        rules.every_lot_has_terms,
    ),
    input=SendScheme,
    creates=True,
    sentence=("{post}报送了框架协议采购方案", "{post} sent in the scheme of the framework"),
    is_public=False,
    cites=("framework.scheme", "framework.unit_consent"),
    hint=(
        "集中采购目录以内的报本级财政部门审核；主管预算单位以外的预算单位报其主管预算单位批准",
        "Catalogue items go to the treasury; a unit below the main budget unit asks that unit",
    ),
)
def send_scheme(
    case: Case, *, by: Post, now: datetime.datetime, scheme: str, paper: Document | None
) -> FrameworkApproval:
    """With the terms as they stand: what is approved is what may be called for."""
    made = FrameworkApproval.objects.create(
        case=case, scheme=scheme, terms=rules.terms_of(case), consent_by=rules.consents(case), applied_at=now
    )
    documents.attach(paper, to=made, title=paper.name if paper else "", kind="framework_scheme", by=by, now=now)
    return made


class DecideOnScheme(Input):
    decision = forms.ChoiceField(
        label=_("审核意见"), choices=[("", _("请选择")), ("approve", _("批准")), ("return", _("退回"))]
    )
    number = TextField(label=_("批复文号"), required=False)
    reason = TextField(label=_("退回理由"), lines=3, required=False)


@action(
    "framework_approval.decide",
    zh="审核框架协议采购方案",
    en="Decide on the scheme of the framework",
    on=FrameworkApproval,
    by={Role.TREASURY, Role.BUYER_REVIEWER},
    needs=(rules.is_undecided, rules.is_whose_decision_it_is),
    checks=(rules.return_has_a_reason,),
    input=DecideOnScheme,
    sentence=("{post}审核了框架协议采购方案", "{post} decided on the scheme of the framework"),
    is_public=False,
    cites=("framework.scheme", "framework.unit_consent"),
    hint=("批准后方可发布征集公告", "The call goes out only once it is approved"),
)
def decide_on_scheme(
    approval: FrameworkApproval, *, by: Post, now: datetime.datetime, decision: str, number: str, reason: str
) -> None:
    """Approved, or sent back with its reason."""
    if decision == "return":
        approval.returned_at, approval.return_reason = now, reason
    else:
        approval.approved_at, approval.number = now, number
    approval.save(update_fields=["approved_at", "number", "returned_at", "return_reason"])
