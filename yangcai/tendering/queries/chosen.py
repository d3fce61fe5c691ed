"""Who reads which experts a buyer chose, before their names are public?"""

import datetime

from django.db.models import Q, QuerySet

from yangcai.cases import queries as cases
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER
from yangcai.tendering.models import ExpertChoice


@scope(ExpertChoice)
def visible_choices(post: Post | None, now: datetime.datetime) -> QuerySet[ExpertChoice]:
    """The buyer, the unit that consents and the overseers: never the agent or a supplier (87号令 art. 47)."""
    found = ExpertChoice.objects.select_related("case", "consent_by").order_by("pk")
    if post is None:
        return found.none()
    if post.role in cases.OVERSEERS:
        return found
    own = Q(case__buyer_id=post.organisation_id) | Q(consent_by_id=post.organisation_id)
    return found.filter(own) if post.role in BUYER else found.none()


@standing(ExpertChoice)
def concerns_choice(choice: ExpertChoice, post: Post) -> bool:
    """The buyer, the unit that consents, and the overseers: no agent, for the names are secret (87号令 art. 47)."""
    if post.role in cases.OVERSEERS:
        return True
    return post.role in BUYER and post.organisation_id in {choice.case.buyer_id, choice.consent_by_id}
