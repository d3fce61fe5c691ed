"""May a contract go outside the entrants, because somebody sells the same goods cheaper (110号令 art. 37)?"""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yangcai import procedures
from yangcai.cases.rules import applicable, refuse
from yangcai.credit.queries import may_take_part
from yangcai.frameworks import consortium, standing
from yangcai.frameworks.models import Entrant, OutsideOffer, Way
from yangcai.frameworks.rules import agreement
from yangcai.frameworks.rules import call_off as call_offs
from yangcai.kernel import calendar, money
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Organisation
from yangcai.planning.models import Category, PlanItem


def _on(plan_item: PlanItem, *, now: datetime.datetime) -> dict[str, Any]:
    return {"on": timezone.localdate(now), "jurisdiction": plan_item.buyer.jurisdiction}


# --- proving it ----------------------------------------------------------------------------------------------------


def is_a_call_off_of_goods(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """相同货物: the plan is called off under agreements, and what it buys are goods."""
    method = procedures.PROCEDURES.get(subject.procedure)
    if method is not None and method.draws_on and subject.category == Category.GOODS:
        return None
    return refuse(
        "framework.outside",
        code="no_goods_to_call_off",
        zh="只有按框架协议采购货物的采购计划，可以按更低价格授予非入围供应商",
        en="Only a plan that calls off goods under an agreement can go outside the entrants at a lower price",
        **_on(subject, now=now),
    )


def none_waits(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    waiting = OutsideOffer.objects.filter(plan_item=subject, answered_at__isnull=True, answer_by_at__gt=now).first()
    if waiting is None:
        return None
    return Refusal(
        "outside_offer_waits",
        f"已向入围供应商 {waiting.entrant.supplier.name} 提出，正在等待答复",
        f"It has been put to the entrant {waiting.entrant.supplier.name}, whose answer is awaited",
        facts={"entrant": Written(waiting.entrant.supplier.name)},
    )


def call_says_so(subject: PlanItem, *, now: datetime.datetime, entrant: Entrant, **_: Any) -> Iterator[Refusal]:
    """征集文件载明并在框架协议中约定, under an agreement in force, of an entrant that is still in (art. 37)."""
    yield from call_offs.entrant_may_be_chosen(subject, now=now, entrant=entrant)
    if not entrant.framework.allows_outside:
        yield refuse(
            "framework.outside_said",
            code="call_does_not_say_so",
            zh="征集文件没有载明可以按更低价格授予非入围供应商",
            en="The call does not say that contracts may go outside the entrants at a lower price",
            field="entrant",
            **_on(subject, now=now),
        )


def supplier_is_outside(
    subject: PlanItem, *, now: datetime.datetime, entrant: Entrant, supplier: Organisation, **_: Any
) -> Iterator[Refusal]:
    """非入围供应商, and one that may take part in government procurement at all."""
    inside = Entrant.objects.filter(framework=entrant.framework_id, supplier=supplier).first()
    if inside is not None:
        yield refuse(
            "framework.removal" if inside.left_at else "framework.outside",
            code="supplier_is_an_entrant",
            zh="该供应商是本框架协议的入围供应商，或者曾经入围后退出、被清退",
            en="This supplier is an entrant of the agreement, or was one and left",
            field="supplier",
            **_on(subject, now=now),
        )
    yield from may_take_part(supplier, at=now)
    yield from consortium.short_of_set_aside(subject, entrant, taker=supplier, now=now)


def is_cheaper(
    subject: PlanItem, *, now: datetime.datetime, entrant: Entrant, unit_price: Decimal, quantity: Decimal, **_: Any
) -> Iterator[Refusal]:
    """以更低价格: below the agreement price of the entrant with the same goods; and within the plan."""
    agreed_price = money.cents(standing.unit_price(entrant, quantity))
    if unit_price >= agreed_price:
        yield refuse(
            "framework.outside",
            code="not_cheaper",
            zh="单价 {price} 元不低于入围供应商的协议单价 {agreed} 元，应当将合同授予入围供应商",
            en="At {price} yuan it is not below the agreement price of {agreed}: the contract goes to the entrant",
            field="unit_price",
            price=f"{unit_price:,.2f}",
            agreed=f"{agreed_price:,.2f}",
            **_on(subject, now=now),
        )
    over = call_offs.within_the_plan(subject, call_offs.worth(unit_price, quantity), now=now)
    if over is not None:
        yield over


def time_is_left(
    subject: PlanItem, *, now: datetime.datetime, answer_by: datetime.datetime, **_: Any
) -> Refusal | None:
    """The law sets no number; an instant is no time in which the entrant could agree or not."""
    if answer_by > now:
        return None
    return refuse(
        "framework.outside",
        code="no_time_to_answer",
        zh="答复期限应当晚于现在，给入围供应商必要的考虑时间",
        en="The entrant is given time to answer: choose a later moment",
        field="answer_by",
        **_on(subject, now=now),
    )


# --- answering and concluding --------------------------------------------------------------------------------------


def entrant_is_still_in(subject: OutsideOffer, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Who has left has no agreement under which it could come down; the time it was given runs out by itself."""
    return agreement.is_still_in(subject.entrant, by=by, now=now)


def is_unanswered(subject: OutsideOffer, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not subject.is_settled_at(now):
        return None
    return refuse(
        "framework.outside",
        code="answer_is_settled",
        zh="已经答复，或者答复期限已过",
        en="It has been answered, or the time to answer is over",
        **applicable(subject.root, now=now),
    )


def is_settled(subject: OutsideOffer, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """入围供应商不同意降价: until it has said so, or let its time pass, nothing goes outside."""
    if subject.concluded_at is not None:
        return Refusal("concluded_already", "已经据此成交", "A contract has been awarded on it already")
    if subject.is_settled_at(now):
        return None
    return refuse(
        "framework.outside",
        code="entrant_may_still_agree",
        zh="入围供应商尚未答复，答复期限到 {until}",
        en="The entrant has not answered and may do so until {until}",
        until=calendar.to_the_minute(subject.answer_by_at),
        **applicable(subject.root, now=now),
    )


def stands_on_the_plan(*rules: Any) -> tuple[Any, ...]:
    """The same rules, asked of the plan behind an offer."""

    def asked(rule: Any) -> Any:
        def of_its_plan(subject: OutsideOffer, *, by: Any, now: datetime.datetime) -> Any:
            return rule(subject.plan_item, by=by, now=now)

        return of_its_plan

    return tuple(asked(rule) for rule in rules)


def agreement_still_stands(subject: OutsideOffer, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """In force, told, in the way of the plan; and whoever gets the contract may take part."""
    entrant = subject.entrant
    yield from call_offs.agreement_is_in_force(subject.plan_item, now=now, framework=entrant.framework)
    if subject.agrees:
        yield from call_offs.may_be_awarded(subject.plan_item, entrant, now=now)
    else:
        yield from may_take_part(subject.winner, at=now)
        yield from consortium.short_of_set_aside(subject.plan_item, entrant, taker=subject.winner, now=now)
    if subject.agrees and not entrant.may_be_awarded:
        yield refuse(
            "framework.second_stage",
            code="not_an_entrant",
            zh="该供应商已经退出或者被清退",
            en="This supplier has left the agreement",
            **applicable(subject.root, now=now),
        )


def way_of(plan_item: PlanItem) -> Way:
    return Way(plan_item.procedure)
