"""Does the document say how listed products are preferred? (财库〔2019〕9号)"""

import datetime
import re
from typing import Any

from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering.models import Criterion, GreenKind, GreenProduct, Solicitation

#: A criterion that is about the labels.
LABELLED = re.compile(r"节能|环境标志|环保")


def preference_is_set(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Products to be preferred and a preference belong together: a criterion, or a deduction from the price."""
    rate = Solicitation.objects.filter(case=subject).values_list("green_rate", flat=True).first()
    listed = GreenProduct.objects.filter(case=subject).exclude(kind=GreenKind.MANDATORY).exists()
    if listed:
        texts = Criterion.objects.filter(lot__case=subject).values_list("title", "standard")
        if rate or any(LABELLED.search(f"{title}{standard}") for title, standard in texts):
            return None
    elif not rate:
        return None
    return refuse(
        "green.preference",
        code="green_preference_missing" if listed else "green_products_missing",
        zh="列明了优先采购的节能产品、环境标志产品，应当规定价格扣除比例或者评审因素"
        if listed
        else "规定了节能环保产品的价格扣除，应当列明属于优先采购范围的产品",
        en="Products to be preferred are listed: set a price deduction or a criterion for them"
        if listed
        else "A deduction for labelled products is set: list the products that it is for",
        **applicable(subject, now=now),
    )
