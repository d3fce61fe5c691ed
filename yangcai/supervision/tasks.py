"""When must a suspension end, and how do the other clocks of the case run on afterwards?"""

import datetime
from collections.abc import Iterator
from dataclasses import replace

from yangcai import law
from yangcai.cases import suspensions
from yangcai.cases.models import Case, Suspension
from yangcai.kernel import calendar, tasks
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.models import Task
from yangcai.kernel.tasks import Due
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.supervision.actions import resume_case


@tasks.due_on(Case, having=[Suspension])
def suspension_tasks(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    suspension = suspensions.open_suspension(case, now=now)
    if suspension is not None:
        yield Due(
            resume_case.code,
            case.ref,
            Role.TREASURY,
            suspension.suspended_at,
            clock="C36",
            due_at=calendar.end_of(suspension.until_on),
        )


def end_suspension(task: Task, *, now: datetime.datetime) -> None:
    """The activities rest until the treasury resumes them or the period has run out (94号令 art. 28)."""
    case = Case.objects.get(pk=task.root.partition(":")[2])
    perform(resume_case, case, by=platform_post(now=now), now=now, reason="暂停期限届满")


tasks.FIRES["C36"] = end_suspension


def after_suspensions(case: Case, due: Due, *, now: datetime.datetime) -> Due:
    """Nothing is due while nobody may act; afterwards people's clocks run out later by as long as the case stood still.

    Clocks of what stays open during a suspension run on; times that come from periods move with the periods.
    """
    declared = ACTIONS.get(due.action)
    if due.due_at is None or (declared is not None and declared.despite_block):
        return due
    if due.clock and law.clock(due.clock).fires == "lapse":
        return due  # a supplier's right does not hang on whether the others may act
    if due.clock and law.clock(due.clock).kind == "at_most":
        return replace(due, due_at=suspensions.runs_out(case, due.due_at, since=due.since, now=now))
    if suspensions.open_suspension(case, now=now) is not None:
        return replace(due, due_at=None)
    return due
