"""Who is bound to an organisation by a declared fact, and who may see such facts?"""

import datetime
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import ExpertTie, Post, TieKind
from yangcai.parties.queries import concerns_expert
from yangcai.parties.roles import Role

#: The facts that count for some years after they ended; kinship and the rest count while they last (条例 art. 9).
LOOKED_BACK = (TieKind.EMPLOYMENT, TieKind.DIRECTOR, TieKind.SHAREHOLDER)


def tied_people(organisations: Iterable[int], *, on: datetime.date, since: datetime.date) -> set[int]:
    """People with a fact that means recusal on a day; `since` is the first day of the look-back."""
    lasting = Q(to_on__isnull=True) | Q(to_on__gte=on)
    looked_back = Q(kind__in=LOOKED_BACK, to_on__gte=since)
    found = ExpertTie.objects.filter(lasting | looked_back, organisation_id__in=organisations, from_on__lte=on)
    return set(found.values_list("expert__person_id", flat=True))


@scope(ExpertTie)
def visible_ties(post: Post | None, now: datetime.datetime) -> QuerySet[ExpertTie]:
    """The treasury's library sees them, an expert sees one's own: nobody else, for they are personal."""
    found = ExpertTie.objects.select_related("expert__person", "organisation").order_by("-from_on", "pk")
    if post is None:
        return found.none()
    if post.role in {Role.TREASURY, Role.PLATFORM}:
        return found
    return found.filter(expert__person_id=post.person_id)


@standing(ExpertTie)
def concerns_tie(tie: ExpertTie, post: Post) -> bool:
    """Whether this post acts on a tie: whoever acts for its expert."""
    return concerns_expert(tie.expert, post)
