"""Why may an intention or a plan not go on: is it complete, funded, lawful in method, fair and reviewed?"""

import datetime
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yangcai import procedures
from yangcai.funds.models import Appropriation, Fund
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.law.figures.set_aside import is_whole, set_aside
from yangcai.parties.models import Organisation
from yangcai.planning import checks
from yangcai.planning.models import BY_SHARE, Category, Intention, PlanItem, SetAside
from yangcai.planning.rules.base import YUAN, number, place, refuse
from yangcai.planning.states import PlanState, state_of

#: Rules of which works have their own number: (goods and services, works).
SURVEY = ("requirement.survey.goods_services", "requirement.survey.works")
WHOLE = ("set_aside.whole.goods_services", "set_aside.whole.works")
SHARE = ("set_aside.share", "set_aside.works_share")
SMALL_MICRO = "set_aside.small_micro"
QUOTA = ("threshold.quota.goods_services", "threshold.quota.works")


def _by_category(plan_item: PlanItem, keys: tuple[str, str]) -> str:
    return keys[plan_item.category == Category.WORKS]


# --- intentions --------------------------------------------------------------------------------------------------


def intention_within_budget(
    appropriation: Appropriation, *, by: Any, now: datetime.datetime, amount: Decimal, **data: Any
) -> Refusal | None:
    if amount <= appropriation.amount:
        return None
    return refuse(
        appropriation.buyer,
        "control.no_budget_no_procurement",
        now=now,
        code="over_budget",
        zh="意向金额 {amount} 元超过批复的预算 {budget} 元",
        en="The intention of {amount} yuan exceeds the approved budget of {budget} yuan",
        field="amount",
        amount=YUAN(amount),
        budget=YUAN(appropriation.amount),
    )


def expected_in_the_future(
    appropriation: Appropriation, *, by: Any, now: datetime.datetime, expected_on: datetime.date, **data: Any
) -> Refusal | None:
    today = timezone.localdate(now)
    if expected_on >= today:
        return None
    return refuse(
        appropriation.buyer,
        "intention.content",
        now=now,
        code="expected_in_the_past",
        zh="预计采购时间 {expected_on} 已经过去，今天是 {today}",
        en="The expected time {expected_on} has passed: today is {today}",
        field="expected_on",
        expected_on=expected_on,
        today=today,
    )


