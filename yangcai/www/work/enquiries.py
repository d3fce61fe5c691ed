"""What has the public asked of this office, and what was it told?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from yangcai.challenges.contact import opened
from yangcai.challenges.models import PublicEnquiry
from yangcai.challenges.queries import ANSWERING, visible_public_enquiries
from yangcai.www import formats
from yangcai.www.access import page
from yangcai.www.paging import CappedPaginator
from yangcai.www.work import places, tables
from yangcai.www.work.rootpages import PER_PAGE, root_context
from yangcai.www.work.shown import KINDS

COLUMNS = ("title", "number", "asker", "case", "asked_at", "answered_at", "published_at")


@page(by=ANSWERING)
def public_enquiries(request: HttpRequest) -> HttpResponse:
    """Everything that the public asked of this organisation, newest first."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    shown = CappedPaginator(visible_public_enquiries(post, now), PER_PAGE).get_page(request.GET.get("page"))
    found = list(shown.object_list)
    table = tables.table(KINDS[PublicEnquiry].title, PublicEnquiry, found, COLUMNS)
    context = {
        "title": formats.titled(KINDS[PublicEnquiry].title),
        "page": shown,
        "table": tables.with_addresses(table, [places.page_of(one) for one in found]),
        "now": now,
    }
    return render(request, "work/list.html", context)


@page(by=ANSWERING)
def public_enquiry(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, with how to reach whoever asked: shown here and nowhere else, until it is erased."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(visible_public_enquiries(post, now), pk=pk)
    context: dict[str, Any] = root_context(row, post=post, now=now)
    reach = opened(row)
    context |= {
        "title": row.title,
        "kicker": [row.number, row.get_asker_display(), row.case.title if row.case else ""],
        "more_title": _("询问人联系方式"),
        "more_facts": [{"label": _("联系方式"), "value": reach, "lang": "zh-Hans"}] if reach else [],
    }
    response = render(request, "work/root.html", context)
    response["Cache-Control"] = "no-store"
    return response
