"""What is due from the prequalification file to the list of the qualified, and on what they report later?"""

import datetime
from collections.abc import Iterator

from yangcai import law
from yangcai.cases.rules import applicable, runner
from yangcai.kernel import calendar, tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering.models import Prequalification, StatusChange
from yangcai.tendering.rules.prequalification.examination import unexamined


def _run(found: Prequalification, code: str, *, since: datetime.datetime, due_at: datetime.datetime | None) -> Due:
    """Something for whoever runs the case."""
    role, organisation = runner(found.case)
    return Due(code, found.ref, role, since, organisation_id=organisation, due_at=due_at)


@tasks.due_on(Prequalification)
def prequalification(found: Prequalification, *, now: datetime.datetime) -> Iterator[Due]:
    """Confirm, publish, examine, conclude; nothing once the case has ended or its invitations are out."""
    case = found.case
    if found.concluded_at is not None or case.ended_at is not None or case.published_at is not None:
        return
    if found.confirmed_at is None:
        yield Due(
            "prequalification.confirm",
            found.ref,
            Role.BUYER_REVIEWER,
            since=found.drafted_at,
            organisation_id=case.buyer_id,
        )
    elif found.opens_at is None or found.closes_at is None or found.examined_on is None:
        yield _run(found, "prequalification.publish", since=found.confirmed_at, due_at=None)
    else:
        # Before the deadline the list says the same whether or not anybody has applied (87号令 art. 28).
        done = now >= found.closes_at and not unexamined(found)
        code = "prequalification.conclude" if done else "prequalification.record"
        yield _run(found, code, since=found.closes_at, due_at=calendar.end_of(found.examined_on))


@tasks.due_on(Prequalification)
def shortest_periods(found: Prequalification, *, now: datetime.datetime) -> Iterator[Due]:
    """C02 and C03: before when applications may not close. Nobody's task; the page shows them."""
    if found.opens_at is None or found.concluded_at is not None or found.case.ended_at is not None:
        return
    on = applicable(found.case, now=now)
    due_at = law.due_at("C02", since=found.opens_at, **on)
    yield Due("", found.ref, "", found.opens_at, clock="C02", due_at=due_at)
    last = found.corrections.filter(affects_applications=True).order_by("-number").first()
    if last is not None:
        due_at = law.due_at("C03", since=last.at, **on)
        yield Due("", found.ref, "", last.at, clock="C03", due_at=due_at)


@tasks.due_on(Prequalification)
def changed_status(found: Prequalification, *, now: datetime.datetime) -> Iterator[Due]:
    """A reported change waits for whoever runs the case (条例 art. 21)."""
    if found.case.ended_at is not None:
        return
    role, organisation = runner(found.case)
    waiting = StatusChange.objects.filter(application__prequalification=found, decided_at__isnull=True)
    for change in waiting.order_by("pk"):
        yield Due("prequalification.decide_change", change.ref, role, change.reported_at, organisation_id=organisation)
