"""Which of the searches that somebody keeps have found something since the person last looked?"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Count, Q
from django.db.models.expressions import RawSQL

from yangcai.portal.models import Notice, SavedSearch
from yangcai.portal.search import query

#: Only among so many of the newest is counted; whoever was away longer has enough to read.
NEWEST = 2_000
#: So many searches does one person keep.
MOST = 20


def wanted(search: SavedSearch) -> dict[str, Any]:
    """The arguments of `search_notices`."""
    found = {
        "text": search.text,
        "kind": search.kind,
        "category": search.category,
        "procedure": search.procedure,
        "buyer": search.buyer_id,
    }
    return {name: value for name, value in found.items() if value}


def with_counts(searches: Sequence[SavedSearch], *, now: datetime.datetime) -> list[tuple[SavedSearch, int]]:
    """Each with the number of notices published since it was last looked at: one query, however many there are."""
    if not searches:
        return []
    newest = Notice.objects.filter(published_at__lte=now).order_by("-published_at").values("pk")[:NEWEST]
    since = min(search.looked_at for search in searches)
    found = Notice.objects.filter(pk__in=newest, published_at__gt=since).order_by()
    counted = found.aggregate(**{f"n{search.pk}": Count("pk", filter=_matches(search)) for search in searches})
    return [(search, counted[f"n{search.pk}"]) for search in searches]


def _matches(search: SavedSearch) -> Q:
    found = Q(published_at__gt=search.looked_at)
    filters = {name: value for name, value in wanted(search).items() if name != "text"}
    if "buyer" in filters:
        filters["buyer_id"] = filters.pop("buyer")
    found &= Q(**filters)
    if search.text:
        words = query(search.text)
        if not words:
            return Q(pk__in=[])
        found &= Q(RawSQL("portal_notice.search @@ %s::tsquery", [words], output_field=BooleanField()))
    return found
