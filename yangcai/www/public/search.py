"""Where does the one search box lead: straight to the page that is meant, else to organisations and notices?"""

import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from yangcai.cases.queries import visible_to
from yangcai.portal.finding import meant, search_organisations
from yangcai.portal.models import Notice
from yangcai.portal.queries import search_notices
from yangcai.www.access import PUBLIC, page
from yangcai.www.paging import MOST_HITS, CappedPaginator
from yangcai.www.public.notices import rows

PER_PAGE, ORGANISATIONS = 20, 8
LONGEST = 100


@page(by=PUBLIC)
def page_search(request: HttpRequest) -> HttpResponse:
    """?q=: to the one page that it can only mean, unless ?all=1; else what is like it."""
    now = request.now  # type: ignore[attr-defined]
    text = " ".join(request.GET.get("q", "").split())[:LONGEST]
    stays = request.GET.get("all") or request.GET.get("page")
    if text and not stays and (address := straight_to(text, now=now)):
        return HttpResponseRedirect(address)
    # One more than is shown: whether there are more.
    organisations = list(search_organisations(text, now=now)[: ORGANISATIONS + 1]) if text else []
    found = search_notices(now=now, text=text) if text else Notice.objects.none()
    pages = CappedPaginator(found, PER_PAGE, most=MOST_HITS).get_page(request.GET.get("page"))
    return render(
        request,
        "public/search.html",
        {
            "text": text,
            "organisations": organisations[:ORGANISATIONS],
            "more_organisations": len(organisations) > ORGANISATIONS,
            "pages": pages,
            "rows": rows(pages.object_list, now=now),
            "listing_url": f"{reverse('notices')}?{urlencode({'q': text})}",
        },
    )


def straight_to(text: str, *, now: datetime.datetime) -> str:
    """The page of the purchase or notice with this number, or of the organisation that is meant; empty without one."""
    numbers = {text, text.upper()}
    case = visible_to(None, now).filter(number__in=numbers).first()
    if case is not None:
        return reverse("public_case", args=[case.pk])
    notice = Notice.objects.filter(number__in=numbers, published_at__lte=now).first()
    if notice is not None:
        return reverse("notice", args=[notice.pk])
    organisation = meant(text, now=now)
    if organisation is None:
        return ""
    return f"{reverse('organisation', args=[organisation.pk])}?{urlencode({'q': text})}"
