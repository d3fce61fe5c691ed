"""Until when may a supplier that did not win object?"""

import datetime
from collections.abc import Iterator

from yangcai.cases.models import Case, Stage
from yangcai.kernel import calendar, tasks
from yangcai.kernel.models import Task
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering import explanation
from yangcai.tendering.models import AwardLetter

CLOCK = "C28"


@tasks.due_on(Case, having=[AwardLetter])
def objection_windows(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Clock C28, a right and no duty: with its last day it is over and leaves the worklist."""
    if not case.has_reached(Stage.AWARD):
        return
    letters = AwardLetter.objects.filter(lot__case=case, is_winner=False).select_related("lot__case").order_by("pk")
    for letter in letters:
        remedy = explanation.may_object_until(letter, now=now)
        if remedy.since is None or remedy.due_at is None or remedy.due_at <= now:
            continue
        yield Due(
            action="",
            subject=letter.ref,
            role=Role.SUPPLIER,
            organisation_id=letter.supplier_id,
            since=calendar.start_of(remedy.since),
            clock=CLOCK,
            due_at=remedy.due_at,
        )


def lapse(task: Task, *, now: datetime.datetime) -> None:
    """The window is shut: what is derived from the state no longer holds it."""
    tasks.refresh(Case.objects.get(pk=task.root.partition(":")[2]), now=now)


tasks.FIRES[CLOCK] = lapse
