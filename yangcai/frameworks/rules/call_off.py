"""May this plan be called off under this agreement, from whom, and for how much?"""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yangcai import procedures
from yangcai.cases.models import Award, Case, CaseEnd, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.credit.queries import may_take_part
from yangcai.frameworks import consortium
from yangcai.frameworks.models import AgreedConsumable, CallOff, Dealer, Entrant, Framework, Way
from yangcai.frameworks.standing import agreed, next_in_turn, staying
from yangcai.kernel import money
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation
from yangcai.planning.models import RESERVED, PlanItem
from yangcai.tendering import preflight
from yangcai.tendering.models import OpenedBid

#: Way -> how a framework says that it may be used, and the article on it.
SAID = {
    Way.DIRECT: ("by_direct", "framework.direct"),
    Way.MINI_COMPETITION: ("by_mini_competition", "framework.mini_competition"),
    Way.ROTATION: ("by_rotation", "framework.rotation"),
}


def _on(plan_item: PlanItem, *, now: datetime.datetime) -> dict[str, Any]:
    return {"on": timezone.localdate(now), "jurisdiction": plan_item.buyer.jurisdiction}


def goes(way: Way) -> Any:
    """The plan says in which way it is called off; another way is another plan."""

    def by_its_way(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
        if subject.procedure == way:
            return None
        method = procedures.PROCEDURES.get(subject.procedure)
        return refuse(
            SAID[way][1],
            code="plan_goes_another_way",
            zh="该采购计划的采购方式是“{method}”",
            en="This plan goes by {method_en}",
            method=method.zh if method else subject.procedure,
            method_en=method.en if method else subject.procedure,
            **_on(subject, now=now),
        )

    return by_its_way


def is_free(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """One call-off at a time on a plan; one that its entrant refused leaves the plan free again."""
    ended = (CaseEnd.UNSUCCESSFUL, CaseEnd.TERMINATED)
    last = Case.objects.filter(plan_item=subject).exclude(end_kind__in=ended).order_by("-pk").first()
    if last is None:
        return None
    return Refusal(
        "case_exists",
        f"该采购计划已成交或者正在成交：{last.number}",
        f"This plan has its case already: {last.number}",
        facts={"number": last.number},
    )


def offered(plan_item: PlanItem, way: Way, *, now: datetime.datetime) -> list[Framework]:
    """Agreements under which this plan can be called off: in force, told to the buyers, of its category."""
    found = Framework.objects.filter(
        **{SAID[way][0]: True}, lot__case__category=plan_item.category, begins_on__isnull=False, tops_up__isnull=True
    ).select_related("lot__case")
    return [one for one in found.order_by("pk") if one.is_in_force_at(now) and is_told(one)]


def is_told(framework: Framework) -> bool:
    """An open framework is told by its public call, a closed one by its convener (art. 30)."""
    return framework.told_at is not None or framework.lot.case.procedure == "framework_open"


def agreement_is_in_force(
    subject: PlanItem, *, now: datetime.datetime, framework: Framework, **_: Any
) -> Iterator[Refusal]:
    """In force, told to the buyers, of the plan's category, in a way that the call said (art. 15, 30, 32)."""
    on, way = _on(subject, now=now), Way(subject.procedure)
    if not framework.is_in_force_at(now) or not is_told(framework):
        yield refuse(
            "framework.term",
            code="agreement_not_in_force",
            zh="该框架协议不在有效期内，或者尚未告知采购人",
            en="This agreement is not in force, or the buyers have not been told of it",
            field="framework",
            **on,
        )
    said, key = SAID[way]
    if not getattr(framework, said):
        yield refuse(
            key,
            code="way_not_in_the_call",
            zh="征集文件没有载明以“{way}”确定成交供应商",
            en="The call does not say that contracts are awarded in this way",
            field="framework",
            way=way.label,
            **on,
        )
    if framework.lot.case.category != subject.category:
        yield refuse(
            "framework.second_stage",
            code="other_category",
            zh="采购计划的类别与框架协议不同",
            en="The plan is of another category than the agreement",
            field="framework",
            **on,
        )


def entrant_may_be_chosen(
    subject: PlanItem, *, now: datetime.datetime, entrant: Entrant, **_: Any
) -> Iterator[Refusal]:
    """从入围供应商中直接选定 (art. 32): signed, still in, not debarred, under an agreement in force."""
    yield from agreement_is_in_force(subject, now=now, framework=entrant.framework)
    if not entrant.may_be_awarded:
        yield refuse(
            "framework.second_stage",
            code="not_an_entrant",
            zh="该供应商尚未签订框架协议，或者已经退出、被清退",
            en="This supplier has not signed the agreement, or has left it",
            field="entrant",
            **_on(subject, now=now),
        )
    yield from may_be_awarded(subject, entrant, now=now)


def may_be_awarded(plan_item: PlanItem, entrant: Entrant, *, now: datetime.datetime) -> Iterator[Refusal]:
    """Whoever stands behind the entrant may take part, and is what the plan sets aside for (政府采购法 art. 22, 24)."""
    yield from consortium.barred(entrant, now=now)
    yield from consortium.short_of_set_aside(plan_item, entrant, now=now)


def worth(unit_price: Decimal, quantity: Decimal) -> Decimal:
    """The fixed price: quantity at the agreement price, in yuan to the cent (art. 36)."""
    return money.cents(unit_price * quantity)


def within_the_plan(subject: PlanItem, amount: Decimal, *, now: datetime.datetime) -> Refusal | None:
    if amount <= subject.amount:
        return None
    return refuse(
        "control.no_budget_no_procurement",
        code="over_budget",
        zh="成交金额 {amount} 元超过采购计划 {budget} 元",
        en="The call-off of {amount} yuan exceeds the plan of {budget} yuan",
        field="quantity",
        amount=f"{amount:,.2f}",
        budget=f"{subject.amount:,.2f}",
        **_on(subject, now=now),
    )


def choice_is_funded(
    subject: PlanItem,
    *,
    now: datetime.datetime,
    entrant: Entrant,
    consumable: AgreedConsumable | None,
    quantity: Decimal,
    **_: Any,
) -> Refusal | None:
    return within_the_plan(subject, price(entrant, consumable, quantity), now=now)


def price(entrant: Entrant, consumable: AgreedConsumable | None, quantity: Decimal) -> Decimal:
    """Of the entrant's goods at the agreement price of this quantity, or of what they use up (art. 13, 26)."""
    return agreed(entrant, quantity) if consumable is None else worth(consumable.unit_price, quantity)


def dealer_is_named(
    subject: PlanItem, *, now: datetime.datetime, entrant: Entrant, dealer: Dealer | None, **_: Any
) -> Iterator[Refusal]:
    """代理商 of this very entrant, still commissioned, not debarred itself, and what the plan sets aside for: the
    contract is awarded to it (art. 18)."""
    if dealer is None:
        return
    if dealer.entrant_id != entrant.pk or dealer.ended_at is not None:
        yield refuse(
            "framework.dealers",
            code="no_dealer_of_this_entrant",
            zh="该单位不是所选入围供应商委托的代理商，或者委托已经终止",
            en="It is no dealer of the entrant chosen, or its commission has ended",
            field="dealer",
            **_on(subject, now=now),
        )
    yield from may_take_part(dealer.organisation, at=now)
    if subject.set_aside in RESERVED:
        yield from consortium.short_of_set_aside(subject, entrant, taker=dealer.organisation, now=now)


def turn_is_funded(
    subject: PlanItem, *, now: datetime.datetime, framework: Framework, quantity: Decimal, **_: Any
) -> Iterator[Refusal]:
    """轮到谁就是谁: the one whose turn it is must be affordable, another one may not be taken instead."""
    entrant = next_in_turn(framework)
    if entrant is None:
        yield nobody_left(subject, now=now)
        return
    over = within_the_plan(subject, agreed(entrant, quantity), now=now)
    if over is not None:
        yield over
    yield from may_be_awarded(subject, entrant, now=now)


def nobody_left(subject: PlanItem, *, now: datetime.datetime) -> Refusal:
    return refuse(
        "framework.second_stage",
        code="no_entrant_left",
        zh="该框架协议已没有可以成交的入围供应商",
        en="This agreement has no entrant left",
        field="framework",
        **_on(subject, now=now),
    )


def competitors(plan_item: PlanItem, framework: Framework, *, now: datetime.datetime) -> list[Entrant]:
    """所有符合需求的入围供应商 (art. 33): those who are what the plan sets aside for. Who is barred by then has no
    lawful price, and may be free of it by then."""
    return [one for one in staying(framework) if not consortium.short_of_set_aside(plan_item, one, now=now)]


def somebody_competes(subject: PlanItem, *, now: datetime.datetime, framework: Framework, **_: Any) -> Refusal | None:
    return None if competitors(subject, framework, now=now) else nobody_left(subject, now=now)


def time_is_left(
    subject: PlanItem, *, now: datetime.datetime, closes_at: datetime.datetime, **_: Any
) -> Refusal | None:
    """应当给予供应商必要的响应时间 (art. 33): the law sets no number, an instant is none."""
    if closes_at > now:
        return None
    return refuse(
        "framework.mini_competition",
        code="no_time_to_answer",
        zh="竞价截止时间应当晚于现在，并给予供应商必要的响应时间",
        en="The competition closes later than now, and leaves suppliers the time they need",
        field="closes_at",
        **_on(subject, now=now),
    )


# --- concluding a second competition -------------------------------------------------------------------------------


def competes(subject: Lot, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    call_off = CallOff.objects.filter(lot=subject, way=Way.MINI_COMPETITION).first()
    on = applicable(subject.case, now=now)
    if call_off is None:
        yield refuse(
            "framework.mini_competition",
            code="no_second_competition",
            zh="本项目不是二次竞价",
            en="This is no second competition",
            **on,
        )
    elif Award.objects.filter(lot=subject).exists():
        yield Refusal("already_awarded", "已经确定成交供应商", "The winner is determined already")
    elif not any(lawful(call_off, now=now)):
        yield refuse(
            "framework.mini_competition",
            code="no_lawful_price",
            zh="没有不高于协议价格的有效竞价",
            en="Nobody offered a price within its agreement",
            **on,
        )


def own_limit(lot: Lot, supplier: Organisation) -> Decimal | None:
    """What an entrant asks at most in a second competition, in yuan: its agreement price, and never more than the
    budget (art. 33). None of any other lot, and of who is in the agreement no more."""
    call_off = CallOff.objects.filter(lot=lot, way=Way.MINI_COMPETITION).select_related("framework", "lot").first()
    if call_off is None:
        return None
    entrant = next((one for one in staying(call_off.framework) if one.supplier_id == supplier.pk), None)
    return None if entrant is None else most(entrant, call_off.quantity, budget=lot.budget)


def most(entrant: Entrant, quantity: Decimal, *, budget: Decimal) -> Decimal:
    """The one figure that a price of this entrant may not exceed, in yuan."""
    return min(agreed(entrant, quantity), budget)


preflight.OWN_LIMITS.append(own_limit)


def lawful(call_off: CallOff, *, now: datetime.datetime) -> list[tuple[OpenedBid, Entrant]]:
    """The prices within their own agreements and the budget, the lowest first; equal ones in the order of entry. Who
    may not take part in procurement by `now` has none, nor whose consortium has such a member (财库〔2016〕125号), nor
    those who hold one another (条例 art. 18)."""
    entrants = {one.supplier_id: one for one in staying(call_off.framework)}
    offered = OpenedBid.objects.filter(lot=call_off.lot).select_related("supplier")
    bids = [(bid, entrants[bid.supplier_id]) for bid in offered if bid.supplier_id in entrants]
    related = consortium.related(entrant for _bid, entrant in bids)
    found = [
        (bid, entrant)
        for bid, entrant in bids
        if bid.price <= most(entrant, call_off.quantity, budget=call_off.lot.budget)
        and entrant.pk not in related
        and not any(may_be_awarded(call_off.lot.case.plan_item, entrant, now=now))
    ]
    return sorted(found, key=lambda pair: (pair[0].price, pair[1].rank))
