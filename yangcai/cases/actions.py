"""How does a purchase begin, who runs it, and on what ground may it end without a result?"""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Length
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yangcai import procedures
from yangcai.cases import periods, rules
from yangcai.cases.models import Case, CaseEnd, EvaluationMethod, Lot, LotOutcome, Stage
from yangcai.cases.queries import is_announced
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, MoneyField, TextField
from yangcai.kernel.models import Attachment, Document
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.roles import Role
from yangcai.planning.models import PARTNERED, PlanItem

#: 兰新采〔2026〕0007号: procurements of 兰州新区, numbered through the year.
NUMBER = "兰新采〔{year}〕{n:04d}号"
NUMBER_LOCK = 7391004


def next_number(*, now: datetime.datetime) -> str:
    """The next case number of the year; one transaction at a time takes one, so that there is no gap or double."""
    year = timezone.localdate(now).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    prefix = NUMBER.format(year=year, n=0).removesuffix("0000号")
    last = (
        Case.objects.filter(number__startswith=prefix)
        .order_by(Length("number").desc(), "-number")
        .values_list("number", flat=True)
        .first()
    )
    return NUMBER.format(year=year, n=int(last.removeprefix(prefix).removesuffix("号")) + 1 if last else 1)


def chinese(label: Any) -> str:
    """A label as it is kept in rows and notices, whatever language the reader has."""
    with translation.override("zh-hans"):
        return str(label)


def english(label: Any) -> str:
    """A label for the English side of a refusal."""
    with translation.override("en"):
        return str(label)


def renewed_case(plan_item: PlanItem) -> Case | None:
    """The case whose failed lots the plan procures again: the purchase before this one."""
    if plan_item.renews_id is None:
        return None
    return Case.objects.filter(plan_item_id=plan_item.renews_id, lots__releases__isnull=False).order_by("-pk").first()


class OpenCase(Input):
    title = TextField(label=_("项目名称"), required=False, help_text=_("不填时同采购计划"))
    evaluation_method = forms.ChoiceField(
        label=_("评审方法"),
        choices=EvaluationMethod.choices,
        required=False,
        help_text=_("技术、服务等标准统一的货物和服务应当采用最低评标价法"),
    )
    ceiling = MoneyField(label=_("最高限价"), required=False, min_value=Decimal("0.01"))

    def scope(self) -> None:
        """What the plan's method allows: its ways of award."""
        if not isinstance(self.subject, PlanItem):
            return
        method = procedures.get(self.subject.procedure)
        self.fields["title"].initial = self.subject.title
        allowed = [(one.value, method.say(str(EvaluationMethod(one).label))) for one in method.award_by]
        self.fields["evaluation_method"].choices = allowed  # type: ignore[attr-defined]
        self.fields["evaluation_method"].initial = allowed[0][0]


@action(
    "case.open",
    zh="立项",
    en="Open the case",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(
        rules.has_its_own_file,
        rules.plan_is_filed,
        rules.plan_is_funded,
        rules.method_is_approved,
        rules.intention_is_old_enough,
        rules.has_no_case,
    ),
    checks=(rules.ceiling_within,),
    input=OpenCase,
    creates=True,
    sentence=("{post}将采购计划立为采购项目", "{post} opened the case"),
    is_public=False,
    cites=(
        "plan.before_activity",
        "intention.lead",
        "method.approval",
        "control.no_budget_no_procurement",
        "evaluation.lowest_uniform",
    ),
    hint=(
        "按已备案的采购计划建立采购项目，随后委托代理机构或自行组织",
        "Makes a case of the filed plan; then entrust an agent or run it yourself",
    ),
)
def open_case(
    plan_item: PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    title: str,
    evaluation_method: str,
    ceiling: Decimal | None,
) -> Case:
    """The case of one plan item, with one lot, in preparation."""
    case = Case.objects.create(
        number=next_number(now=now),
        title=title or plan_item.title,
        plan_item=plan_item,
        buyer=plan_item.buyer,
        procedure=plan_item.procedure,
        category=plan_item.category,
        classification=plan_item.classification,
        budget=plan_item.amount,
        ceiling=ceiling,
        set_aside=plan_item.set_aside,
        jurisdiction=plan_item.buyer.jurisdiction,
        opened_at=now,
        predecessor=renewed_case(plan_item),
        is_demo=settings.YANGCAI_SANDBOX,
    )
    Lot.objects.create(
        case=case,
        number="1",
        title=case.title,
        budget=case.budget,
        ceiling=ceiling,
        evaluation_method=evaluation_method or procedures.get(plan_item.procedure).award_by[0].value,
        set_aside=plan_item.set_aside,
        set_aside_share=plan_item.set_aside_share if plan_item.set_aside in PARTNERED else 0,
        for_small_micro=bool(plan_item.set_aside_small_micro),
    )
    periods.open_period(case, stage=Stage.PREPARATION, opens_at=now)
    return case


