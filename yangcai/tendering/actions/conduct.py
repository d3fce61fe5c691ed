"""How did the experts work, how were they treated, and what are they paid?"""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, MoneyField, TextField
from yangcai.parties.roles import Role
from yangcai.tendering.models import AgentConductRecord, CommitteeMember, ConductGrade, ConductRecord, ExpertFee
from yangcai.tendering.rules import conduct as rules


class RecordConduct(Input):
    grade = forms.ChoiceField(label=_("履职评价"), choices=[("", _("请选择")), *ConductGrade.choices])
    text = TextField(label=_("情况记录"), required=False, lines=3, help_text=_("评价为较差的必须写明"))


@action(
    "conduct.record",
    zh="记录专家履职情况",
    en="Record the expert's conduct",
    on=CommitteeMember,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(rules.evaluation_is_over, rules.is_an_expert, rules.took_the_seat, rules.not_recorded_yet),
    checks=(rules.poor_is_explained,),
    input=RecordConduct,
    sentence=("{post}记录了一名评审专家的履职情况", "{post} recorded an expert's conduct"),
    is_public=False,
    cites=("expert.conduct_record",),
)
def record_conduct(member: CommitteeMember, *, by: Any, now: datetime.datetime, grade: str, text: str) -> ConductRecord:
    """What buyer or agent say of the expert; late ones are taken too, and the record shows both days."""
    return _write(member, by=by, now=now, grade=grade, text=text)


@action(
    "conduct.answer",
    zh="记录采购人、代理机构履职情况",
    en="Record how the evaluation was organised",
    on=CommitteeMember,
    by={Role.EXPERT},
    needs=(rules.evaluation_is_over, rules.is_an_expert, rules.took_the_seat, rules.not_recorded_yet),
    checks=(rules.poor_is_explained,),
    input=RecordConduct,
    sentence=("{post}记录了采购人、代理机构的履职情况", "{post} recorded how the evaluation was organised"),
    is_public=False,
    cites=("expert.conduct_record",),
)
def answer_conduct(member: CommitteeMember, *, by: Any, now: datetime.datetime, grade: str, text: str) -> ConductRecord:
    """What the expert says of buyer and agent."""
    return _write(member, by=by, now=now, grade=grade, text=text)


class StateView(Input):
    statement = TextField(label=_("情况说明"), lines=4, help_text=_("与该记录一并显示，提交后不能更改"))


@action(
    "conduct.explain",
    zh="就履职情况记录作出说明",
    en="State your view of the record",
    on=ConductRecord,
    by={Role.EXPERT},
    needs=(rules.is_about_the_expert, rules.not_stated_yet),
    input=StateView,
    sentence=("{post}就本人的履职情况记录作出了说明", "{post} stated its view of the record of its conduct"),
    is_public=False,
    cites=("expert.conduct_statement",),
    hint=("说明与记录一并供财政部门和记录单位查阅", "Treasury and organisers read it beside the record"),
)
def state_view(record: ConductRecord, *, by: Any, now: datetime.datetime, statement: str) -> None:
    """The expert's own words, beside what was written of it; the record itself stays as it is."""
    record.statement, record.stated_at = statement, now
    record.save(update_fields=["statement", "stated_at"])


@action(
    "agent_conduct.record",
    zh="记录代理机构履职情况",
    en="Record the agent's conduct",
    on=Case,
    by={Role.BUYER_OFFICER},
    needs=(rules.has_an_agent, rules.agent_has_done_its_work, rules.agent_not_recorded_yet),
    checks=(rules.poor_is_explained,),
    input=RecordConduct,
    sentence=("{post}记录了代理机构的履职情况", "{post} recorded the agent's conduct"),
    is_public=False,
    cites=("agent.conduct_record",),
)
def record_agent_conduct(case: Case, *, by: Any, now: datetime.datetime, grade: str, text: str) -> AgentConductRecord:
    """What the buyer says of the agent; late ones are taken too, and the record shows both days."""
    return AgentConductRecord.objects.create(
        case=case,
        agent=case.agent,
        grade=grade,
        text=text,
        due_at=rules.record_agent_by(case, now=now),
        recorded_at=now,
    )


def _write(member: CommitteeMember, *, by: Any, now: datetime.datetime, grade: str, text: str) -> ConductRecord:
    return ConductRecord.objects.create(
        member=member,
        side=rules.side_of(by),
        organisation=by.organisation,
        grade=grade,
        text=text,
        due_at=rules.record_by(member.committee.case, now=now),
        recorded_at=now,
    )


class RecordFee(Input):
    amount = MoneyField(label=_("金额"))
    travel = MoneyField(label=_("差旅费"), required=False)
    standard = TextField(label=_("支付标准"), help_text=_("省级财政部门的标准文件和计算方法，如按评审时长计算"))


@action(
    "expert_fee.record",
    zh="登记评审劳务报酬",
    en="Enter an expert's fee",
    on=CommitteeMember,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(
        rules.is_an_expert,
        rules.took_the_seat,
        rules.stayed,
        rules.evaluation_is_over,
        rules.pays,
        rules.not_paid_yet,
    ),
    checks=(rules.standard_is_named,),
    input=RecordFee,
    sentence=("{post}登记了评审劳务报酬", "{post} entered an expert's fee"),
    is_public=False,
    cites=("expert.fee", "expert.fee_forfeited", "expert.fee_of_the_excused", "expert.fee_to_experts_only"),
)
def record_fee(
    member: CommitteeMember, *, by: Any, now: datetime.datetime, amount: Decimal, travel: Decimal | None, standard: str
) -> ExpertFee:
    """What the payer owes the expert by the provincial standard, in yuan."""
    return ExpertFee.objects.create(
        member=member,
        payer=by.organisation,
        amount=amount,
        travel=travel or Decimal(0),
        standard=standard,
        recorded_at=now,
    )
