"""Why may this not be asked, or not be answered?"""

import datetime

from yangcai import law
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable
from yangcai.challenges.models import Enquiry
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post
from yangcai.tendering.models import Prequalification


def published(case: Case, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if case.published_at is not None and case.published_at <= now:
        return None
    return law.refusal(
        "enquiry.answer",
        code="not_published",
        zh="采购项目尚未公告，没有可以询问的事项",
        en="The case has not been announced: there is nothing to enquire about",
        **applicable(case, now=now),
    )


def announced(prequalification: Prequalification, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if prequalification.opens_at is not None and prequalification.opens_at <= now:
        return None
    return law.refusal(
        "enquiry.answer",
        code="not_published",
        zh="资格预审公告尚未发布，没有可以询问的事项",
        en="The prequalification notice is not out yet: there is nothing to enquire about",
        **applicable(prequalification.case, now=now),
    )


def not_answered(enquiry: Enquiry, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if enquiry.answered_at is None:
        return None
    return law.refusal(
        "enquiry.answer",
        code="already_answered",
        zh="该询问已于 {answered_on} 答复",
        en="This enquiry was answered on {answered_on}",
        answered_on=calendar.day_of(enquiry.answered_at),
        **applicable(enquiry.case, now=now),
    )
