"""How is an agreement signed, filed, told to the buyers, left and wound up?"""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import CaseEnd
from yangcai.cases.rules import runs_the_case
from yangcai.frameworks.models import Entrant, Framework, Leaving, RemovalGround
from yangcai.frameworks.rules import agreement as rules
from yangcai.kernel import calendar
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, TextField
from yangcai.kernel.models import Attachment
from yangcai.parties.roles import Role

RUNNERS = frozenset({Role.AGENT, Role.BUYER_OFFICER})


@action(
    "agreement.sign",
    zh="签订框架协议",
    en="Sign the framework agreement",
    on=Entrant,
    by={Role.AGENT, Role.BUYER_REVIEWER, Role.SUPPLIER},
    only=(rules.signs_for_its_side,),
    needs=(rules.is_still_in, rules.not_signed_by_own_side),
    sentence=("{post}签订了框架协议", "{post} signed the framework agreement"),
    cites=("framework.convener", "framework.sign", "framework.ceiling", "framework.term"),
    hint=(
        "双方均签订后，该供应商可以被授予合同；协议有效期自第一份签订之日起算，对所有入围供应商相同",
        "Signed by both, contracts may be awarded to it; the term runs from the first signature, for all alike",
    ),
)
def sign_agreement(entrant: Entrant, *, by: Any, now: datetime.datetime) -> Entrant:
    """The convener or the supplier signs; with the second signature it stands, and the first begins the term of all."""
    if by.role == Role.SUPPLIER:
        entrant.supplier_signed_at = now
    else:
        entrant.convener_signed_at = now
    if entrant.supplier_signed_at and entrant.convener_signed_at:
        entrant.signed_at = now
        _begin(entrant.framework, on=timezone.localdate(now))
    entrant.save(update_fields=["supplier_signed_at", "convener_signed_at", "signed_at"])
    return entrant


def _begin(framework: Framework, *, on: datetime.date) -> None:
    if framework.begins_on is None:
        framework.begins_on, framework.ends_on = on, calendar.add_months(on, framework.months)
        framework.save(update_fields=["begins_on", "ends_on"])


@action(
    "framework.file",
    zh="框架协议备案",
    en="File the framework agreement",
    on=Framework,
    by=RUNNERS,
    needs=(runs_the_case, rules.is_signed, rules.not_filed),
    sentence=("{post}将框架协议副本报财政部门备案", "{post} filed the framework agreement with the treasury"),
    cites=("framework.file",),
)
def file_framework(framework: Framework, *, by: Any, now: datetime.datetime) -> None:
    """Within 7 working days of signing (art. 29)."""
    Framework.objects.filter(pk=framework.pk).update(filed_at=now)


@action(
    "framework.tell",
    zh="将框架协议告知采购人",
    en="Tell the buyers of the agreement",
    on=Framework,
    by=RUNNERS,
    needs=(runs_the_case, rules.is_signed, rules.not_told),
    sentence=("{post}通过平台将入围信息告知所有采购人", "{post} told all buyers who entered"),
    cites=("framework.tell_buyers",),
    hint=("告知后，采购人编制采购计划时可以选择该框架协议", "From then on buyers find the agreement for their plans"),
)
def tell_buyers(framework: Framework, *, by: Any, now: datetime.datetime) -> None:
    """Within 3 working days of signing, by the platform (art. 30): only then is it offered for call-offs."""
    Framework.objects.filter(pk=framework.pk).update(told_at=now)


class LeaveFramework(Input):
    reason = TextField(label=_("退出原因"), lines=3)


@action(
    "entrant.leave",
    zh="申请退出框架协议",
    en="Leave the framework agreement",
    on=Entrant,
    by={Role.SUPPLIER},
    needs=(rules.is_still_in, rules.may_leave),
    input=LeaveFramework,
    notice="entrant_left",
    sentence=("{post}退出了框架协议", "{post} left the framework agreement"),
    cites=("framework.exit_open", "framework.exit_closed", "framework.exit_notice"),
    hint=(
        "退出公告同时发布；已经成交的合同继续履行",
        "The notice goes out at once; contracts already made are performed",
    ),
    dangerous=True,
)
def leave_framework(entrant: Entrant, *, by: Any, now: datetime.datetime, reason: str) -> Entrant:
    """Out at once, and told at once."""
    return _leave(entrant, how=Leaving.EXIT, ground="", reason=reason, now=now)


class RemoveEntrant(Input):
    ground = forms.ChoiceField(label=_("情形"), choices=[("", _("请选择")), *RemovalGround.choices])
    reason = TextField(label=_("事实和依据"), lines=4)
    proof = DocumentField(label=_("证明材料"), required=False)


@action(
    "entrant.remove",
    zh="清退入围供应商",
    en="Remove an entrant",
    on=Entrant,
    by=RUNNERS,
    needs=(rules.is_the_convener, rules.is_still_in),
    input=RemoveEntrant,
    notice="entrant_left",
    sentence=("{post}取消了入围资格或者解除了框架协议", "{post} ended an entrant's agreement"),
    cites=("framework.removal", "framework.exit_closed", "framework.exit_notice"),
    hint=(
        "只限法定情形和协议约定的情形；被清退的供应商不得再加入同一框架协议",
        "On the grounds of the law and of the agreement only; who is removed may not come back to it",
    ),
    dangerous=True,
)
def remove_entrant(
    entrant: Entrant, *, by: Any, now: datetime.datetime, ground: str, reason: str, proof: Any
) -> Entrant:
    """Removed, or let go for a good reason; the proof is kept."""
    if proof is not None:
        Attachment.objects.create(
            document=proof,
            root=entrant.root.ref,
            subject=entrant.ref,
            title=proof.name,
            kind="entrant_removal",
            organisation_id=by.organisation_id,
            at=now,
        )
    how = Leaving.EXIT if ground == RemovalGround.GOOD_REASON else Leaving.REMOVAL
    return _leave(entrant, how=how, ground=ground, reason=reason, now=now)


def _leave(entrant: Entrant, *, how: str, ground: str, reason: str, now: datetime.datetime) -> Entrant:
    entrant.left_at, entrant.left_by, entrant.left_ground, entrant.left_reason = now, how, ground, reason
    entrant.save(update_fields=["left_at", "left_by", "left_ground", "left_reason"])
    return entrant


@action(
    "framework.summarise",
    zh="发布成交汇总公告",
    en="Publish the summary of call-offs",
    on=Framework,
    by=RUNNERS,
    needs=(runs_the_case, rules.term_is_over, rules.nothing_is_open, rules.not_summarised),
    notice="framework_summary",
    sentence=("{post}发布了框架协议成交结果汇总公告", "{post} published the summary of what was called off"),
    cites=("framework.summary",),
    hint=("最后一个采购包汇总后，征集项目结项", "With the last lot's summary the first stage is closed"),
)
def summarise_framework(framework: Framework, *, by: Any, now: datetime.datetime) -> Framework:
    """Totals per supplier; when every lot of the case has its summary, the case is over."""
    framework.summarised_at = now
    framework.save(update_fields=["summarised_at"])
    case = framework.lot.case
    if not Framework.objects.filter(lot__case=case, summarised_at__isnull=True).exists():
        periods.end(case, at=now, kind=CaseEnd.CLOSED, reason="框架协议有效期满，成交结果已汇总公告")
    return framework
