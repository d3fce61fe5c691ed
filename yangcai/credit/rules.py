"""Is this debarment one that the law allows?"""

import datetime
from typing import Any

from django.utils import timezone

from yangcai import law
from yangcai.credit.models import Debarment, DebarmentGround
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation


def ends_after_it_begins(
    organisation: Organisation,
    *,
    by: Any,
    now: datetime.datetime,
    from_on: datetime.date,
    to_on: datetime.date | None,
    **data: Any,
) -> Refusal | None:
    if to_on is None or to_on >= from_on:
        return None
    return Refusal(
        "debarment_ends_early",
        f"止日 {to_on} 早于起日 {from_on}",
        f"The last day {to_on} is before the first day {from_on}",
        facts={"from_on": from_on, "to_on": to_on},
        field="to_on",
    )


def lasts_as_the_law_allows(
    organisation: Organisation,
    *,
    by: Any,
    now: datetime.datetime,
    ground: str,
    from_on: datetime.date,
    to_on: datetime.date | None,
    **data: Any,
) -> Refusal | None:
    """A ban by a treasury lasts between the years of 政府采购法 art. 77; other lists have terms of their own."""
    if ground != DebarmentGround.PROCUREMENT:
        return None
    in_force = law.find("credit.debarment", on=from_on)
    if in_force is None:
        return Refusal(
            "debarment_before_the_law",
            f"起日 {from_on} 早于《政府采购法》施行之日，当时没有禁止参加政府采购活动的规定",
            f"On the first day {from_on} the Government Procurement Law was not in force: no ban could be imposed",
            facts={"from_on": from_on},
            field="from_on",
        )
    band = in_force.value
    if from_on.year + band["max"] > datetime.MAXYEAR:
        return Refusal(
            "impossible_date", f"起日 {from_on} 不可能", f"The first day {from_on} is not possible", field="from_on"
        )
    earliest, latest = (
        calendar.due_on(from_on, band[end], "years", rounding="none") - calendar.ONE_DAY for end in ("min", "max")
    )
    if to_on is not None and earliest <= to_on <= latest:
        return None
    return law.refusal(
        "credit.debarment",
        code="debarment_term",
        zh="禁止参加政府采购活动的期限为{limit}：自 {from_on} 起，止日应在 {earliest} 至 {latest} 之间",
        en="A ban lasts {limit}: from {from_on} it ends between {earliest} and {latest}",
        on=from_on,
        field="to_on",
        from_on=from_on,
        earliest=earliest,
        latest=latest,
    )


def not_listed_twice(
    organisation: Organisation, *, by: Any, now: datetime.datetime, decision: str, **data: Any
) -> Refusal | None:
    if not Debarment.objects.filter(organisation=organisation, decision=decision).exists():
        return None
    return Refusal(
        "debarment_recorded",
        f"{decision} 已经登记",
        f"{decision} is recorded already",
        facts={"on": timezone.localdate(now)},
        field="decision",
    )