class AppointAgent(Input):
    agent = forms.ModelChoiceField(
        label=_("采购代理机构"),
        queryset=Organisation.objects.filter(
            kind__in=[OrganisationKind.AGENT, OrganisationKind.CENTRAL_AGENT]
        ).order_by("name"),
        required=False,
        help_text=_("不选择时由采购人自行组织"),
    )
    mandate = TextField(label=_("代理范围、权限和期限"), lines=3, required=False)
    fee = TextField(label=_("代理费用收取方式和标准"), lines=2, required=False)
    agreement = DocumentField(label=_("委托代理协议"), required=False)


def mandate_is_written(subject: Case, *, now: datetime.datetime, agent: Any, mandate: str, fee: str, **_: Any) -> Any:
    """委托代理协议应当明确代理范围、权限和期限 (政府采购法 art. 20; 条例 art. 16)."""
    if agent is None or (mandate and fee):
        return None
    return rules.refuse(
        "agent.agreement",
        code="mandate_missing",
        zh="委托代理应当写明代理范围、权限、期限和代理费用收取方式",
        en="State what the agent is entrusted with, for how long, and how its fee is paid",
        field="fee" if mandate else "mandate",
        **rules.applicable(subject, now=now),
    )


@action(
    "agent.appoint",
    zh="委托代理机构",
    en="Appoint the agent",
    on=Case,
    by={Role.BUYER_OFFICER},
    at={Stage.PREPARATION},
    checks=(mandate_is_written, rules.entrusts_the_central_agent),
    input=AppointAgent,
    sentence=("{post}确定了采购组织形式", "{post} decided who runs the case"),
    is_public=False,
    cites=("agent.free_choice", "agent.agreement", "method.central_agent"),
    hint=(
        "采购人有权自行选择代理机构；不选择即自行组织采购；集中采购目录以内的须委托集中采购机构",
        "The buyer chooses its agent freely; choose none to run the case yourself; a catalogue item goes to the"
        " centralised agency",
    ),
)
def appoint_agent(
    case: Case,
    *,
    by: Any,
    now: datetime.datetime,
    agent: Organisation | None,
    mandate: str,
    fee: str,
    agreement: Document | None,
) -> None:
    """Entrust an agent, or none. May be decided anew until the invitation is published."""
    case.agent = agent
    case.save(update_fields=["agent"])
    if agreement is not None:
        Attachment.objects.create(
            document=agreement,
            root=case.ref,
            subject=case.ref,
            title="委托代理协议",
            kind="agency_agreement",
            organisation_id=case.buyer_id,
            at=now,
        )


class TerminationGround(models.TextChoices):
    """The lawful grounds: the law knows no others once the invitation is published (87号令 art. 29)."""

    TASK_CANCELLED = "task_cancelled", _("因重大变故采购任务取消")
    SOLICITATION_UNLAWFUL = "solicitation_unlawful", _("采购文件违反法律或者影响潜在投标人投标，须修改后重新采购")
    EVALUATION_STOPPED = "evaluation_stopped", _("采购文件存在歧义或者重大缺陷，评审停止")
    METHOD_GROUND_GONE = "method_ground_gone", _("因情况变化，不再符合该采购方式的适用情形")
    SET_ASIDE_TOO_FEW = "set_aside_too_few", _("预留项目合格的中小企业不足，须按非预留项目重新采购")
    DECISION = "decision", _("财政部门、监察机关或者人民法院的决定")
    OBJECTION_UPHELD = "objection_upheld", _("质疑成立，重新开展采购活动")
    TOO_FEW_PREQUALIFIED = "too_few_prequalified", _("资格预审合格的供应商不足，重新组织采购")
    NOT_PUBLISHED = "not_published", _("尚未发布公告，采购人撤销立项")


