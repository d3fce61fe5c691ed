"""Does a plan repeat others: is it split to evade open tender, or bought twice? The arithmetic is shown.

A hit starts a review and is no finding (law.md 0.3 no. 7): the plan needs a stated reason, and its reviewer judges it.
While it is a draft itself, its author is warned of the unit's other drafts too: nothing is held against anybody yet.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yangcai.kernel.refusals import Refusal, in_chinese
from yangcai.law.figures.splitting import OPEN_TENDER, Purchase, splitting
from yangcai.planning.models import Category, PlanItem, RepeatException
from yangcai.planning.rules.base import YUAN, number, refuse

QUARTERS = ((1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12))


@dataclass(frozen=True)
class Part:
    """One purchase that is compared: yuan, the day on which it starts, its method."""

    title: str
    amount: Decimal
    start_on: datetime.date
    procedure: str
    approved: bool = False
    adjusted: bool = False
    is_draft: bool = False

    @property
    def counts(self) -> bool:
        """Whether 条例 art. 28 adds it up."""
        return self.procedure != OPEN_TENDER and not self.approved and not self.adjusted


@dataclass(frozen=True)
class Repeat:
    """What was found. `total` and `threshold` in yuan for a sum, None for a double."""

    code: str
    rule: str
    parts: tuple[Part, ...]
    zh: str
    en: str
    total: Decimal | None = None
    threshold: Decimal | None = None

    @property
    def text(self) -> str:
        return self.zh if in_chinese() else self.en


#: Purchases that are no plan items and count nevertheless: an app above registers its own (orders of the mall), as a
#: function of the plan that is compared.
FURTHER: list[Callable[[PlanItem], Iterable[Part]]] = []


def _part(plan_item: PlanItem) -> Part:
    return Part(
        title=plan_item.title,
        amount=plan_item.standing_amount,  # what failed lots gave back is counted where it is procured again
        start_on=plan_item.start_on,
        procedure=plan_item.procedure,
        approved=any(
            one.approved_at and one.procedure == plan_item.procedure for one in plan_item.method_approvals.all()
        ),
        adjusted=bool(plan_item.repeat_accepted_at and plan_item.repeat_exception == RepeatException.BUDGET_ADJUSTMENT),
        is_draft=plan_item.submitted_at is None,
    )


def _others(plan_item: PlanItem, *, drafts: bool) -> list[PlanItem]:
    """The buyer's other plans of the year that were sent for review and not cancelled, in their order; after them,
    where they are asked for, those that are still drafts."""
    appropriation = plan_item.appropriation
    found = PlanItem.objects.filter(
        appropriation__buyer_id=appropriation.buyer_id,
        appropriation__fiscal_year=appropriation.fiscal_year,
        cancelled_at__isnull=True,
    )
    return list(
        (found if drafts else found.filter(submitted_at__isnull=False))
        .exclude(pk=plan_item.pk)
        .select_related("appropriation")
        .prefetch_related("method_approvals")
        .order_by("submitted_at", "pk")
    )


def is_same_item(one: str, other: str) -> bool:
    """同一品目或者类别 (条例 art. 28): the same item of the catalogue, or one is the class that holds the other."""
    if not one or not other:
        return one == other
    return one.startswith(other) or other.startswith(one)


def _split(plan_item: PlanItem, others: list[PlanItem], *, now: datetime.datetime) -> Repeat | None:
    """条例 art. 28: one budget item, one catalogue item, by other methods than open tender, more than the threshold."""
    threshold = number(plan_item.buyer, "threshold.open_tender", now=now)
    this = _part(plan_item)
    if threshold is None or plan_item.category == Category.WORKS or not this.counts:
        return None
    found = [
        _part(other)
        for other in others
        if other.appropriation.code == plan_item.appropriation.code
        and other.category != Category.WORKS
        and is_same_item(other.classification, plan_item.classification)
    ]
    found += [part for source in FURTHER for part in source(plan_item)]
    parts = (*(part for part in found if part.counts), this)
    result = splitting(
        purchases=[Purchase(part.amount, part.procedure, part.approved, part.adjusted) for part in parts],
        threshold=threshold,
    )
    if not result.exceeds or len(parts) == 1:
        return None
    sums = " + ".join(YUAN(part.amount) for part in parts)
    drafts, drafts_en = _drafts(parts[:-1])
    return Repeat(
        code="split_purchase",
        rule=result.rule,
        parts=parts,
        zh=f"本年度同一预算项目、同一品目以公开招标以外的方式采购 {len(parts)} 次{drafts}："
        f"{sums} = {YUAN(result.counted)} 元，超过公开招标数额标准 {YUAN(threshold)} 元，涉嫌化整为零",
        en=f"{len(parts)} purchases of one catalogue item under one budget item this year by methods other than open"
        f" tender{drafts_en}: {sums} = {YUAN(result.counted)} yuan, above the open-tender threshold of"
        f" {YUAN(threshold)}",
        total=result.counted,
        threshold=threshold,
    )


def _drafts(others: Iterable[Part]) -> tuple[str, str]:
    """How many of the other purchases are still drafts, in brackets; nothing where none is."""
    count = sum(one.is_draft for one in others)
    return (f"（其中 {count} 项为尚未送审的草稿）", f" ({count} of them still drafts)") if count else ("", "")


def _quarter(day: datetime.date) -> tuple[int, int]:
    return day.year, next(n for n, months in enumerate(QUARTERS) if day.month in months)


def _renewed(one: PlanItem, other: PlanItem) -> bool:
    """Whether the one procures failed lots of the other again, or both do of a third: each lot is bought once."""
    return one.renews_id == other.pk or other.renews_id == one.pk or (one.renews_id or 0) == other.renews_id


def _double(plan_item: PlanItem, others: list[PlanItem]) -> Repeat | None:
    """The same unit plans the same catalogue item in the same quarter, under the same name or for the same sum."""
    found = [
        _part(other)
        for other in others
        if plan_item.classification
        and other.classification == plan_item.classification
        and _quarter(other.start_on) == _quarter(plan_item.start_on)
        and (other.title.strip() == plan_item.title.strip() or other.amount == plan_item.amount)
        and not _renewed(other, plan_item)
    ]
    if not found:
        return None
    drafts, drafts_en = _drafts(found)
    listed = "；".join(f"“{part.title}” {YUAN(part.amount)} 元，{part.start_on}" for part in found)
    listed_en = "; ".join(f"“{part.title}” {YUAN(part.amount)} yuan, {part.start_on}" for part in found)
    return Repeat(
        code="duplicate_purchase",
        rule="plan.filed",
        parts=(*found, _part(plan_item)),
        zh=f"同一季度已有同一品目、名称或者金额相同的采购计划 {len(found)} 项{drafts}：{listed}；"
        f"本计划 {YUAN(plan_item.amount)} 元，{plan_item.start_on}，可能重复采购",
        en=f"{len(found)} plans of the same quarter have the same catalogue item and the same name or sum{drafts_en}:"
        f" {listed_en}; this plan {YUAN(plan_item.amount)} yuan, {plan_item.start_on}: perhaps bought twice",
    )


def repeats(plan_item: PlanItem, *, drafts: bool = False, now: datetime.datetime) -> list[Repeat]:
    """What the plan repeats, as the plans stand now: suspicion of splitting, suspicion of a double. `drafts`: of those
    that nobody has sent for review yet, too."""
    others = _others(plan_item, drafts=drafts)
    return [found for found in (_split(plan_item, others, now=now), _double(plan_item, others)) if found]


#: How a hit can be mended, and the article of what is allowed.
MEND = {
    "split_purchase": (
        "；请合并后公开招标，或者先取得批准，或者选定情形并写明理由，由审核人判断",
        ": put them together in one open tender, have the method approved first, or choose an exception and state the"
        " reason, which the reviewer judges",
    ),
    "duplicate_purchase": (
        "；请取消其中一项，或者选定情形并写明理由，由审核人判断",
        ": cancel one of them, or choose an exception and state the reason, which the reviewer judges",
    ),
}


def repeats_are_explained(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """A plan that repeats others is sent for review only with an exception and its reason (条例 art. 28)."""
    if plan_item.repeat_exception and plan_item.repeat_reason.strip():
        return
    for found in repeats(plan_item, now=now):
        zh, en = MEND[found.code]
        yield refuse(
            plan_item.buyer,
            found.rule,
            now=now,
            code=found.code,
            zh="{found}{mend}",
            en="{found_en}{mend_en}",
            found=found.zh,
            found_en=found.en,
            mend=zh,
            mend_en=en,
            field="repeat_reason",
        )


def repeats_are_judged(
    plan_item: PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    decision: str,
    repeat_decision: str,
    repeat_opinion: str,
    **data: Any,
) -> Iterator[Refusal]:
    """The reviewer says whether the stated reason holds, and why; without that the plan is not approved."""
    if decision != "approve":
        return
    for found in repeats(plan_item, now=now):
        if repeat_decision == "accept" and repeat_opinion.strip():
            continue
        if repeat_decision == "reject":
            code, field, zh, en = (
                "repeat_rejected",
                "decision",
                "重复采购的理由不成立，不能审核通过，应当退回修改",
                "The reason for the repetition does not hold: the plan goes back",
            )
        else:
            code, field, zh, en = (
                "repeat_not_judged",
                "repeat_opinion" if repeat_decision else "repeat_decision",
                "审核人应当判断重复采购的理由是否成立，并写明意见",
                "The reviewer says whether the reason for the repetition holds, and why",
            )
        yield refuse(
            plan_item.buyer,
            "splitting.exempt" if found.code == "split_purchase" else found.rule,
            now=now,
            code=code,
            zh="{found}。{judgement}",
            en="{found_en}. {judgement_en}",
            found=found.zh,
            found_en=found.en,
            judgement=zh,
            judgement_en=en,
            field=field,
        )
