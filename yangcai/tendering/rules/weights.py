"""May a weight of price outside the range be asked for, and be consented to? (财库〔2014〕214号 art. 24)"""

import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from yangcai import law
from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal, in_chinese
from yangcai.procedures.evaluation.model import FULL_MARKS
from yangcai.tendering import method
from yangcai.tendering.models import PriceWeightApproval


def consent_is_known(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Only a method that has a range for what is bought knows a consent to leave it."""
    on, key, of = applicable(subject.case, now=now), band(subject), method.of(subject.case)
    if key and of.weight_consent and law.applies(key, **on) and law.applies(of.weight_consent, **on):
        return None
    return Refusal(
        "no_weight_to_consent_to",
        "本采购方式、采购品目没有可以经财政部门同意而突破的价格分权重范围",
        "This method has no range of the weight of price that the treasury could consent to leave",
    )


def band(lot: Lot) -> str:
    """The rule with the range of the weight of price for this lot; empty where there is none."""
    return dict(method.of(lot.case).price_weights).get(lot.case.category, "")


def range_of(lot: Lot, *, now: datetime.datetime) -> str:
    """The range in the reader's language, for the forms; empty where there is none."""
    key, on = band(lot), applicable(lot.case, now=now)
    if not key or not law.applies(key, **on):
        return ""
    zh, en = law.limit(key, **on)
    return _("规定的价格分权重范围：%(range)s") % {"range": zh if in_chinese() else en}


def none_is_open(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not PriceWeightApproval.objects.filter(lot=subject, approved_at__isnull=True, returned_at__isnull=True).exists():
        return None
    return Refusal(
        "weight_application_open", "价格分权重申请正在办理", "An application for a weight of price is under way already"
    )


def weight_lies_outside(subject: Lot, *, now: datetime.datetime, weight: Decimal, **_: Any) -> Refusal | None:
    """What lies within the range needs nobody's consent."""
    key, on = band(subject), applicable(subject.case, now=now)
    limit = law.value(key, **on)
    if not limit["min"] <= weight / FULL_MARKS <= limit["max"]:
        return None
    return refuse(
        key,
        code="weight_needs_no_consent",
        zh="价格分值占总分值的比重在{limit}之间的，可以直接设定，不需要申请",
        en="A weight of price within {limit} is simply set; it needs no consent",
        field="weight",
        **on,
    )


def waits_for_decision(subject: PriceWeightApproval, *, by: Any, now: datetime.datetime) -> Refusal | None:
    return None if subject.is_open else Refusal("decided", "该申请已经办结", "This application is closed")


def decision_is_complete(
    subject: PriceWeightApproval, *, now: datetime.datetime, decision: str, number: str, reason: str, **_: Any
) -> Refusal | None:
    """A consent has its number, and what goes back has a reason."""
    field, given = ("number", number) if decision == "approve" else ("reason", reason)
    if given.strip():
        return None
    return refuse(
        method.of(subject.lot.case).weight_consent,
        code=f"{field}_missing",
        zh="同意的写明同意文号，退回的写明理由",
        en="State the number of the consent, or the reason why it goes back",
        field=field,
        **applicable(subject.lot.case, now=now),
    )
