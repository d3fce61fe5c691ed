"""What do all refusals of planning share: the law of the day at the buyer's place, and how an amount is written?"""

import datetime
from typing import Any

from django.utils import timezone

from yangcai import law
from yangcai.kernel.refusals import Refusal

YUAN = "{:,.2f}".format


def place(buyer: Any, *, now: datetime.datetime) -> dict[str, Any]:
    """The day and the jurisdiction whose law is asked, as keywords of every `law` function."""
    return {"on": timezone.localdate(now), "jurisdiction": buyer.jurisdiction}


def refuse(
    buyer: Any, key: str, *, now: datetime.datetime, code: str, zh: str, en: str, field: str = "", **facts: Any
) -> Refusal:
    """A Refusal that cites the rule in force that day at the buyer's place, or none where the rule is younger."""
    here = place(buyer, now=now)
    if law.applies(key, **here):
        return law.refusal(key, code=code, zh=zh, en=en, field=field, **facts, **here)
    return Refusal(code, zh.format(limit="", **facts), en.format(limit="", **facts), facts=facts, field=field)


def number(buyer: Any, key: str, *, now: datetime.datetime) -> Any:
    """The number in force that day at the buyer's place; None where the law had none yet."""
    found = law.find(key, **place(buyer, now=now))
    return found.value if found else None
