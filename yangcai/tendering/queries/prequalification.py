"""Who sees a prequalification, its file and its applications? Nobody learns who applied before the deadline."""

import datetime

from django.db.models import Q, QuerySet

from yangcai.cases.queries import run_by, runs_or_oversees
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import outages
from yangcai.tendering.models import (
    ApplicationFinding,
    Prequalification,
    PrequalificationApplication,
    PrequalificationClause,
    PrequalificationCorrection,
    StatusChange,
)


@scope(Prequalification)
def visible_prequalifications(post: Post | None, now: datetime.datetime) -> QuerySet[Prequalification]:
    """Public from its notice on; the draft is of those who run the case."""
    found = Prequalification.objects.select_related("case__buyer", "case__agent", "case__plan_item")
    public = Q(opens_at__lte=now)
    if post is None:
        return found.filter(public)
    return found.filter(public | run_by(post, "case__"))


@standing(Prequalification)
def concerns_prequalification(prequalification: Prequalification, post: Post) -> bool:
    """Any supplier may apply to what is announced."""
    if post.role == Role.SUPPLIER:
        return prequalification.opens_at is not None
    return runs_or_oversees(prequalification.case, post)


@scope(PrequalificationClause)
def visible_conditions(post: Post | None, now: datetime.datetime) -> QuerySet[PrequalificationClause]:
    """With the prequalification."""
    found = PrequalificationClause.objects.select_related("prequalification")
    return found.filter(prequalification__in=visible_prequalifications(post, now))


@scope(PrequalificationCorrection)
def visible_prequalification_corrections(
    post: Post | None, now: datetime.datetime
) -> QuerySet[PrequalificationCorrection]:
    """With the prequalification, once it was told."""
    found = PrequalificationCorrection.objects.select_related("prequalification")
    return found.filter(prequalification__in=visible_prequalifications(post, now), at__lte=now)


@scope(PrequalificationApplication)
def visible_applications(post: Post | None, now: datetime.datetime) -> QuerySet[PrequalificationApplication]:
    """One's own; those that stand, for whoever runs or oversees the case, from the deadline on (87号令 art. 28)."""
    found = PrequalificationApplication.objects.select_related(
        "prequalification__case__buyer", "prequalification__case__agent", "supplier"
    )
    if post is None:
        return found.none()
    own = Q(supplier_id=post.organisation_id) if post.role == Role.SUPPLIER else Q(pk__in=[])
    closed = Q(prequalification__closes_at__lte=now, withdrawn_at__isnull=True)
    closed &= outages.stands("prequalification__closes_at")
    return found.filter(own | closed & run_by(post, "prequalification__case__"))


@standing(PrequalificationApplication)
def concerns_application(application: PrequalificationApplication, post: Post) -> bool:
    """Its supplier, and whoever runs or oversees the case."""
    if post.role == Role.SUPPLIER:
        return application.supplier_id == post.organisation_id
    return runs_or_oversees(application.prequalification.case, post)


@scope(ApplicationFinding)
def visible_application_findings(post: Post | None, now: datetime.datetime) -> QuerySet[ApplicationFinding]:
    """Whoever runs or oversees; an applicant those on its own application, once it was told its result."""
    found = ApplicationFinding.objects.select_related(
        "application__prequalification", "application__supplier", "clause"
    )
    if post is None:
        return found.none()
    own = Q(application__supplier_id=post.organisation_id, application__told_at__lte=now)
    return found.filter(own | run_by(post, "application__prequalification__case__"))


@scope(StatusChange)
def visible_status_changes(post: Post | None, now: datetime.datetime) -> QuerySet[StatusChange]:
    """Whoever reported it, and whoever runs or oversees the case."""
    found = StatusChange.objects.select_related(
        "application__prequalification__case__buyer", "application__prequalification__case__agent"
    ).select_related("application__supplier")
    if post is None:
        return found.none()
    own = Q(application__supplier_id=post.organisation_id) if post.role == Role.SUPPLIER else Q(pk__in=[])
    return found.filter(own | run_by(post, "application__prequalification__case__"))


@standing(StatusChange)
def concerns_status_change(change: StatusChange, post: Post) -> bool:
    """Whom its application concerns."""
    return concerns_application(change.application, post)
