"""Who is in the expert library, and what keeps one of them off which cases?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.actions import SCOPES
from yangcai.parties.models import Expert, ExpertTie
from yangcai.parties.roles import Role
from yangcai.www import formats
from yangcai.www.access import page
from yangcai.www.paging import CappedPaginator
from yangcai.www.work import tables
from yangcai.www.work.offers import Offer, offers
from yangcai.www.work.rootpages import LINES, PER_PAGE, linked, root_context
from yangcai.www.work.shown import KINDS


@page(by={Role.TREASURY, Role.PLATFORM, Role.EXPERT})
def experts(request: HttpRequest) -> HttpResponse:
    """The library for the treasury, by day of admission; an expert finds oneself alone."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    rows = SCOPES[Expert](post, now).select_related("person", "employer").order_by("-admitted_on", "pk")
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(specialities__contains=text)
    shown = CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("专家库"),
        "page": shown,
        "table": linked(list(shown.object_list), KINDS[Expert].columns[:5], Expert),
        "search": text,
        "offers": offers([post.organisation], post=post, now=now).of("expert"),
        "now": now,
    }
    return render(request, "work/list.html", context)


@page(by={Role.TREASURY, Role.PLATFORM, Role.EXPERT})
def expert(request: HttpRequest, pk: int) -> HttpResponse:
    """One expert: employer, specialities, recusal facts; for the library and the expert."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(SCOPES[Expert](post, now).select_related("person", "employer"), pk=pk)
    ties: list[Any] = list(SCOPES[ExpertTie](post, now).filter(expert=row)[:LINES])
    context = root_context(row, post=post, now=now, under=ties)
    links: dict[tuple[Any, int], list[Offer]] = {}
    for offer in context["offers"].open:
        links.setdefault((type(offer.subject), offer.subject.pk), []).append(offer)
    kind = KINDS[ExpertTie]
    context |= {
        "title": row.person.name,
        "kicker": [formats.titled(KINDS[Expert].title), row.employer.name],
        "tables": [tables.table(kind.title, ExpertTie, ties, kind.columns, links=links)] if ties else [],
    }
    return render(request, "work/root.html", context)
