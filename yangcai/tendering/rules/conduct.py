"""By when is an expert's conduct recorded, and who may be paid how much by whom?"""

import datetime
from decimal import Decimal
from typing import Any

from yangcai import law
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.roles import Role
from yangcai.tendering import arithmetic
from yangcai.tendering.draws import BLAMELESS
from yangcai.tendering.models import (
    AgentConductRecord,
    CommitteeMember,
    ConductRecord,
    ConductSide,
    EvaluationReport,
    ExpertFee,
)

CLOCK = "C45"
AGENT_CLOCK = "C45b"


@remembered
def evaluated_at(case: Case) -> datetime.datetime | None:
    """When the last lot's report was signed: evaluation is over then; None while a report waits for a signature. Of a
    lot only the latest revision counts: one that a correction overtook before everybody had signed is never signed."""
    if not may_have(case, EvaluationReport):
        return None
    signed = [report.signed_at for report in arithmetic.latest_reports(case).values()]
    return None if None in signed else max((at for at in signed if at is not None), default=None)


def record_by(case: Case, *, now: datetime.datetime) -> datetime.datetime | None:
    """Five working days after the evaluation (财库〔2016〕198号 art. 21)."""
    since = evaluated_at(case)
    return law.due_at(CLOCK, since=since, **applicable(case, now=now)) if since is not None else None