#: Ground -> (rule, stages in which it can arise; none: any stage).
GROUNDS: dict[str, tuple[str, frozenset[str]]] = {
    TerminationGround.TASK_CANCELLED: ("termination.reason", frozenset()),
    TerminationGround.SOLICITATION_UNLAWFUL: ("solicitation.redo", frozenset()),
    TerminationGround.EVALUATION_STOPPED: ("evaluation.stop", frozenset({Stage.EVALUATION})),
    TerminationGround.METHOD_GROUND_GONE: ("evaluation.unsuccessful", frozenset()),
    TerminationGround.SET_ASIDE_TOO_FEW: (
        "set_aside.too_few",
        frozenset({Stage.OPENING, Stage.QUALIFICATION, Stage.EVALUATION}),
    ),
    TerminationGround.DECISION: ("complaint.decide", frozenset()),
    TerminationGround.OBJECTION_UPHELD: ("objection.outcome", frozenset()),
    TerminationGround.TOO_FEW_PREQUALIFIED: ("prequalification.too_few", frozenset({Stage.PREPARATION})),
    TerminationGround.NOT_PUBLISHED: ("termination.reason", frozenset({Stage.PREPARATION})),
}
#: ground -> function(case, now) by which a later app says whether it is given
ALSO_GIVEN: dict[str, Callable[..., bool]] = {}


class TerminateCase(Input):
    ground = forms.ChoiceField(label=_("终止情形"), choices=TerminationGround.choices)
    reason = TextField(label=_("终止理由"), lines=4)
    document = DocumentField(label=_("依据文件"), required=False)

    def scope(self) -> None:
        """The grounds that can be given here and now come first; the others say of themselves that they cannot."""
        if not isinstance(self.subject, Case) or self.now is None:
            return
        lawful = lawful_grounds(self.subject, now=self.now)
        others = [one for one in TerminationGround if one not in lawful]
        self.fields["ground"].choices = [  # type: ignore[attr-defined]
            *((one.value, one.label) for one in lawful),
            *((one.value, gettext("%(ground)s（当前不存在）") % {"ground": one.label}) for one in others),
        ]


def lawful_grounds(case: Case, *, now: datetime.datetime) -> list[TerminationGround]:
    """On what this case can be ended without a result now, by its stage, its method and its set-aside."""
    here = {case.stage_at(now)} | {lot.stage_at(now) for lot in case.lots.all()}
    given = {
        TerminationGround.SET_ASIDE_TOO_FEW: case.set_aside != "none",
        TerminationGround.METHOD_GROUND_GONE: procedures.get(case.procedure).needs_approval,
        TerminationGround.NOT_PUBLISHED: not is_announced(case),
    }
    given |= {TerminationGround(one): also(case, now=now) for one, also in ALSO_GIVEN.items()}
    return [
        one for one in TerminationGround if (not GROUNDS[one][1] or GROUNDS[one][1] & here) and given.get(one, True)
    ]


def ground_is_lawful(subject: Case, *, now: datetime.datetime, ground: str, **_: Any) -> Refusal | None:
    """发布公告后，除因重大变故采购任务取消外，不得擅自终止 (87号令 art. 29); other grounds have their own article."""
    lawful = lawful_grounds(subject, now=now)
    if ground in lawful:
        return None
    return rules.refuse(
        rules.own(subject, GROUNDS[ground][0]),
        code="ground_not_given",
        zh="当前不存在“{ground}”这一情形，不得据此终止；现在可以援引的情形：{lawful}",
        en="This ground does not exist at this stage: the case may not be terminated on it. Grounds that can be given"
        " now: {lawful_en}",
        field="ground",
        ground=chinese(TerminationGround(ground).label),
        lawful="；".join(chinese(one.label) for one in lawful),
        lawful_en="; ".join(english(one.label) for one in lawful),
        **rules.applicable(subject, now=now),
    )


@action(
    "case.terminate",
    zh="终止采购",
    en="Terminate the case",
    on=Case,
    by={Role.BUYER_OFFICER, Role.AGENT},
    needs=(rules.is_live, rules.nothing_awarded),
    checks=(ground_is_lawful,),
    input=TerminateCase,
    notice="termination",
    sentence=("{post}终止了采购活动", "{post} terminated the case"),
    cites=("termination.reason", "termination.refund", "prequalification.too_few"),
    hint=(
        "终止后发布终止公告，并在规定期限内退还投标保证金",
        "A termination notice is published, and bid securities go back in time",
    ),
    dangerous=True,
)
def terminate_case(
    case: Case, *, by: Any, now: datetime.datetime, ground: str, reason: str, document: Document | None
) -> None:
    """End the case and its lots; the plan keeps its reservation, so that it can be procured again."""
    text = f"{chinese(TerminationGround(ground).label)}：{reason}"
    lots = Lot.objects.filter(case=case, outcome=LotOutcome.PENDING)
    lots.update(outcome=LotOutcome.TERMINATED, outcome_at=now, outcome_reason=text)
    periods.end(case, at=now, kind=CaseEnd.TERMINATED, reason=text)
    if document is not None:
        Attachment.objects.create(
            document=document, root=case.ref, subject=case.ref, title="终止依据", kind="termination", at=now
        )
