"""Are the consumables of the equipment listed, for years enough, and may they be called off?"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from yangcai import law
from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.frameworks.models import AgreedConsumable, Entrant, Framework
from yangcai.frameworks.rules.quality import comes_first
from yangcai.kernel.refusals import Refusal
from yangcai.planning.models import PlanItem
from yangcai.tendering.models import Consumable, Criterion

#: In a score for quality the consumables are a factor of their own, which says so by its name.
WORD = "耗材"


def terms_are_set(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Only equipment that uses up much has consumables to be listed; the terms of the lot say so."""
    if Framework.objects.filter(lot=subject, uses_consumables=True).exists():
        return None
    return refuse(
        "framework.consumables",
        code="no_consumables_here",
        zh="请先在框架协议条款中选择“耗材使用量大的仪器设备”",
        en="Say in the terms of the framework first that this equipment uses up much",
        **applicable(subject.case, now=now),
    )


def for_years_enough(subject: Lot, *, now: datetime.datetime, years: int, **_: Any) -> Refusal | None:
    """3 年以上约定期限 (art. 26): the number itself is enough."""
    on = applicable(subject.case, now=now)
    if years >= law.value("framework.consumables_years", **on):
        return None
    return refuse(
        "framework.consumables_years",
        code="too_few_years",
        zh="专用耗材的约定期限不得少于{limit}",
        en="Consumables are priced for {limit} or more",
        field="years",
        **on,
    )


def each_is_listed_once(
    subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    items = [row["item"] for row in rows]
    for number, item in enumerate(items, start=1):
        if item in items[: number - 1]:
            zh, en = f"第 {number} 行：“{item}”重复", f"Row {number}: “{item}” stands twice"
            yield Refusal("duplicate_consumable", zh, en, field="rows")


def are_listed(lot: Lot, *, now: datetime.datetime) -> Iterator[Refusal]:
    """Before the call goes out: what is used up is listed; where quality is scored, it is one of the factors."""
    if not Framework.objects.filter(lot=lot, uses_consumables=True).exists():
        return
    on = applicable(lot.case, now=now)
    if not Consumable.objects.filter(lot=lot).exists():
        yield refuse(
            "framework.consumables",
            code="consumables_not_listed",
            zh="采购包 {lot} 为耗材使用量大的仪器设备，请列明专用耗材、用量和约定期限",
            en="Lot {lot} uses up much: list its consumables, how much of them, and for how many years",
            lot=lot.number,
            **on,
        )
    elif comes_first(lot) and not Criterion.objects.filter(lot=lot, title__contains=WORD).exists():
        yield refuse(
            "framework.consumables",
            code="consumables_not_scored",
            zh="采购包 {lot} 采用质量优先法，专用耗材使用成本应当修正质量评分：请设一项名称含“耗材”的评审因素",
            en="Lot {lot} goes by quality first: the cost of consumables corrects the score, so let one factor be named"
            " after them (耗材)",
            lot=lot.number,
            **on,
        )


def is_of_this_entrant(
    subject: PlanItem, *, now: datetime.datetime, entrant: Entrant, consumable: AgreedConsumable | None, **_: Any
) -> Refusal | None:
    """Each entrant supplies the consumables of its own equipment."""
    if consumable is None or consumable.entrant_id == entrant.pk:
        return None
    return refuse(
        "framework.consumables_bound",
        code="consumable_of_another",
        zh="该专用耗材不是所选入围供应商的产品",
        en="This consumable belongs to the equipment of another entrant",
        field="consumable",
        on=timezone.localdate(now),
        jurisdiction=subject.buyer.jurisdiction,
    )
