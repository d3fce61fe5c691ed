"""Who reads when the site is shown, and what was said there?"""

import datetime

from django.db.models import Q, QuerySet

from yangcai.cases.queries import concerns_case, run_by, visible_to
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import Participation, SiteVisit


@scope(SiteVisit)
def visible_visits(post: Post | None, now: datetime.datetime) -> QuerySet[SiteVisit]:
    """What the document states is as public as the document; what was told later, and what was said, is for whoever
    has the documents, all of them at once (87号令 art. 26)."""
    found = SiteVisit.objects.select_related("case").filter(case__in=visible_to(post, now)).order_by("number")
    stated = Q(told_at__isnull=True, held_at__isnull=True)
    if post is None:
        return found.filter(stated)
    if post.role == Role.SUPPLIER:
        holds = Participation.objects.filter(supplier_id=post.organisation_id).values("case_id")
        return found.filter(stated | Q(case_id__in=holds))
    return found.filter(stated | run_by(post, "case__"))


@standing(SiteVisit)
def concerns_visit(visit: SiteVisit, post: Post) -> bool:
    """Whom its case concerns."""
    return concerns_case(visit.case, post)
