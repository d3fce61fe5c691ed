"""May imported products be asked for, and is the application complete? (财库〔2007〕119号)"""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone

from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Expert
from yangcai.planning.models import ImportApproval, ImportPolicy, PlanItem
from yangcai.planning.rules.base import number, refuse

RULE = "import.approval"


def no_import_application_is_open(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not plan_item.import_approvals.filter(approved_at__isnull=True, returned_at__isnull=True).exists():
        return None
    return Refusal(
        "import_application_open", "进口产品申请正在办理", "An application for imported products is under way already"
    )


def activity_is_ahead(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购活动开始前获得核准."""
    if (
        plan_item.cancelled_at is None
        and not plan_item.cases.filter(published_at__isnull=False, ended_at=None).exists()
    ):
        return None
    return refuse(
        plan_item.buyer,
        RULE,
        now=now,
        code="activity_begun",
        zh="采购活动已经开始或者计划已取消，进口产品应当在采购活动开始前核准",
        en="The activity has begun, or the plan is cancelled: imported products are approved before it begins",
    )


def found_in_library(row: Mapping[str, str], *, now: datetime.datetime) -> list[Expert]:
    """The experts of that name and employer in the library today; several where that does not tell them apart."""
    today = timezone.localdate(now)
    named = Expert.objects.filter(person__name=row["name"], employer__name=row["unit"], admitted_on__lte=today)
    return list(named.filter(Q(left_on__isnull=True) | Q(left_on__gt=today)).order_by("pk"))


def experts_are_known(
    plan_item: PlanItem, *, by: Any, now: datetime.datetime, experts: list[dict[str, str]], **data: Any
) -> Iterator[Refusal]:
    """Each is in the library, is named once, and the technical ones come from outside the buyer."""
    seen: set[tuple[str, str]] = set()
    for number_, row in enumerate(experts, start=1):
        given, found = (row["name"], row["unit"]), found_in_library(row, now=now)
        told = {"number": number_, "name": row["name"]}
        if len(found) != 1:
            yield _row(
                plan_item, "import.experts", "import_expert_unknown", now=now,
                zh="第 {number} 行：评审专家库中没有或者不能唯一确定该工作单位的“{name}”",
                en="Row {number}: the library has no {name} of that employer, or more than one", **told,
            )  # fmt: skip
        elif given in seen:
            yield _row(
                plan_item, "import.experts", "import_expert_twice", now=now,
                zh="第 {number} 行：“{name}”重复", en="Row {number}: {name} stands twice", **told,
            )  # fmt: skip
        elif found[0].employer_id == plan_item.buyer_id and not found[0].is_lawyer:
            yield _row(
                plan_item, "import.experts_outside", "import_expert_of_buyer", now=now,
                zh="第 {number} 行：“{name}”是采购人单位的人员，产品技术专家应当为本单位以外的专家",
                en="Row {number}: {name} works for the buyer; technical experts come from outside", **told,
            )  # fmt: skip
        seen.add(given)


def _row(plan_item: PlanItem, rule: str, code: str, *, now: datetime.datetime, **told: Any) -> Refusal:
    return refuse(plan_item.buyer, rule, now=now, code=code, field="experts", **told)


def opinion_is_complete(
    plan_item: PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    policy: str,
    experts: list[dict[str, str]],
    opinion: str,
    authority_opinion: str,
    **data: Any,
) -> Iterator[Refusal]:
    """Encouraged products need the policy alone; any other the opinions of the industry's authority and of experts, an
    odd number with a lawyer among them; a restricted one that of the authority for it."""
    if policy == ImportPolicy.ENCOURAGED:
        return
    least = number(plan_item.buyer, "import.experts", now=now) or 0
    lawyers = sum(any(one.is_lawyer for one in found_in_library(row, now=now)) for row in experts)
    if len(experts) < least or not len(experts) % 2:
        yield refuse(
            plan_item.buyer,
            "import.experts",
            now=now,
            code="import_experts_too_few",
            zh="进口产品应当由 {limit} 名以上单数的专家论证，现为 {given} 名",
            en="An odd number of at least {limit} experts gives the opinion on imported products, not {given}",
            field="experts",
            given=len(experts),
        )
    if lawyers < (number(plan_item.buyer, "import.lawyers", now=now) or 0):
        yield refuse(
            plan_item.buyer,
            "import.lawyers",
            now=now,
            code="import_lawyer_missing",
            zh="论证专家中应当有法律专家 {limit} 名",
            en="Among the experts must be {limit} lawyer",
            field="experts",
        )
    for field, text, zh, en in (
        ("opinion", opinion, "专家论证意见", "the experts' opinion"),
        ("authority_opinion", authority_opinion, "行业主管部门意见", "the opinion of the industry's authority"),
    ):
        if not text.strip():
            yield refuse(
                plan_item.buyer,
                RULE,
                now=now,
                code="import_papers_missing",
                zh="申请进口产品应当提交{paper}",
                en="The application lacks {paper_en}",
                field=field,
                paper=zh,
                paper_en=en,
            )


def waits_for_decision(approval: ImportApproval, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if approval.is_open:
        return None
    return Refusal("decided", "该申请已经办结", "This application is closed")


def decision_is_complete(
    approval: ImportApproval, *, by: Any, now: datetime.datetime, decision: str, number: str, reason: str, **data: Any
) -> Refusal | None:
    """An approval has its number, and what goes back has a reason."""
    missing = ("number", number) if decision == "approve" else ("reason", reason)
    if missing[1].strip():
        return None
    return refuse(
        approval.plan_item.buyer,
        RULE,
        now=now,
        code=f"{missing[0]}_missing",
        zh="核准的写明核准文号，退回的写明理由",
        en="State the number of the approval, or the reason why it goes back",
        field=missing[0],
    )
