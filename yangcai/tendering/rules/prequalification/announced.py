"""What was announced with the prequalification, and stays as it was?"""

import datetime
from typing import Any

from yangcai.cases.models import Case
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import prequalified
from yangcai.tendering.models import ClauseKind, InvitedBy
from yangcai.tendering.rules.prequalification.its_case import refuse_on
from yangcai.tendering.rules.prequalification.qualified import too_few_came_through


def is_announced(case: Case) -> bool:
    """Whether suppliers were called before the case was published (87号令 art. 29)."""
    return prequalified.announced(case) is not None


def way_stays_announced(subject: Case, *, now: datetime.datetime, invited_by: str, **_: Any) -> Refusal | None:
    """Once suppliers were called by a prequalification they are invited from its list (87号令 art. 14, 29)."""
    if invited_by == InvitedBy.PREQUALIFICATION or prequalified.announced(subject) is None:
        return None
    if too_few_came_through(subject, now=now):
        return None  # the next round, or another way, begins anew
    return refuse_on(
        subject,
        "termination.reason",
        now=now,
        code="way_is_announced",
        zh="资格预审公告已经发布，不得改为其他邀请方式",
        en="The prequalification notice is out: suppliers are invited from its list and no other way",
        field="invited_by",
    )


def conditions_stay_announced(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Refusal | None:
    """不得改变资格条件 (87号令 art. 27): what was announced stands in the tender file, and nothing is added to it."""
    found = prequalified.announced(subject)
    if found is None or too_few_came_through(subject, now=now):
        return None
    told = set(found.clauses.filter(is_statutory=False).values_list("text", flat=True))
    wanted = {row["text"] for row in rows if row["kind"] == ClauseKind.QUALIFICATION and not row["lot"]}
    if wanted == told:
        return None
    return refuse_on(
        subject,
        "correction.subject",
        now=now,
        code="conditions_are_announced",
        zh="资格条件已随资格预审公告发布，不得改变",
        en="The conditions were announced with the prequalification and stay as they are",
        field="rows",
    )
