"""May quality come before the price in this call, and how many are then eliminated?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.models import EvaluationMethod, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.frameworks.models import Framework, QualityGround
from yangcai.kernel.refusals import Refusal
from yangcai.planning.models import Category


def comes_first(lot: Lot) -> bool:
    """质量优先法: the lot is ranked by its score for quality."""
    return lot.evaluation_method == EvaluationMethod.RATED


def is_permitted(
    subject: Lot, *, now: datetime.datetime, quality_ground: str, quality_reason: str, **_: Any
) -> Iterator[Refusal]:
    """Only with a government price, or for test and laboratory equipment, and with its reason (art. 25)."""
    on = applicable(subject.case, now=now)
    if comes_first(subject) != bool(quality_ground):
        yield refuse(
            "framework.quality_first",
            code="quality_first_not_permitted" if comes_first(subject) else "price_comes_first",
            zh="采购包 {lot} 采用质量优先法，须选择法定情形；不属于这些情形的，应当采用价格优先法"
            if comes_first(subject)
            else "采购包 {lot} 采用价格优先法，不填写采用质量优先法的情形",
            en="Lot {lot} goes by quality first: choose the situation in which the law permits it, or go by price first"
            if comes_first(subject)
            else "Lot {lot} goes by price first: there is no situation for quality first to be stated",
            field="quality_ground",
            lot=subject.number,
            **on,
        )
        return
    if quality_ground == QualityGround.LABORATORY and subject.case.category != Category.GOODS:
        yield refuse(
            "framework.quality_first",
            code="equipment_is_goods",
            zh="检测、实验等仪器设备是货物，本项目不是货物项目",
            en="Test and laboratory equipment are goods, and this is no purchase of goods",
            field="quality_ground",
            **on,
        )
    if quality_ground and not quality_reason.strip():
        yield refuse(
            "framework.quality_first",
            code="quality_reason_missing",
            zh="采用质量优先法应当写明政府定价、指导价的依据，或者对质量的特别要求",
            en="State the government price, or what is specially required of the quality",
            field="quality_reason",
            **on,
        )


def still_permitted(lot: Lot, *, now: datetime.datetime) -> Iterator[Refusal]:
    """Before the call goes out: the way of evaluation may have been changed after the terms were written."""
    written = Framework.objects.filter(lot=lot).first()
    if written is not None:
        stated = {"quality_ground": written.quality_ground, "quality_reason": written.quality_reason}
        yield from is_permitted(lot, now=now, **stated)


def is_of_equipment(lot: Lot) -> bool:
    """Test and laboratory equipment by quality first: of these more are eliminated (art. 27)."""
    ground = Framework.objects.filter(lot=lot).values_list("quality_ground", flat=True).first()
    return comes_first(lot) and ground == QualityGround.LABORATORY
