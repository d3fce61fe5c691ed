"""Which objections wait for whom, until when, and what is to be done after an answer?"""

import datetime
from collections.abc import Iterator

from django.db.models import Q

from yangcai.cases import periods
from yangcai.cases.models import Award, Case, LotOutcome
from yangcai.cases.rules import runner
from yangcai.challenges.models import Objection, ObjectionConsequence, ObjectionTarget
from yangcai.challenges.objections import answer_due, complaint_ends
from yangcai.kernel import tasks
from yangcai.kernel.models import Task
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering.models import AwardAnnulment, Correction


@tasks.due_on(Case, having=[Objection])
def objection_tasks(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """The answer (clock C29), what a letter lacks, the right to complain (C30), and what an answer asks for."""
    for objection in Objection.objects.filter(case=case, withdrawn_at=None).select_related("case").order_by("pk"):
        due_at = answer_due(objection, now=now)
        if objection.is_open:
            yield from _waiting(objection, due_at)
        if objection.answered_at is not None or (due_at is not None and due_at <= now):
            yield from _complaint(objection, now=now)
        if objection.is_upheld:
            yield from _following(objection, now=now)


def _waiting(objection: Objection, due_at: datetime.datetime | None) -> Iterator[Due]:
    """The agent answers within its mandate, else the buyer (政府采购法 art. 54)."""
    role, organisation_id = runner(objection.case)
    yield Due(
        "objection.answer",
        objection.ref,
        role,
        objection.received_at,
        organisation_id=organisation_id,
        clock="C29",
        due_at=due_at,
    )
    if objection.completion_asked_at is not None and objection.completed_at is None:
        yield Due(
            "objection.complete",
            objection.ref,
            Role.SUPPLIER,
            objection.completion_asked_at,
            organisation_id=objection.supplier_id,
            due_at=due_at,
        )


def _complaint(objection: Objection, *, now: datetime.datetime) -> Iterator[Due]:
    """A right and no duty: with its last day it is over. Complaints themselves are raised with the treasury."""
    until = complaint_ends(objection, now=now)
    if until is not None and until > now:
        yield Due(
            "",
            objection.ref,
            Role.SUPPLIER,
            objection.received_at,
            organisation_id=objection.supplier_id,
            clock="C30",
            due_at=until,
        )


def _following(objection: Objection, *, now: datetime.datetime) -> Iterator[Due]:
    """What 财政部令第94号 art. 16 wants next, by the Actions that do it: a correction, the fall of the award, or the
    end of what is procured again."""
    case, answered_at = objection.case, objection.answered_at
    if answered_at is None or case.ended_at is not None:
        return
    role, organisation_id = runner(case)
    if objection.consequence == ObjectionConsequence.AMEND:
        if not Correction.objects.filter(case=case, at__gt=answered_at).exists():
            yield Due("correction.publish", case.ref, role, answered_at, organisation_id=organisation_id)
        return
    old = Award.objects.filter(lot__case=case, announced_at__lt=answered_at, refused_at=None)
    old = old.exclude(contract__signed_at__isnull=False)  # under a signed contract an award falls no more
    lot = objection.lot_id
    for award in old.filter(Q(lot_id=lot) | Q(lot__follows_id=lot)) if lot else old:  # of one ranking
        if not AwardAnnulment.objects.filter(award=award, answered_at=None).exists():
            yield Due("award.annul", award.ref, role, answered_at, organisation_id=organisation_id)
    if objection.consequence == ObjectionConsequence.RESTART:
        yield from _ending(objection, now=now)


def _ending(objection: Objection, *, now: datetime.datetime) -> Iterator[Due]:
    """What is procured again is ended first: for its document the whole case, and so before the deadline, when no lot
    has failed yet; else each lot that has no winner."""
    case, since = objection.case, objection.answered_at
    assert since is not None  # it says what follows
    role, organisation_id = runner(case)
    closes_at = periods.closing_at(case)
    if objection.target == ObjectionTarget.DOCUMENT or closes_at is None or now < closes_at:
        if not Award.objects.filter(lot__case=case, refused_at=None).exists():
            yield Due("case.terminate", case.ref, role, since, organisation_id=organisation_id)
        return
    lots = case.lots.filter(outcome=LotOutcome.PENDING).order_by("pk")
    for lot in lots.filter(pk=objection.lot_id) if objection.lot_id else lots:  # with it fail those that follow it
        yield Due("lot.declare_unsuccessful", lot.ref, role, since, organisation_id=organisation_id)


def again(task: Task, *, now: datetime.datetime) -> None:
    """The time for an answer, or for a complaint, is over: what follows is derived anew."""
    tasks.refresh(Case.objects.get(pk=task.root.partition(":")[2]), now=now)


tasks.FIRES["C29"] = tasks.FIRES["C30"] = again
