"""May a case be opened, run by this post, or ended, and which law does it follow?"""

import datetime
from typing import Any

from django.utils import timezone

from yangcai import law, procedures
from yangcai.cases.models import Case, CaseEnd, LotOutcome
from yangcai.kernel.calendar import HorizonError
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.roles import Role
from yangcai.planning.models import MethodApproval, PlanItem
from yangcai.planning.proposal import approved_methods


def applicable(case: Case, *, now: datetime.datetime) -> dict[str, Any]:
    """The day and the jurisdiction whose law the case follows, as keywords of every `law` function."""
    return {"on": case.law_as_of or timezone.localdate(now), "jurisdiction": case.jurisdiction}


def own(case: Case, key: str) -> str:
    """The rule that stands for this one in the case's method (终止: 87号令 art. 29, 74号令 art. 23, …)."""
    return procedures.get(case.procedure).own(key)


def grounds(case: Case) -> frozenset[str]:
    """The situations on which the method was chosen: some of them let fewer bidders be enough. A case that goes by
    another method than its plan (after a failed tender) has the ground on which that method was approved."""
    item = case.plan_item
    if case.procedure == item.procedure:
        return frozenset({item.ground} - {""})
    approved = MethodApproval.objects.filter(plan_item=item, procedure=case.procedure, approved_at__isnull=False)
    return frozenset(approved.values_list("ground", flat=True))


def refuse(
    key: str, *, code: str, zh: str, en: str, on: datetime.date, jurisdiction: str, field: str = "", **facts: Any
) -> Refusal:
    """A Refusal that cites the rule, or nothing where the rule was not yet in force (old cases that are replayed)."""
    if key and law.applies(key, on=on, jurisdiction=jurisdiction):
        return law.refusal(key, code=code, zh=zh, en=en, on=on, jurisdiction=jurisdiction, field=field, **facts)
    return Refusal(code, zh.format(limit="", **facts), en.format(limit="", **facts), facts=facts, field=field)


def beyond_calendar(error: HorizonError, *, field: str = "") -> Refusal:
    return Refusal("calendar_unknown", error.zh, error.en, field=field)


# --- opening a case ------------------------------------------------------------------------------------------------


def _of_plan(plan_item: PlanItem, *, now: datetime.datetime) -> dict[str, Any]:
    return {"on": timezone.localdate(now), "jurisdiction": plan_item.buyer.jurisdiction}


