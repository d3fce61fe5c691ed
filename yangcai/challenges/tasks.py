"""Which enquiries wait for an answer, from whom, and until when?"""

import datetime
from collections.abc import Iterator

from yangcai import law
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable
from yangcai.challenges.models import Enquiry, EnquiryContact, PublicEnquiry
from yangcai.challenges.public_enquiries import erase_contact
from yangcai.kernel import calendar, tasks
from yangcai.kernel.actions import perform
from yangcai.kernel.models import Task
from yangcai.kernel.tasks import Due
from yangcai.parties.models import OrganisationKind
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.tendering.models import Prequalification


@tasks.due_on(Case, having=[Enquiry])
def enquiry_tasks(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """On the case itself."""
    yield from _unanswered(case, None, now=now)


@tasks.due_on(Prequalification)
def prequalification_enquiry_tasks(found: Prequalification, *, now: datetime.datetime) -> Iterator[Due]:
    """On its prequalification; they are answered though it may be over."""
    yield from _unanswered(found.case, found, now=now)


def _unanswered(case: Case, about: Prequalification | None, *, now: datetime.datetime) -> Iterator[Due]:
    """The agent answers within its mandate, else the buyer."""
    for enquiry in Enquiry.objects.filter(case=case, prequalification=about, answered_at__isnull=True):
        yield Due(
            "enquiry.answer",
            enquiry.ref,
            Role.AGENT if case.agent_id else Role.BUYER_OFFICER,
            enquiry.asked_at,
            organisation_id=case.agent_id or case.buyer_id,
            clock="C27",
            due_at=law.due_at("C27", since=enquiry.asked_at, **applicable(case, now=now)),
        )


#: Who answers in which kind of organisation.
ANSWERS = {
    OrganisationKind.BUYER: Role.BUYER_OFFICER,
    OrganisationKind.AGENT: Role.AGENT,
    OrganisationKind.CENTRAL_AGENT: Role.AGENT,
    OrganisationKind.TREASURY: Role.TREASURY,
}


@tasks.due_on(PublicEnquiry)
def public_enquiry_tasks(enquiry: PublicEnquiry, *, now: datetime.datetime) -> Iterator[Due]:
    """The answer, by the law's clock where a supplier asks about a purchase, else by the platform's own; then the
    erasing of the contact."""
    if enquiry.answered_at is None:
        clock = "C27" if enquiry.is_statutory else "C27a"
        yield Due(
            "public_enquiry.answer",
            enquiry.ref,
            ANSWERS[OrganisationKind(enquiry.organisation.kind)],
            enquiry.asked_at,
            organisation_id=enquiry.organisation_id,
            clock=clock,
            due_at=law.due_at(clock, since=enquiry.asked_at, on=calendar.day_of(enquiry.asked_at)),
        )
    elif EnquiryContact.objects.filter(enquiry=enquiry, erased_at__isnull=True).exists():
        yield Due(
            "public_enquiry.erase_contact",
            enquiry.ref,
            "",
            enquiry.answered_at,
            clock="C27b",
            due_at=law.due_at("C27b", since=enquiry.answered_at, on=calendar.day_of(enquiry.answered_at)),
        )


def forget(task: Task, *, now: datetime.datetime) -> None:
    """The time of a contact is over."""
    enquiry = PublicEnquiry.objects.get(pk=task.root.partition(":")[2])
    perform(erase_contact, enquiry, by=platform_post(now=now), now=now)


tasks.FIRES["C27b"] = forget
