"""Why may a purchase not go by this method: is it lawful, on a ground, with a reason, and approved where it must be?"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from yangcai import law, procedures
from yangcai.funds.models import Appropriation
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Organisation
from yangcai.planning import proposal
from yangcai.planning.models import MethodApproval, PlanItem, Publicity
from yangcai.planning.rules.base import refuse
from yangcai.planning.states import PlanState, state_of
from yangcai.procedures import grounds
from yangcai.procedures.choice import Answer

#: What a draft may still lack; it is asked for when the plan is sent for review.
ASKED_LATER = frozenset({"no_ground", "original_amount_missing"})


def _buyer(subject: Appropriation | PlanItem) -> Organisation:
    return subject.buyer


def _ground_of_another_method(
    buyer: Organisation, *, now: datetime.datetime, procedure: str, ground: str
) -> Refusal | None:
    """A ground that does not open the method chosen, with what it does open."""
    if not ground or procedure in grounds.get(ground).methods:
        return None
    method, found = procedures.get(procedure), grounds.get(ground)
    opened = [procedures.get(code) for code in found.methods if code in procedures.PROCEDURES]
    return refuse(
        buyer,
        found.key,
        now=now,
        code="ground_of_another_method",
        zh="“{ground}”不是采用“{method}”的情形，它适用于：{opened}",
        en="This is no ground for {method_en}, it opens: {opened_en} ({ground_en})",
        field="ground",
        ground=found.zh,
        ground_en=found.en,
        method=method.zh,
        method_en=method.en,
        opened="、".join(one.zh for one in opened) or "平台尚无的方式",
        opened_en=", ".join(one.en for one in opened) or "a method that the platform has not yet",
    )


def method_is_possible(
    subject: Appropriation | PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    procedure: str,
    ground: str,
    category: str,
    amount: Any,
    in_catalogue: bool,
    original_amount: Any,
    **data: Any,
) -> Iterator[Refusal]:
    """Where the method is entered: what can never be lawful is said at once, what a draft still lacks later."""
    buyer = _buyer(subject)
    if wrong := _ground_of_another_method(buyer, now=now, procedure=procedure, ground=ground):
        yield wrong
        return
    verdict = proposal.of_facts(
        buyer,
        now=now,
        ground=ground,
        category=category,
        amount=amount,
        in_catalogue=in_catalogue,
        original_amount=original_amount,
        methods=[procedures.get(procedure)],
    ).of(procedure)
    if verdict.answer is Answer.UNLAWFUL:
        yield from (reason.refusal for reason in verdict.reasons if reason.code not in ASKED_LATER)


def method_is_lawful(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """When the plan is sent for review: lawful, on a stated ground with its reason, and approved where it must be."""
    procedure = procedures.PROCEDURES.get(plan_item.procedure)
    if procedure is None:
        yield Refusal(
            "procedure_unknown",
            f"平台没有这种采购方式：{plan_item.procedure}",
            f"The platform knows no such method: {plan_item.procedure}",
            field="procedure",
        )
        return
    wrong = _ground_of_another_method(plan_item.buyer, now=now, procedure=procedure.code, ground=plan_item.ground)
    if wrong is not None:
        yield wrong
        return
    verdict = proposal.of_plan(plan_item, now=now).of(procedure.code)
    if verdict.answer is not Answer.OPEN:
        yield from (reason.refusal for reason in verdict.reasons)
    if grounds.of_method(procedure.code) and not plan_item.method_reason.strip():
        yield refuse(
            plan_item.buyer,
            "method.reason_recorded",
            now=now,
            code="method_reason_missing",
            zh="采用“{method}”应当写明理由，并记入采购活动记录",
            en="State the reason for {method_en}: it goes into the record of the purchase",
            field="method_reason",
            method=procedure.zh,
            method_en=procedure.en,
        )


def needs_approval(plan_item: PlanItem, *, now: datetime.datetime) -> bool:
    """Whether the method of the plan needs the treasury's approval, given or not."""
    return proposal.of_plan(plan_item, now=now, with_approvals=False).of(plan_item.procedure).answer is Answer.APPROVAL


# --- applying for another method -----------------------------------------------------------------------------------


def _tender_ended_without_result(plan_item: PlanItem) -> bool:
    last = plan_item.cases.order_by("-pk").first()
    return last is not None and last.end_kind in {"unsuccessful", "terminated"}


