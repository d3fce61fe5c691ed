"""Who was found qualified before the tender, and who is so no longer? Derived from the rows of the prequalification."""

from yangcai.cases.models import Case
from yangcai.kernel.reading import remembered
from yangcai.tendering.models import (
    InvitedBy,
    Prequalification,
    PrequalificationApplication,
    StatusChange,
    SupplierDraw,
)
from yangcai.tendering.solicitations import solicitation


@remembered
def way(case: Case) -> str:
    """How suppliers come to the purchase, as its file says; empty before there is one."""
    file = solicitation(case)
    return "" if file is None else file.invited_by


def is_the_way(case: Case) -> bool:
    """Whether the file says that suppliers come by a prequalification (87号令 art. 14(1), 18)."""
    return way(case) == InvitedBy.PREQUALIFICATION


@remembered
def latest(case: Case) -> Prequalification | None:
    """The prequalification of the case that counts: its last round."""
    return Prequalification.objects.filter(case=case).order_by("-round").first()


def announced(case: Case) -> Prequalification | None:
    """The last round whose notice is out; None before the first."""
    return Prequalification.objects.filter(case=case, opens_at__isnull=False).order_by("-round").first()


def concluded(case: Case) -> Prequalification | None:
    """The last round, once its applicants have been told."""
    found = latest(case)
    return found if found is not None and found.concluded_at is not None else None


def is_drawn(case: Case) -> bool:
    """Whether suppliers were drawn from the list: then no other round is held in this case."""
    return SupplierDraw.objects.filter(case=case).exists()


@remembered
def lost(case: Case) -> dict[int, str]:
    """Supplier -> why it is qualified no longer, as found on its own report (条例 art. 21); of the last round."""
    found = StatusChange.objects.filter(application__prequalification=latest(case), still_qualified=False)
    return dict(found.values_list("application__supplier_id", "opinion"))


def qualified(prequalification: Prequalification) -> list[PrequalificationApplication]:
    """The applications that were found qualified and still are."""
    gone = StatusChange.objects.filter(application__prequalification=prequalification, still_qualified=False)
    found = prequalification.applications.filter(is_qualified=True).exclude(pk__in=gone.values("application"))
    return list(found.select_related("supplier").order_by("pk"))


def undecided(case: Case) -> list[StatusChange]:
    """Reported changes that nobody has looked at yet."""
    found = StatusChange.objects.filter(application__prequalification=latest(case), decided_at__isnull=True)
    return list(found.select_related("application__supplier").order_by("pk"))
