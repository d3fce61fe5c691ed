"""How many must have come through, and may their list be used?"""

import datetime
from typing import Any

from yangcai import law
from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import applicable
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import method, prequalified
from yangcai.tendering.models import Prequalification
from yangcai.tendering.rules.prequalification.its_case import refuse_on


def least(case: Case, *, now: datetime.datetime) -> tuple[str, int]:
    """The rule on how many must qualify, and their number: as many as are to be invited (政府采购法 art. 34), in an
    open tender as many as may be evaluated (87号令 art. 44)."""
    found = method.of(case)
    key = found.invited or method.enough(case, Stage.QUALIFICATION, now=now)
    on = applicable(case, now=now)
    return key, law.value(key, **on) if key and law.applies(key, **on) else 1


def enough_came_through(subject: Prequalification, *, now: datetime.datetime) -> bool:
    """Whether as many were found qualified as the method wants."""
    return len(prequalified.qualified(subject)) >= least(subject.case, now=now)[1]


def too_few_came_through(case: Case, *, now: datetime.datetime) -> bool:
    """A concluded round from which no invitation can go out (政府采购法 art. 36(1))."""
    done = prequalified.announced(case)
    return done is not None and done.concluded_at is not None and not enough_came_through(done, now=now)


def enough_are_qualified(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """符合专业条件的供应商不足三家的，应予废标 (政府采购法 art. 36(1)): no invitation goes out."""
    if not prequalified.is_the_way(subject):
        return None
    done = prequalified.concluded(subject)
    if done is None:
        return refuse_on(
            subject,
            "prequalification.examined",
            now=now,
            code="not_prequalified",
            zh="资格预审尚未完成，不能发出投标邀请",
            en="The prequalification is not concluded: no invitation goes out",
        )
    zh, en = "请重新组织资格预审，或者终止后重新采购", "hold another prequalification, or terminate and procure again"
    if prequalified.is_drawn(subject):  # what was drawn stands, and with it this round
        zh, en = "供应商已经抽取，请终止后重新采购", "suppliers were drawn already, so terminate and procure again"
    count, least_count = len(prequalified.qualified(done)), least(subject, now=now)[1]
    if count >= least_count:
        return None
    return refuse_on(
        subject,
        "prequalification.too_few",
        now=now,
        code="too_few_prequalified",
        zh="资格预审合格的供应商只有 {count} 家，不足 {least} 家；" + zh,
        en="Only {count} suppliers are qualified, fewer than {least}: " + en,
        count=count,
        least=least_count,
    )
