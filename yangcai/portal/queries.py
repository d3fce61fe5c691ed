"""Which notices are there, and where is the one that somebody looks for?"""

import datetime

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from yangcai.kernel.models import Leaf
from yangcai.portal.models import Notice
from yangcai.portal.search import query


def search_notices(
    *,
    now: datetime.datetime,
    text: str = "",
    kind: str = "",
    buyer: int | None = None,
    category: str = "",
    procedure: str = "",
) -> QuerySet[Notice]:
    """Published notices that hold every part of `text`, newest first; empty parameters do not filter."""
    notices = Notice.objects.filter(published_at__lte=now).select_related("buyer")
    if text.strip():
        wanted = query(text)
        if not wanted:
            return notices.none()
        # A plain condition: for a rare word PostgreSQL takes the text index, for a common one it goes by time.
        matches = RawSQL("portal_notice.search @@ %s::tsquery", [wanted], output_field=BooleanField())
        notices = notices.filter(matches)
    filters = {"kind": kind, "buyer_id": buyer, "category": category, "procedure": procedure}
    return notices.filter(**{name: value for name, value in filters.items() if value}).order_by("-published_at", "-pk")


def notices_of(root: str, *, now: datetime.datetime) -> QuerySet[Notice]:
    """Every notice of a case (or intention), oldest first."""
    return Notice.objects.filter(root=root, published_at__lte=now).order_by("published_at", "pk")


def leaf_of(notice: Notice) -> Leaf:
    """Its line in the public log; the database wrote it with the notice."""
    found = Leaf.objects.raw(
        "SELECT l.* FROM kernel_leaf l JOIN portal_notice n ON l.root = n.root AND l.entry_id IS NULL"
        " AND l.line = convert_to('sbp1c ', 'UTF8') || portal_notice_body(n) || '\\x0a'::bytea WHERE n.id = %s",
        [notice.pk],
    )
    return found[0]
