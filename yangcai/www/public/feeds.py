"""How does somebody follow the notices without coming here? An Atom feed of whatever the filters of the list leave."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yangcai.portal.models import Notice
from yangcai.portal.notices.base import type_of
from yangcai.portal.queries import search_notices
from yangcai.www.access import PUBLIC, page
from yangcai.www.public import plain
from yangcai.www.public.filters import Filters, as_query

#: So many of the newest are told; a reader asks again within minutes.
ENTRIES = 50
SECONDS = 300
#: What XML 1.0 cannot hold at all.
_FORBIDDEN = {code: None for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}


@page(by=PUBLIC)
def feed(request: HttpRequest) -> HttpResponse:
    """The newest notices that the same filters as on the list leave."""
    now = request.now  # type: ignore[attr-defined]
    wanted = Filters(request.GET).wanted()
    query = urlencode(as_query(wanted))
    listing = request.build_absolute_uri(f"{reverse('notices')}{'?' if query else ''}{query}")
    atom = Atom1Feed(
        title=_("兰州新区政府采购一体化平台") + " " + _("公告"),
        link=listing,
        description="",
        language=get_language(),
        feed_url=request.build_absolute_uri(),
    )
    for notice in search_notices(now=now, **wanted)[:ENTRIES]:
        atom.add_item(**entry(request, notice))
    if not atom.items:
        atom.latest_post_date = lambda: now  # type: ignore[method-assign]
    response = HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    return response


def entry(request: HttpRequest, notice: Notice) -> dict[str, Any]:
    """One notice: what it is, in one sentence, and where it stands."""
    kind = type_of(notice.kind, notice.procedure).name
    demo = _("演示数据，不是真实采购") if notice.is_demo else ""
    said = (plain.sentence(notice), f"{notice.buyer.name}，{notice.number}", demo)
    return {
        "title": _clean(notice.title),
        "link": request.build_absolute_uri(reverse("notice", args=[notice.pk])),
        # By the standard a summary is HTML: what somebody wrote is escaped in it, and it once more in the feed.
        "description": "<br>".join(escape(_clean(part)) for part in said if part),
        "unique_id": identity(notice),
        "pubdate": notice.published_at,
        "updateddate": notice.published_at,
        "author_name": _clean(notice.buyer.name),
        "categories": (kind,),
    }


def identity(notice: Notice) -> str:
    """The same at whatever address the platform stands: a notice's number is given once and its facts never change."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{notice.number} {notice.digest}").urn


def _clean(text: str) -> str:
    return text.translate(_FORBIDDEN)
