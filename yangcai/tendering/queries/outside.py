"""Who reads that the experts of a case come from another province?"""

import datetime

from django.db.models import QuerySet

from yangcai.cases.queries import run_by, runs_or_oversees
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.tendering.models import OutsideLibrary


@scope(OutsideLibrary)
def visible_outside_libraries(post: Post | None, now: datetime.datetime) -> QuerySet[OutsideLibrary]:
    """Whoever runs or oversees the case: the library and its filing, never a name."""
    found = OutsideLibrary.objects.select_related("case").order_by("pk")
    return found.filter(run_by(post, "case__")) if post is not None else found.none()


@standing(OutsideLibrary)
def concerns_outside_library(library: OutsideLibrary, post: Post) -> bool:
    """Whoever runs or oversees the case."""
    return runs_or_oversees(library.case, post)