def stands(intention: Intention, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if intention.withdrawn_at is None:
        return None
    return Refusal(
        "intention_withdrawn",
        f"该意向已于 {timezone.localdate(intention.withdrawn_at)} 撤回",
        f"This intention was withdrawn on {timezone.localdate(intention.withdrawn_at)}",
    )


def no_plan_rests_on_it(intention: Intention, *, by: Any, now: datetime.datetime) -> Refusal | None:
    plan_item = intention.plan_items.filter(cancelled_at__isnull=True).first()
    if plan_item is None:
        return None
    return refuse(
        intention.appropriation.buyer,
        "intention.lead",
        now=now,
        code="intention_in_use",
        zh="采购计划“{title}”以该意向为依据，请先取消该计划",
        en="The plan “{title}” rests on this intention: cancel the plan first",
        title=Written(plan_item.title),
    )


# --- drafting ----------------------------------------------------------------------------------------------------


def amount_is_available(
    subject: Appropriation | PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    amount: Decimal,
    procedure: str,
    **data: Any,
) -> Refusal | None:
    if not spends(procedure):
        return None  # what is estimated for all who may call off is nobody's budget yet
    appropriation = subject if isinstance(subject, Appropriation) else subject.appropriation
    return _over_available(appropriation, amount, now=now)


def spends(procedure: str) -> bool:
    """Whether a plan by this method reserves money; the first stage of a framework agreement does not."""
    found = procedures.PROCEDURES.get(procedure)
    return found is None or found.spends


def available(appropriation: Appropriation) -> Decimal:
    """What is left of an appropriation, as it is now in the database (yuan)."""
    return Fund.objects.values_list("balance", flat=True).get(pk=appropriation.available_fund_id)


def _over_available(appropriation: Appropriation, amount: Decimal, *, now: datetime.datetime) -> Refusal | None:
    left = available(appropriation)
    if amount <= left:
        return None
    return refuse(
        appropriation.buyer,
        "control.no_budget_no_procurement",
        now=now,
        code="over_budget",
        zh="计划金额 {amount} 元超过该预算项目的可用余额 {available} 元（批复 {budget} 元）",
        en="The plan of {amount} yuan exceeds the {available} yuan available of this budget item ({budget} approved)",
        field="amount",
        amount=YUAN(amount),
        available=YUAN(left),
        budget=YUAN(appropriation.amount),
    )


def can_be_changed(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    return _in_state(plan_item, {PlanState.DRAFT, PlanState.RETURNED})


def is_under_review(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    return _in_state(plan_item, {PlanState.REVIEW})


def is_approved(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    return _in_state(plan_item, {PlanState.APPROVED})


def is_not_cancelled(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    return _in_state(plan_item, set(PlanState) - {PlanState.CANCELLED})


#: (Chinese, English) of each state, for sentences.
STATES = {
    PlanState.DRAFT: ("尚在起草", "is still a draft"),
    PlanState.RETURNED: ("已退回修改", "was returned"),
    PlanState.REVIEW: ("正在审核", "is under review"),
    PlanState.APPROVED: ("已审核通过", "is approved"),
    PlanState.FILED: ("已备案", "is filed"),
    PlanState.CANCELLED: ("已取消", "is cancelled"),
}


def _in_state(plan_item: PlanItem, wanted: set[PlanState]) -> Refusal | None:
    state = state_of(plan_item)
    if state in wanted:
        return None
    zh, en = STATES[state]
    return Refusal("plan_state", f"采购计划{zh}", f"The plan {en}", facts={"state": state.value})


# --- sending for review ------------------------------------------------------------------------------------------

#: What a requirement states at the least (87号令 art. 11): column, Chinese, English.
REQUIRED = (
    ("description", "技术和服务要求", "technical and service needs"),
    ("quantity", "数量", "quantity"),
    ("delivery", "交付时间和地点", "time and place of delivery"),
    ("acceptance_plan", "验收方案", "acceptance plan"),
)


def requirement_is_complete(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    for column, zh, en in REQUIRED:
        if not getattr(plan_item.requirement, column).strip():
            yield refuse(
                plan_item.buyer,
                "requirement.content",
                now=now,
                code="requirement_incomplete",
                zh="采购需求没有写明“{missing_zh}”",
                en="The requirement does not state: {missing}",
                field=column,
                missing=en,
                missing_zh=zh,
            )


def intention_is_published_or_exempt(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    intention = plan_item.intention
    if plan_item.intention_exemption.strip() or (intention is not None and intention.withdrawn_at is None):
        return None
    return refuse(
        plan_item.buyer,
        "intention.lead",
        now=now,
        code="no_intention",
        zh="没有有效的采购意向：请先公开采购意向，因不可预见的原因急需的，写明不公开的理由",
        en="No intention stands for it: publish one, or, for an unforeseeable urgent need, state the reason",
        field="intention",
    )


def market_was_surveyed(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """财库〔2021〕22号 art. 10-11: from an amount on, at least so many respondents and a summary."""
    least = number(plan_item.buyer, _by_category(plan_item, SURVEY), now=now)
    respondents = number(plan_item.buyer, "requirement.survey.respondents", now=now)
    if least is None or respondents is None or plan_item.amount < least:
        return
    requirement = plan_item.requirement
    if (requirement.survey_respondents or 0) < respondents:
        yield refuse(
            plan_item.buyer,
            "requirement.survey.respondents",
            now=now,
            code="survey_too_small",
            zh="预算 {amount} 元达到 {least} 元，需求调查对象不得少于 {limit} 家，现为 {given} 家",
            en="The budget of {amount} yuan reaches {least}: survey at least {limit} respondents, not {given}",
            field="survey_respondents",
            amount=YUAN(plan_item.amount),
            least=YUAN(least),
            given=requirement.survey_respondents or 0,
        )
    if not requirement.survey_summary.strip():
        yield refuse(
            plan_item.buyer,
            _by_category(plan_item, SURVEY),
            now=now,
            code="survey_missing",
            zh="预算达到 {limit}，应当开展需求调查并写明调查情况",
            en="From {limit} on a market survey is required: state what it found",
            field="survey_summary",
        )


def set_aside_duty_is_met(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """财库〔2020〕46号 art. 7: from the quota limit up to an amount the whole goes to small and medium enterprises,
    unless a reason is stated (art. 6). A framework agreement does not count among them (art. 6(4))."""
    if not spends(plan_item.procedure):
        return None
    most = number(plan_item.buyer, _by_category(plan_item, WHOLE), now=now)
    quota = number(plan_item.buyer, _by_category(plan_item, QUOTA), now=now)
    if most is None or (quota is not None and plan_item.amount < quota):
        return None
    if not is_whole(category=plan_item.category, budget=plan_item.amount, **place(plan_item.buyer, now=now)):
        return None
    if plan_item.set_aside == SetAside.WHOLE or plan_item.set_aside_reason.strip():
        return None
    return refuse(
        plan_item.buyer,
        _by_category(plan_item, WHOLE),
        now=now,
        code="not_set_aside",
        zh="预算 {amount} 元不超过 {limit}，适宜由中小企业提供的应当整体预留；不预留的，写明理由",
        en="The budget of {amount} yuan does not exceed {limit}: set the whole aside for small and medium enterprises,"
        " or state why not",
        field="set_aside",
        amount=YUAN(plan_item.amount),
    )


def least_shares(buyer: Organisation, *, category: str, now: datetime.datetime) -> tuple[Decimal, Decimal]:
    """The law's smallest shares: of the budget, and of that for small and micro enterprises (46号 art. 8)."""
    found = (number(buyer, key, now=now) for key in (SHARE[category == Category.WORKS], SMALL_MICRO))
    share, small_micro = (Decimal(0) if one is None else one for one in found)
    return share, small_micro


def set_aside_is_sized(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """A part that is set aside has a size; what is set aside as a whole, or not at all, has none (46号 art. 8)."""
    sized = bool(plan_item.set_aside_share)
    if sized != (plan_item.set_aside in BY_SHARE) or (plan_item.set_aside_small_micro and not sized):
        yield refuse(
            plan_item.buyer,
            "set_aside.ways",
            now=now,
            code="set_aside_not_sized",
            zh="以采购包、联合体或者合同分包预留的，写明预留比例；整体预留或者不预留的，不写",
            en="State the share where a lot, a consortium or a subcontract is set aside, and nowhere else",
            field="set_aside_share",
        )


def year_sets_enough_aside(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Of all larger suitable purchases of the buyer's year (those without a reason why not) a share is set aside, and
    of what is set aside in parts a share is for small and micro enterprises (财库〔2020〕46号 art. 8)."""
    over = number(plan_item.buyer, _by_category(plan_item, WHOLE), now=now)
    if over is None or plan_item.amount <= over or not _is_suitable(plan_item):
        return
    suitable = [one for one in _of_the_year(plan_item) if one.amount > over and _is_suitable(one)]
    total = sum((one.standing_amount for one in suitable), Decimal(0))
    aside = sum((one.standing_amount * _share(one) for one in suitable), Decimal(0))
    parts = sum((one.standing_amount * _share(one) for one in suitable if one.set_aside in BY_SHARE), Decimal(0))
    small = sum((one.standing_amount * _share(one) * one.set_aside_small_micro for one in suitable), Decimal(0))
    _least, least_small = least_shares(plan_item.buyer, category=plan_item.category, now=now)
    least = set_aside(category=plan_item.category, total=total, **place(plan_item.buyer, now=now)).reserved
    if aside < least:
        yield refuse(
            plan_item.buyer,
            _by_category(plan_item, SHARE),
            now=now,
            code="too_little_set_aside",
            zh="本年度适宜由中小企业提供、超过 {over} 元的采购合计 {total} 元，已预留 {aside} 元，"
            "不足{limit}（{least} 元）；请提高预留比例，不适宜的写明不预留的理由",
            en="The year's suitable purchases above {over} yuan come to {total}; {aside} are set aside, less than"
            " {limit} ({least}): raise the share, or state why this one is not suitable",
            field="set_aside_share",
            over=YUAN(over),
            total=YUAN(total),
            aside=YUAN(aside),
            least=YUAN(least),
        )
    if small < parts * least_small:
        yield refuse(
            plan_item.buyer,
            SMALL_MICRO,
            now=now,
            code="too_little_for_small",
            zh="按比例预留的 {parts} 元中，面向小微企业的只有 {small} 元，不足{limit}",
            en="Of {parts} yuan set aside in parts only {small} are for small and micro enterprises, less than {limit}",
            field="set_aside_small_micro",
            parts=YUAN(parts),
            small=YUAN(small),
        )


def _share(plan_item: PlanItem) -> Decimal:
    return Decimal(1) if plan_item.set_aside == SetAside.WHOLE else plan_item.set_aside_share


def _is_suitable(plan_item: PlanItem) -> bool:
    """A reason why nothing is set aside takes a purchase out of the count (art. 6)."""
    return plan_item.set_aside != SetAside.NONE or not plan_item.set_aside_reason.strip()


def _of_the_year(plan_item: PlanItem) -> list[PlanItem]:
    """This plan and those sent for review before it: the buyer's, of the same year and of the same side of the rule."""
    others = PlanItem.objects.filter(
        appropriation__buyer_id=plan_item.buyer_id,
        appropriation__fiscal_year=plan_item.appropriation.fiscal_year,
        submitted_at__isnull=False,
        cancelled_at__isnull=True,
    ).exclude(pk=plan_item.pk)
    works = plan_item.category == Category.WORKS
    return [plan_item, *(one for one in others if (one.category == Category.WORKS) == works)]


def is_funded(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Shown before the reservation is made; the reservation itself the ledger refuses (never_negative)."""
    if not spends(plan_item.procedure):
        return None
    return _over_available(plan_item.appropriation, plan_item.amount, now=now)


# --- review ------------------------------------------------------------------------------------------------------


def every_check_is_answered(
    plan_item: PlanItem, *, by: Any, now: datetime.datetime, answers: list[dict[str, Any]], **data: Any
) -> Iterator[Refusal]:
    """Each of the checklist's questions once, and a failed one with a remark."""
    given = Counter(answer["check"] for answer in answers)
    missing = [code for code in checks.codes() if not given[code]]
    twice = [code for code, count in given.items() if count > 1]
    if missing or twice:
        yield refuse(
            plan_item.buyer,
            "requirement.competition_review",
            now=now,
            code="review_incomplete",
            zh="公平竞争审查的每一项应当各答一次；未答：{missing}；重复：{twice}",
            en="Every check of the competition review is answered once; missing: {missing}; twice: {twice}",
            field="answers",
            missing=", ".join(missing) or "-",
            twice=", ".join(twice) or "-",
        )
    for answer in answers:
        if answer["answer"] == "fail" and not answer["remark"].strip():
            check = checks.check(answer["check"])
            yield Refusal(
                "remark_missing",
                f"{check.code} 未通过，请说明问题所在：{check.zh}",
                f"{check.code} is failed: say what is wrong ({check.en})",
                citation=check.citation,
                field="answers",
            )


def failed_checks_forbid_approval(
    plan_item: PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    decision: str,
    answers: list[dict[str, Any]],
    **data: Any,
) -> Iterator[Refusal]:
    if decision != "approve":
        return
    for answer in answers:
        if answer["answer"] == "fail":
            check = checks.check(answer["check"])
            yield Refusal(
                "competition_check_failed",
                f"{check.code} 未通过，不能审核通过，应当退回修改：{check.zh}",
                f"{check.code} is failed: the plan cannot be approved and goes back ({check.en})",
                citation=check.citation,
                field="decision",
            )


def return_has_a_reason(
    plan_item: PlanItem, *, by: Any, now: datetime.datetime, decision: str, reason: str, **data: Any
) -> Refusal | None:
    if decision == "approve" or reason.strip():
        return None
    return refuse(
        plan_item.buyer,
        "requirement.review",
        now=now,
        code="reason_missing",
        zh="退回采购计划应当写明理由",
        en="State the reason why the plan goes back",
        field="reason",
    )


def approval_is_funded(
    plan_item: PlanItem, *, by: Any, now: datetime.datetime, decision: str, **data: Any
) -> Refusal | None:
    return is_funded(plan_item, by=by, now=now) if decision == "approve" else None


# --- cancelling --------------------------------------------------------------------------------------------------


def no_case_leans_on_it(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A plan whose case runs, or was carried through, stays; the database refuses the release as well."""
    case = plan_item.cases.exclude(end_kind__in=["unsuccessful", "terminated"]).first()
    if case is None:
        return None
    return refuse(
        plan_item.buyer,
        "plan.before_activity",
        now=now,
        code="plan_in_use",
        zh="采购项目 {number} 依据该计划进行，计划不能取消；请先依法终止该项目。只有部分采购包废标的，"
        "请办理“解除废标采购包的预留”",
        en="Case {number} rests on this plan: end the case lawfully before the plan is cancelled. Where only some of"
        " its lots failed, use “Release unsuccessful lots”",
        number=case.number,
    )
