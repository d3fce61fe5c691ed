"""What is asked of the case that a prequalification belongs to?"""

import datetime
from collections.abc import Callable
from typing import Any

from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse, runs_the_case, through_the_central_agent
from yangcai.kernel.refusals import Refusal
from yangcai.tendering.rules.invitation import intention_precedes, is_funded

Rule = Callable[..., Any]


def of_case(rule: Rule) -> Rule:
    """A rule on the case, asked of its prequalification."""

    def asked(subject: Any, *, by: Any, now: datetime.datetime) -> Any:
        return rule(subject.root.case, by=by, now=now)

    asked.__name__, asked.__doc__ = rule.__name__, rule.__doc__
    return asked


runs_its_case = of_case(runs_the_case)
its_case_is_funded = of_case(is_funded)
its_intention_precedes = of_case(intention_precedes)
its_case_has_its_agent = of_case(through_the_central_agent)


def refuse_on(case: Case, key: str, *, now: datetime.datetime, **said: Any) -> Refusal:
    """A refusal by the law that applies to this case now."""
    return refuse(key, **said, **applicable(case, now=now))


def case_is_prepared(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """It belongs to the preparation of its case, and ends with it (87号令 art. 29)."""
    case = subject.root.case
    if case.ended_at is None and case.published_at is None:
        return None
    if case.ended_at is None:
        return Refusal("already_invited", "投标邀请已经发出", "The invitations have gone out")
    return refuse_on(
        case,
        "termination.reason",
        now=now,
        code="case_ended",
        zh="采购活动已经终止：{reason}",
        en="The procurement has ended: {reason}",
        reason=case.end_reason,
    )
