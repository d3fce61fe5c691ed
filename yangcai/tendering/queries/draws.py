"""Who sees that there was a draw, and who may read its record, from when on?"""

import datetime
from typing import Any

from django.db.models import QuerySet

from yangcai.cases import queries as cases
from yangcai.cases.models import Case
from yangcai.cases.queries import runs_or_oversees
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.tendering import draws, supplier_draws, vrd
from yangcai.tendering.models import ExpertDraw, SupplierDraw
from yangcai.tendering.queries.evaluation import names_are_public

#: Who may read the whole list, opened: those who supervise the draw.
SUPERVISORS = frozenset({Role.TREASURY, Role.AUDITOR})


@scope(ExpertDraw)
def visible_draws(post: Post | None, now: datetime.datetime) -> QuerySet[ExpertDraw]:
    """The buyer's side and the overseers: rounds and digests, no name."""
    found = ExpertDraw.objects.select_related("case").order_by("round")
    if post is None:
        return found.none()
    if post.role in cases.OVERSEERS:
        return found
    if post.role in BUYER:
        return found.filter(case__buyer_id=post.organisation_id)
    return found.filter(case__agent_id=post.organisation_id) if post.role == Role.AGENT else found.none()


@standing(ExpertDraw)
def concerns_draw(draw: ExpertDraw, post: Post) -> bool:
    """Whoever runs or oversees the case."""
    return runs_or_oversees(draw.case, post)


def may_read(case: Case, *, post: Post | None, now: datetime.datetime) -> bool:
    """Whether there is a record, and this reader may have it now (87号令 art. 47)."""
    if post is None or post.role not in SUPERVISORS:
        return names_are_public(case, now) and _drawn(case)
    return _drawn(case)


def _drawn(case: Case) -> bool:
    suppliers = SupplierDraw.objects.filter(case=case, record__isnull=False)
    return ExpertDraw.objects.filter(case=case, drawn_at__isnull=False).exists() or suppliers.exists()


def records(case: Case, *, post: Post | None, now: datetime.datetime) -> dict[str, Any] | None:
    """The published records of a case's draws, suppliers' before experts'; None while the names are secret (87号令
    art. 47). A supervisor gets them at any time after the draw, with every line opened."""
    is_complete = post is not None and post.role in SUPERVISORS
    if not is_complete and not names_are_public(case, now):
        return None
    found = []
    suppliers = SupplierDraw.objects.filter(case=case, record__isnull=False).first()
    if suppliers is not None:
        found.append(suppliers.record if is_complete else supplier_draws.published(suppliers.record))
    drawn = ExpertDraw.objects.filter(case=case, drawn_at__isnull=False).order_by("round")
    found += [draws.record(draw, is_complete=is_complete) for draw in drawn]
    return {"v": vrd.VERSION, "draws": found} if found else None