def evaluation_is_over(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses before every report is signed: conduct is recorded after the evaluation (财库〔2016〕198号)."""
    if evaluated_at(subject.committee.case) is not None:
        return None
    return refuse(
        "expert.conduct_record",
        code="evaluation_goes_on",
        zh="评审尚未结束（评审报告未签署完毕），请在评审结束后{limit}内记录",
        en="The evaluation is not over (a report is not signed yet): record within {limit} after its end",
        **applicable(subject.committee.case, now=now),
    )


def is_an_expert(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购人代表 is no expert of the library: no conduct is recorded and no fee paid (87号令 art. 45(9))."""
    if subject.expert_id is not None:
        return None
    return refuse(
        "expert.fee_to_experts_only",
        code="not_an_expert",
        zh="该成员是采购人代表，不是评审专家：不记录专家履职情况，也不得支付评审劳务报酬",
        en="This member represents the buyer and is no expert: no conduct is recorded and no fee is paid",
        **applicable(subject.committee.case, now=now),
    )


def took_the_seat(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a record or fee of a member who never signed in."""
    if subject.signed_in_at is not None:
        return None
    return Refusal(
        "never_came",
        "该成员没有签到，未参加评审",
        "This member never signed in and took no part in the evaluation",
    )


def side_of(by: Any) -> str:
    """An expert records the organisers, the organisers record an expert."""
    return ConductSide.ORGANISER if by.role == Role.EXPERT else ConductSide.EXPERT


@remembered
def _recorded(case: Case) -> frozenset[tuple[int, str, int]]:
    """(member, whose conduct, by which organisation) of every record of a case."""
    if not may_have(case, ConductRecord):
        return frozenset()
    found = ConductRecord.objects.filter(member__committee__case=case)
    return frozenset(found.order_by().values_list("member_id", "side", "organisation_id"))


def not_recorded_yet(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Written once: a record that could be changed could be bargained for."""
    if (subject.pk, side_of(by), by.organisation_id) not in _recorded(subject.committee.case):
        return None
    return Refusal("recorded_already", "您所在单位已经记录，不能更改", "Your organisation has recorded this already")


def poor_is_explained(
    subject: CommitteeMember | Case, *, now: datetime.datetime, grade: str, text: str, **_: Any
) -> Any:
    """A `grade` of poor says what happened in `text`."""
    if grade != "poor" or text.strip():
        return None
    return Refusal(
        "reason_missing",
        "评价为较差的，请写明具体情况",
        "Say what happened when the conduct was poor",
        field="text",
    )


def is_about_the_expert(subject: ConductRecord, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a statement on a record that is not about the expert."""
    if subject.side == ConductSide.EXPERT:
        return None
    return refuse(
        "expert.conduct_statement",
        code="record_of_others",
        zh="该记录是您对采购人、代理机构的记录，不是对您的记录",
        en="This record is yours, about the organisers: it says nothing of you",
        **applicable(subject.root, now=now),
    )


def not_stated_yet(subject: ConductRecord, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Once, like the record: what is read beside it does not change with the reader."""
    if subject.stated_at is None:
        return None
    return Refusal("stated_already", "您已经作出说明，不能更改", "You have stated your view already")


# --- the agent -----------------------------------------------------------------------------------------------------


def record_agent_by(case: Case, *, now: datetime.datetime) -> datetime.datetime | None:
    """Five working days after the evaluation (财库〔2018〕2号)."""
    since = evaluated_at(case)
    return law.due_at(AGENT_CLOCK, since=since, **applicable(case, now=now)) if since is not None else None


def has_an_agent(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a case that the buyer runs itself."""
    if subject.agent_id is not None:
        return None
    return Refusal(
        "no_agent", "本项目由采购人自行组织，没有代理机构", "The buyer runs this case itself: there is no agent"
    )


def agent_has_done_its_work(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses before every report is signed."""
    if evaluated_at(subject) is not None:
        return None
    return refuse(
        "agent.conduct_record",
        code="evaluation_goes_on",
        zh="评审尚未结束（评审报告未签署完毕），请在评审结束后{limit}内记录",
        en="The evaluation is not over (a report is not signed yet): record within {limit} after its end",
        **applicable(subject, now=now),
    )


def agent_not_recorded_yet(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The buyer records its agent's conduct once in a case."""
    if not AgentConductRecord.objects.filter(case=subject).exists():
        return None
    return Refusal("recorded_already", "您所在单位已经记录，不能更改", "Your organisation has recorded this already")


# --- fees ----------------------------------------------------------------------------------------------------------


def payer_of(case: Case) -> Organisation:
    """集中采购机构 pays for the projects it runs, the buyer for all others."""
    agent = case.agent
    return agent if agent is not None and agent.kind == OrganisationKind.CENTRAL_AGENT else case.buyer


def pays(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses whoever does not pay the experts of this case, and names who does."""
    case = subject.committee.case
    payer = payer_of(case)
    if by.organisation_id == payer.pk:
        return None
    return refuse(
        "expert.fee",
        code="not_the_payer",
        zh="本项目评审劳务报酬由 {payer} 支付，请由该单位登记",
        en="The experts of this case are paid by {payer}, which has to enter the fee",
        payer=Written(payer.name),
        **applicable(case, now=now),
    )


def stayed(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Whoever left early without leave or was taken off gets neither fee nor travel costs (财库〔2016〕198号). Who fell
    ill, had to recuse or was dissolved did neither, and may be paid for what it did: no article says that, it is how
    the platform reads them (`expert.fee_of_the_excused`)."""
    if subject.replaced_at is None or subject.replaced_ground in BLAMELESS:
        return None
    return refuse(
        "expert.fee_forfeited",
        code="fee_forfeited",
        zh="该成员未完成评审擅自离开或者因违反纪律被更换，不得支付劳务报酬和差旅费",
        en="This member left before the evaluation was done, or broke its discipline: neither fee nor travel costs are"
        " paid",
        **applicable(subject.committee.case, now=now),
    )


@remembered
def _paid(case: Case) -> frozenset[int]:
    """The members whose fee has been entered."""
    if not may_have(case, ExpertFee):
        return frozenset()
    return frozenset(ExpertFee.objects.filter(member__committee__case=case).values_list("member_id", flat=True))


def not_paid_yet(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A member's fee is entered once."""
    if subject.pk not in _paid(subject.committee.case):
        return None
    return Refusal("paid_already", "该成员的劳务报酬已经登记", "The fee of this member has been entered already")


def standard_is_named(subject: CommitteeMember, *, now: datetime.datetime, amount: Decimal, **_: Any) -> Any:
    """A fee is above 0.00 yuan."""
    if amount:
        return None
    return Refusal("no_amount", "请填写大于零的金额", "Give an amount above zero", field="amount")
