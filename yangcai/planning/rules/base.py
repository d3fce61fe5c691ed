"""What do all refusals of planning share: the law of the day at the buyer's place, and how an amount is written?"""

import datetime
from typing import Any

from django.utils import timezone

from yangcai import law
from yangcai.kernel.refusals import Refusal

YUAN = "{:,.2f}".format


def refuse(
    buyer: Any, key: str, *, now: datetime.datetime, code: str, zh: str, en: str, field: str = "", **facts: Any
) -> Refusal:
    """A Refusal that cites the rule in force that day at the buyer's place, or none where the rule is younger."""
    place = {"on": timezone.localdate(now), "jurisdiction": buyer.jurisdiction}
    if law.applies(key, **place):
        return law.refusal(key, code=code, zh=zh, en=en, field=field, **facts, **place)
    return Refusal(code, zh.format(limit="", **facts), en.format(limit="", **facts), facts=facts, field=field)


def number(buyer: Any, key: str, *, now: datetime.datetime) -> Any:
    """The number in force that day at the buyer's place; None where the law had none yet."""
    found = law.find(key, on=timezone.localdate(now), jurisdiction=buyer.jurisdiction)
    return found.value if found else None
