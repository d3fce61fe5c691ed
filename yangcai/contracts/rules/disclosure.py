"""Is there a year whose overdue payments are to be published, and is it over?"""

import datetime

from django.utils import timezone

from yangcai.cases.rules import refuse
from yangcai.contracts import overdue
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation, Post


def something_to_disclose(buyer: Organisation, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if overdue.next_year(buyer, now=now) is not None:
        return None
    return refuse(
        overdue.RULE,
        code="nothing_to_disclose",
        zh="贵单位没有与中小企业签订的合同，无须公布",
        en="There is no contract with a small or medium enterprise: nothing has to be published",
        on=timezone.localdate(now),
        jurisdiction=buyer.jurisdiction,
    )


def year_is_over(buyer: Organisation, *, by: Post, now: datetime.datetime) -> Refusal | None:
    year = overdue.next_year(buyer, now=now)
    if year is None or now >= overdue.ends_at(year):
        return None
    return refuse(
        overdue.RULE,
        code="year_not_over",
        zh="{year} 年度尚未结束，年度结束后再公布",
        en="The year {year} is not over yet: publish when it is",
        year=year,
        on=timezone.localdate(now),
        jurisdiction=buyer.jurisdiction,
    )