def plan_is_filed(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购实施计划在采购活动开始前备案 (财库〔2021〕22号 art. 26)."""
    if subject.approved_at and subject.filed_at and not subject.cancelled_at:
        return None
    return refuse(
        "plan.before_activity",
        code="plan_not_filed",
        zh="采购计划尚未审核通过并备案，不能立项；请先完成采购计划的审核和备案",
        en="The plan is not approved and filed yet: have it reviewed and filed before a case is opened",
        **_of_plan(subject, now=now),
    )


def plan_is_funded(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """无预算不采购: the whole amount lies reserved (政府采购法 art. 6, 33)."""
    if not subject.spends or subject.reserved_fund.balance >= subject.amount:
        return None
    return refuse(
        "control.no_budget_no_procurement",
        code="not_funded",
        zh="预留资金 {reserved} 元少于采购计划金额 {amount} 元，不能立项",
        en="Only {reserved} yuan are reserved for a plan of {amount} yuan: no case can be opened",
        reserved=f"{subject.reserved_fund.balance:,.2f}",
        amount=f"{subject.amount:,.2f}",
        **_of_plan(subject, now=now),
    )


def method_is_approved(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购方式变更在采购活动开始前获得批准 (政府采购法 art. 27); the database refuses the case as well."""
    if not subject.needs_approval or subject.procedure in approved_methods(subject):
        return None
    return refuse(
        "method.approval",
        code="method_not_approved",
        zh="采购方式尚未经财政部门批准，不能开始采购活动",
        en="The treasury has not approved the method: the activity cannot begin",
        **_of_plan(subject, now=now),
    )


def begins_by_itself(plan_item: PlanItem) -> bool:
    """Whether its purchase has a document of its own: not what is called off, nor what follows other contracts."""
    method = procedures.PROCEDURES.get(plan_item.procedure)
    return method is None or not (method.draws_on or method.follows)


def has_its_own_file(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A call-off has no file of its own: its case comes about by the call-off itself (110号令 art. 32). What follows
    another purchase's contracts begins with them."""
    method = procedures.PROCEDURES.get(subject.procedure)
    if method is not None and method.follows:
        return refuse(
            method.grounds,
            code="begins_with_its_contracts",
            zh="“{method}”须从已经验收的研发合同或者公布的创新产品开始，请在该采购计划上办理，不另行立项",
            en="{method_en} begins with accepted research contracts or an announced product: do so on this plan",
            method=method.zh,
            method_en=method.en,
            **_of_plan(subject, now=now),
        )
    if method is None or not method.draws_on:
        return None
    return refuse(
        method.grounds,
        code="call_off_instead",
        zh="按框架协议成交的，不另行立项编制采购文件；请在该采购计划上办理“{method}”",
        en="What is called off under a framework agreement has no file of its own: use “{method_en}” on this plan",
        method=method.zh,
        method_en=method.en,
        **_of_plan(subject, now=now),
    )


def intention_is_old_enough(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购意向原则上早于采购活动开始 30 日公开, unless unforeseeable (财库〔2020〕10号)."""
    return intention_refusal(subject, now=now, **_of_plan(subject, now=now))


def intention_refusal(
    plan_item: PlanItem, *, now: datetime.datetime, on: datetime.date, jurisdiction: str
) -> Refusal | None:
    if plan_item.intention_exemption or not law.applies("intention.lead", on=on, jurisdiction=jurisdiction):
        return None
    intention = plan_item.intention
    if intention is None or intention.withdrawn_at:
        return refuse(
            "intention.lead",
            code="no_intention",
            zh="尚未公开采购意向；应当提前{limit}公开，不可预见的急需项目须在采购计划中写明理由",
            en="No intention has been published; it must precede the procurement by {limit}, or the plan must state"
            " why the need could not be foreseen",
            on=on,
            jurisdiction=jurisdiction,
        )
    try:
        earliest = law.due("C01", start=intention.published_at, on=on, jurisdiction=jurisdiction)
    except HorizonError as error:
        return beyond_calendar(error)
    if now >= earliest:
        return None
    return refuse(
        "intention.lead",
        code="intention_too_recent",
        zh="采购意向于 {published} 公开，未满{limit}；最早可于 {earliest} 开始采购活动",
        en="The intention was published on {published}, less than {limit} ago; the procurement may begin on {earliest}",
        published=timezone.localdate(intention.published_at),
        earliest=timezone.localdate(earliest),
        on=on,
        jurisdiction=jurisdiction,
    )


def has_no_case(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    last = Case.objects.filter(plan_item=subject).order_by("-pk").first()
    if last is None:
        return None
    if last.end_kind in {CaseEnd.UNSUCCESSFUL, CaseEnd.TERMINATED}:
        if not begins_by_itself(subject):
            return None  # it is called off, or begun, anew on the plan: has_its_own_file says how
        return refuse(
            "evaluation.retender",
            code="retender_instead",
            zh="该采购计划的项目 {number} 已废标或终止；请在该项目上办理“重新采购”",
            en="Case {number} of this plan has failed or was terminated: use “procure again” on that case",
            number=last.number,
            **_of_plan(subject, now=now),
        )
    return Refusal(
        "case_exists",
        f"该采购计划已立项：{last.number}",
        f"This plan has its case already: {last.number}",
        facts={"number": last.number},
    )


def ceiling_within(subject: PlanItem, *, now: datetime.datetime, ceiling: Any, **_: Any) -> Refusal | None:
    """最高限价不得超过预算 (87号令 art. 12)."""
    if ceiling is None or ceiling <= subject.amount:
        return None
    return refuse(
        "solicitation.ceiling",
        code="ceiling_above_budget",
        zh="最高限价不得超过预算金额 {budget} 元",
        en="The ceiling may not exceed the budget of {budget} yuan",
        field="ceiling",
        budget=f"{subject.amount:,.2f}",
        **_of_plan(subject, now=now),
    )


# --- running a case ------------------------------------------------------------------------------------------------


def runs_the_case(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Whoever was entrusted runs the case: the agent where there is one, else the buyer (政府采购法 art. 20)."""
    case = subject.root
    if by.role != Role.BUYER_OFFICER or case.agent_id is None:
        return None
    return refuse(
        "agent.agreement",
        code="agent_runs_the_case",
        zh="本项目已委托 {agent} 代理，由其办理本事项",
        en="{agent} was entrusted with this case and does this",
        agent=Written(case.agent.name),
        **applicable(case, now=now),
    )


def through_the_central_agent(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购纳入集中采购目录的项目，应当委托集中采购机构代理采购 (政府采购法 art. 18): no other agent, nor the buyer."""
    return _central(subject, subject.agent, now=now)


def entrusts_the_central_agent(
    subject: Case, *, now: datetime.datetime, agent: Organisation | None, **_: Any
) -> Refusal | None:
    """The same, of the agent that is to be appointed."""
    return _central(subject, agent, now=now, field="agent")


def _central(case: Case, agent: Organisation | None, *, now: datetime.datetime, field: str = "") -> Refusal | None:
    if procedures.get(case.procedure).draws_on:
        return None  # the centralised agency has called for the framework (财政部令第110号 art. 5)
    if not case.plan_item.in_catalogue or (agent is not None and agent.kind == OrganisationKind.CENTRAL_AGENT):
        return None
    return refuse(
        "method.central_agent",
        code="not_the_central_agent",
        zh="采购品目在集中采购目录以内，应当委托集中采购机构代理采购",
        en="This is a catalogue item: the centralised agency has to be entrusted with it",
        field=field,
        **applicable(case, now=now),
    )


def runner(case: Case) -> tuple[str, int]:
    """(role, organisation) of whoever runs the case, for tasks."""
    return (Role.AGENT, case.agent_id) if case.agent_id else (Role.BUYER_OFFICER, case.buyer_id)


def is_live(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.root.ended_at is None:
        return None
    return Refusal("case_ended", "该项目已经结束", "This case has ended")


def nothing_awarded(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A case with a winner cannot be ended one-sidedly (政府采购法 art. 46)."""
    decided = subject.lots.filter(outcome=LotOutcome.AWARDED) if not subject.plan_item.spends else ()
    if not decided and all(award.refused_at is not None for award in subject.every_award()):
        return None
    return refuse(
        own(subject, "termination.reason"),
        code="already_awarded",
        zh="已有采购包确定中标供应商，不能终止整个项目；尚未定标的采购包符合法定情形的，可以办理废标",
        en="A lot has its winner: the case as a whole cannot be terminated. A lot without one can be declared"
        " unsuccessful on a lawful ground",
        **applicable(subject, now=now),
    )
