"""May another product come in the place of the one that entered?"""

import datetime
from decimal import Decimal
from typing import Any

from yangcai.cases.rules import applicable, refuse
from yangcai.frameworks.models import Entrant, Replacement
from yangcai.frameworks.rules import agreement
from yangcai.kernel.refusals import Refusal


def is_signed(subject: Entrant, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """There is an agreement under which it can be asked for, and its term is not over."""
    if subject.may_be_awarded and subject.framework.is_in_force_at(now):
        return None
    return refuse(
        "framework.replacement",
        code="no_agreement_in_force",
        zh="该供应商没有有效的框架协议，不能申请产品升级换代",
        en="This supplier has no agreement in force under which a product could be replaced",
        **applicable(subject.root, now=now),
    )


def none_is_open(subject: Entrant, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not Replacement.objects.filter(entrant=subject, answered_at__isnull=True).exists():
        return None
    return Refusal("replacement_open", "已有产品升级换代申请正在审核", "Another replacement is being examined")


def costs_no_more(subject: Entrant, *, now: datetime.datetime, unit_price: Decimal, **_: Any) -> Refusal | None:
    """价格不提高 (art. 16(4))."""
    if unit_price <= subject.unit_price:
        return None
    return refuse(
        "framework.replacement",
        code="replacement_costs_more",
        zh="新产品单价 {price} 元高于协议单价 {agreed} 元；升级换代的价格不得提高",
        en="The new product at {price} yuan costs more than the agreement price of {agreed}: it may not",
        field="unit_price",
        price=f"{unit_price:,.2f}",
        agreed=f"{subject.unit_price:,.2f}",
        **applicable(subject.root, now=now),
    )


def entrant_is_still_in(subject: Replacement, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Who has left replaces nothing."""
    return agreement.is_still_in(subject.entrant, by=by, now=now)


def not_answered(subject: Replacement, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.answered_at is None:
        return None
    return Refusal("answered_already", "该申请已经答复", "This request has been answered")


def refused_with_a_reason(
    subject: Replacement, *, now: datetime.datetime, is_admitted: bool, answer: str, **_: Any
) -> Refusal | None:
    """A refusal says why."""
    if is_admitted or answer.strip():
        return None
    return refuse(
        "framework.replacement",
        code="answer_missing",
        zh="不同意替代的，应当写明理由",
        en="A replacement that is turned down is answered with its reasons",
        field="answer",
        **applicable(subject.root, now=now),
    )
