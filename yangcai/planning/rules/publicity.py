"""Why may a single source not be publicised, objected to or concluded (74号令 art. 38-40)?"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from yangcai.kernel.calendar import HorizonError
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.planning import proposal
from yangcai.planning.models import PlanItem, Publicity
from yangcai.planning.rules import method
from yangcai.planning.rules.base import refuse
from yangcai.planning.rules.method import last_day
from yangcai.planning.states import PlanState, state_of
from yangcai.procedures import engine, grounds


def is_a_duty(plan_item: PlanItem, *, now: datetime.datetime) -> bool:
    """Goods and services from the open-tender threshold on must be publicised (条例 art. 38). No article forbids a
    smaller purchase, or works, to be publicised as well: that the buyer may choose, and is held to it."""
    threshold = proposal.of_plan(plan_item, now=now).open_tender
    return threshold is not None and plan_item.purchase_amount >= threshold.value


def a_single_source_is_planned(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Only the ground of the sole supplier is publicised (74号令 art. 38); after a failed tender any plan of an amount
    that needs approval may."""
    ground = grounds.GROUNDS.get(plan_item.ground)
    if ground is not None and ground.publicity:
        return None
    if state_of(plan_item) is PlanState.FILED and is_a_duty(plan_item, now=now):
        return None
    return refuse(
        plan_item.buyer,
        "single_source.publicity",
        now=now,
        code="no_single_source",
        zh="采购计划没有选择只能从唯一供应商处采购的情形，不需要单一来源公示",
        en="The plan does not say that there is only one supplier: no publicity is needed",
    )


def no_objection_was_upheld(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """异议成立的，依法采取其他采购方式 (74号令 art. 40): a second publicity does not bring the ground back."""
    if not Publicity.objects.filter(plan_item=plan_item, is_upheld=True).exists():
        return None
    return refuse(
        plan_item.buyer,
        "single_source.outcome",
        now=now,
        code="objection_upheld",
        zh="补充论证认为异议成立，应当依法采取其他采购方式，不能再次公示",
        en="An objection was found to be right: take another method, a second publicity does not help",
    )


def publicity_has_its_outcome(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Whether it was a duty or the buyer's own choice: what was publicised is waited for, and an objection that was
    upheld ends the single source (74号令 art. 39-40)."""
    yield from outcome_under(plan_item.ground, plan_item, now=now)


def outcome_under(code: str, plan_item: PlanItem, *, now: datetime.datetime) -> Iterator[Refusal]:
    """The same, of a purchase by the ground of this code: that of the plan, or of a method approved since."""
    ground = grounds.GROUNDS.get(code)
    found = proposal.last_publicity(plan_item)
    if found is not None and ground is not None and ground.publicity:
        yield from method.outcome_of_publicity(found, now=now)


def the_last_one_is_over(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Its period has ended and its objections were answered: a second publicity does not bury them (art. 40)."""
    found = proposal.last_publicity(plan_item)
    if found is None:
        return
    if now < found.closes_at:
        yield Refusal(
            "publicity_runs",
            f"单一来源公示正在进行，到 {last_day(found.closes_at)} 结束",
            f"A publicity runs until {last_day(found.closes_at)}",
        )
    elif found.concluded_at is None:
        yield from method.outcome_of_publicity(found, now=now)


def long_enough(
    plan_item: PlanItem, *, by: Any, now: datetime.datetime, closes_on: datetime.date | None, **data: Any
) -> Refusal | None:
    if closes_on is None:
        return None
    today = timezone.localdate(now)
    try:
        return engine.too_short(
            "single_source.publicity",
            opens=today,
            closes=closes_on,
            code="publicity_too_short",
            on=today,
            jurisdiction=plan_item.buyer.jurisdiction,
            field="closes_on",
        )
    except HorizonError as error:
        return Refusal("calendar_unknown", error.zh, error.en, field="closes_on")


def is_open_to_objections(publicity: Publicity, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """任何供应商、单位或者个人, within the period (74号令 art. 39)."""
    if publicity.opens_at <= now < publicity.closes_at:
        return None
    return refuse(
        publicity.buyer,
        "single_source.objection",
        now=now,
        code="publicity_over",
        zh="公示期已于 {last} 结束，异议应当在公示期内提出",
        en="The publicity ended on {last}: objections are raised within it",
        last=last_day(publicity.closes_at),
    )


def is_the_buyers_own(publicity: Publicity, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if publicity.plan_item.buyer_id == by.organisation_id:
        return None
    return refuse(
        publicity.buyer,
        "single_source.outcome",
        now=now,
        code="not_the_buyer",
        zh="由采购人“{name}”组织补充论证",
        en="The buyer reasons anew: {name}",
        name=Written(publicity.buyer.name),
    )


def objections_wait(publicity: Publicity, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """After the period, when there are objections and no outcome yet (74号令 art. 40)."""
    if now < publicity.closes_at:
        zh = f"公示期到 {last_day(publicity.closes_at)} 结束，期满后组织补充论证"
        en = f"The publicity runs until {last_day(publicity.closes_at)}: reason anew after it"
        code = "publicity_runs"
    elif publicity.concluded_at is not None:
        code, zh, en = "already_concluded", "补充论证已经完成", "The reasoning is done"
    elif not publicity.objections.exists():
        code, zh, en = (
            "no_objections",
            "公示期内没有收到异议，不需要补充论证",
            "No objection came in: nothing to answer",
        )
    else:
        return None
    return refuse(publicity.buyer, "single_source.outcome", now=now, code=code, zh=zh, en=en)