def activity_has_not_begun(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购活动开始前 (政府采购法 art. 27): while the plan is drafted, or after its case ended without a result."""
    state = state_of(plan_item)
    if state in {PlanState.DRAFT, PlanState.RETURNED} or (
        state is PlanState.FILED and _tender_ended_without_result(plan_item)
    ):
        return None
    return refuse(
        plan_item.buyer,
        "method.approval",
        now=now,
        code="activity_begun",
        zh="采购方式变更应当在采购活动开始前申请：计划起草、退回时，或者前次采购废标、终止之后",
        en="Another method is asked for before the activity: while the plan is drafted, or after its case failed",
    )


def no_application_is_open(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    found = next((one for one in proposal.approvals(plan_item) if one.is_open), None)
    if found is None:
        return None
    return Refusal(
        "application_open",
        f"{timezone.localdate(found.applied_at)} 的申请尚未办结，如需改变请先撤回",
        f"The application of {timezone.localdate(found.applied_at)} is still open: withdraw it to change it",
    )


def asked_as_planned(
    plan_item: PlanItem, *, by: Any, now: datetime.datetime, procedure: str, ground: str, **data: Any
) -> Refusal | None:
    """A draft and its application speak of the same method; only after a failed tender may they differ."""
    if state_of(plan_item) is PlanState.FILED or (procedure, ground) == (plan_item.procedure, plan_item.ground):
        return None
    return refuse(
        plan_item.buyer,
        "method.application",
        now=now,
        code="not_as_planned",
        zh="申请的采购方式和情形与采购计划不一致，请先修改采购计划",
        en="Method and ground differ from the plan: revise the plan first",
        field="procedure",
    )


def approval_is_needed(
    plan_item: PlanItem, *, by: Any, now: datetime.datetime, procedure: str, ground: str, **data: Any
) -> Iterator[Refusal]:
    """Only for what is lawful with approval and not without."""
    if wrong := _ground_of_another_method(plan_item.buyer, now=now, procedure=procedure, ground=ground):
        yield wrong
        return
    verdict = proposal.of_plan(plan_item, now=now, grounds=[ground], with_approvals=False).of(procedure)
    if verdict.answer is Answer.UNLAWFUL:
        yield from (reason.refusal for reason in verdict.reasons)
    elif verdict.answer is Answer.OPEN:
        yield refuse(
            plan_item.buyer,
            "method.approval",
            now=now,
            code="approval_not_needed",
            zh="该项目采用“{method}”不需要财政部门批准",
            en="{method_en} needs no approval of the treasury for this purchase",
            field="procedure",
            method=verdict.procedure.zh,
            method_en=verdict.procedure.en,
        )


#: What a failed tender adds to the papers (74号令 art. 28): column, Chinese, English.
AFTER_TENDER = (
    ("tender_notice", "在省级以上指定媒体发布招标公告的证明", "the proof of the tender notice"),
    ("objections_statement", "对招标文件和招标过程是否有质疑及其处理情况的说明", "the statement on objections"),
    ("opinion", "招标文件没有不合理条款的论证意见", "the opinion that the tender file has no unreasonable clause"),
)


def papers_are_complete(
    plan_item: PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    ground: str,
    opinion_experts: int | None,
    **data: Any,
) -> Iterator[Refusal]:
    """74号令 art. 28: what is added to the application after a failed tender."""
    key = grounds.get(ground).papers
    if not key:
        return
    for column, zh, en in AFTER_TENDER:
        if not str(data.get(column) or "").strip():
            yield refuse(
                plan_item.buyer,
                "method.papers_after_tender",
                now=now,
                code="paper_missing",
                zh="招标失败后申请变更采购方式，还应当提交{paper}",
                en="After a failed tender the application also holds {paper_en}",
                field=column,
                paper=zh,
                paper_en=en,
            )
    place: dict[str, Any] = {"on": timezone.localdate(now), "jurisdiction": plan_item.buyer.jurisdiction}
    least = law.find("method.opinion_after_tender", **place)
    if least is not None and (opinion_experts or 0) < least.value:
        yield refuse(
            plan_item.buyer,
            "method.opinion_after_tender",
            now=now,
            code="too_few_experts",
            zh="论证意见应当由评标委员会或者 {limit} 名以上评审专家出具，现为 {given} 名",
            en="The opinion comes from the tender committee or {limit} experts or more, not {given}",
            field="opinion_experts",
            given=opinion_experts or 0,
        )


def publicity_is_over(
    plan_item: PlanItem, *, by: Any, now: datetime.datetime, ground: str, **data: Any
) -> Iterator[Refusal]:
    """74号令 art. 38-40: a single source is publicised before approval is asked for, and objections are answered."""
    key = grounds.get(ground).publicity
    if not key:
        return
    found = proposal.last_publicity(plan_item)
    if found is None:
        yield refuse(
            plan_item.buyer,
            "single_source.publicity",
            now=now,
            code="not_publicised",
            zh="申请前应当先进行单一来源公示，公示期不得少于{limit}",
            en="A single source is publicised for {limit} or more before approval is asked for",
        )
    else:
        yield from outcome_of_publicity(found, now=now)


def outcome_of_publicity(found: Publicity, *, now: datetime.datetime) -> Iterator[Refusal]:
    """Why the purchase does not go on by this publicity: it runs, objections wait, or one of them was right."""
    buyer = found.buyer
    if now < found.closes_at:
        yield refuse(
            buyer,
            "single_source.publicity",
            now=now,
            code="publicity_runs",
            zh="单一来源公示到 {last} 结束（不少于{limit}），期满后方可继续办理",
            en="The publicity runs until {last} ({limit} or more): go on after it",
            last=last_day(found.closes_at),
        )
    elif found.objections.exists() and found.concluded_at is None:
        yield refuse(
            buyer,
            "single_source.outcome",
            now=now,
            code="objections_open",
            zh="公示收到 {count} 件异议，应当先组织补充论证并告知提出异议者",
            en="{count} objections came in: reason anew and tell the objectors first",
            count=found.objections.count(),
        )
    elif found.is_upheld:
        yield refuse(
            buyer,
            "single_source.outcome",
            now=now,
            code="objection_upheld",
            zh="补充论证认为异议成立，应当依法采取其他采购方式",
            en="An objection was found to be right: take another method",
            field="procedure",
        )


def last_day(closes_at: datetime.datetime) -> datetime.date:
    """The day at whose 24:00 a period ends."""
    return timezone.localdate(closes_at - datetime.timedelta(microseconds=1))


# --- consent and approval --------------------------------------------------------------------------------------------


def waits_for_consent(approval: MethodApproval, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if approval.awaits_consent:
        return None
    return refuse(
        approval.plan_item.buyer,
        "method.consent",
        now=now,
        code="no_consent_awaited",
        zh="该申请不在等待主管预算单位同意",
        en="This application does not wait for the main budget unit's consent",
    )


def is_the_main_budget_unit(approval: MethodApproval, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The unit above the buyer consents, never the buyer itself (74号令 art. 4)."""
    if approval.consent_by_id == by.organisation_id:
        return None
    return refuse(
        approval.plan_item.buyer,
        "method.consent",
        now=now,
        code="not_the_main_budget_unit",
        zh="由主管预算单位“{unit}”审核",
        en="The main budget unit decides: {unit}",
        unit=Written(approval.consent_by.name) if approval.consent_by else "",
    )


def waits_for_the_treasury(approval: MethodApproval, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if approval.is_open and not approval.awaits_consent:
        return None
    key, code = ("method.consent", "consent_missing") if approval.awaits_consent else ("method.approval", "decided")
    return refuse(
        approval.plan_item.buyer,
        key,
        now=now,
        code=code,
        zh="尚待主管预算单位同意" if approval.awaits_consent else "该申请已经办结",
        en="The main budget unit has not consented yet" if approval.awaits_consent else "This application is closed",
    )


def no_case_runs(approval: MethodApproval, *, by: Any, now: datetime.datetime) -> Refusal | None:
    case = approval.plan_item.cases.filter(ended_at__isnull=True).first()
    if case is None:
        return None
    return refuse(
        approval.plan_item.buyer,
        "method.approval",
        now=now,
        code="activity_begun",
        zh="采购项目 {number} 正在进行，采购方式只能在采购活动开始前批准",
        en="Case {number} runs: a method is approved only before the activity begins",
        number=case.number,
    )


def is_still_open(approval: MethodApproval, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if approval.is_open:
        return None
    return Refusal("decided", "该申请已经办结", "This application is closed")


def return_has_a_reason(
    approval: MethodApproval, *, by: Any, now: datetime.datetime, decision: str, reason: str, **data: Any
) -> Refusal | None:
    if decision != "return" or reason.strip():
        return None
    return refuse(
        approval.plan_item.buyer,
        "method.application",
        now=now,
        code="reason_missing",
        zh="退回申请应当写明理由",
        en="State the reason why the application goes back",
        field="reason",
    )


def approval_has_its_number(
    approval: MethodApproval, *, by: Any, now: datetime.datetime, decision: str, number: str, **data: Any
) -> Refusal | None:
    if decision != "approve" or number.strip():
        return None
    return refuse(
        approval.plan_item.buyer,
        "method.approval",
        now=now,
        code="number_missing",
        zh="批准采购方式变更应当写明批复文号",
        en="State the number of the approval",
        field="number",
    )
