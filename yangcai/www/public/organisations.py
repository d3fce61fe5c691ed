"""What does one buyer buy and from whom, what has one supplier won and from whom, what does one agent run?"""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yangcai.cases.models import Case
from yangcai.cases.queries import visible_to
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.queries import visible_organisations
from yangcai.portal import published
from yangcai.portal.models import Notice
from yangcai.www import formats
from yangcai.www.access import PUBLIC, page
from yangcai.www.paging import CappedPaginator
from yangcai.www.pictures import Column, Picture, csv_asked, waterfall
from yangcai.www.pictures.bars import Bar
from yangcai.www.pictures.picture import large, unit, wan
from yangcai.www.public.notices import rows

RUNNING, LATEST, PARTNERS, PER_PAGE = 10, 5, 10, 10
AGENTS = frozenset({OrganisationKind.AGENT, OrganisationKind.CENTRAL_AGENT})


@page(by=PUBLIC)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one organisation, as a buyer, an agent or a supplier; only what was published counts."""
    now = request.now  # type: ignore[attr-defined]
    found = get_object_or_404(visible_organisations(None, now), pk=pk)
    as_supplier, as_agent = found.kind == OrganisationKind.SUPPLIER, found.kind in AGENTS
    signed = published.of(found, as_supplier=as_supplier, now=now).select_related("supplier", "buyer", "case")
    typed = request.GET.get("q", "").strip()[:100]
    notices = Notice.objects.filter(buyer=found, published_at__lte=now).select_related("buyer")
    by_year = published.by_year(signed)
    picture = by_years(by_year, as_supplier=as_supplier, now=now)
    if (table := csv_asked(request, [picture])) is not None:
        return table
    return render(
        request,
        "public/organisation.html",
        {
            "organisation": found,
            "as_supplier": as_supplier,
            "as_agent": as_agent,
            "kicker": [found.get_kind_display(), found.uscc, found.get_size_display() if as_supplier else ""],
            "figures": figures(signed, as_supplier=as_supplier),
            "caption": caption(now, as_supplier=as_supplier),
            "years": by_year,
            "picture": picture,
            "partners": published.partners(signed, side="buyer" if as_supplier else "supplier", most=PARTNERS),
            "running": [] if as_supplier else running(found, as_agent=as_agent, now=now),
            "pages": CappedPaginator(signed, PER_PAGE).get_page(request.GET.get("page")),
            "notices": [] if as_supplier else rows(notices[:LATEST], now=now),
            "notices_url": f"{reverse('notices')}?{urlencode({'buyer': found.pk})}",
            "typed": typed,
            "search_url": f"{reverse('search')}?{urlencode({'q': typed, 'all': '1'})}",
        },
    )


def running(found: Organisation, *, as_agent: bool, now: datetime.datetime) -> QuerySet[Case]:
    """Its purchases that have not ended, the newest first."""
    cases = visible_to(None, now).filter(ended_at=None, **{"agent" if as_agent else "buyer": found})
    return cases.order_by("-published_at")[:RUNNING]


def figures(signed: QuerySet[Any], *, as_supplier: bool) -> list[dict[str, Any]]:
    total = published.totals(signed)
    value, unit = formats.wan_parts(total["sum"])
    paid, paid_unit = formats.wan_parts(total["paid_out"])
    shown = [
        {"label": _("合同"), "value": total["n"], "unit": _("份")},
        {"label": _("合同金额"), "value": value, "unit": unit},
        {"label": _("已支付"), "value": paid, "unit": paid_unit},
    ]
    if not as_supplier:
        share = f"{100 * total['small'] / total['sum']:.2f}" if total["sum"] else "—"
        small, small_unit = formats.wan_parts(total["small"])
        note = _("%(small)s %(unit)s，占合同金额") % {"small": small, "unit": small_unit}
        shown.append({"label": _("面向中小企业"), "value": share, "unit": "%" if total["sum"] else "", "note": note})
    return shown


def caption(now: datetime.datetime, *, as_supplier: bool) -> str:
    """What is counted, out of what, until when."""
    day = {"day": formats.day(timezone.localdate(now))}
    if as_supplier:
        return _("截至 %(day)s；范围：已公告、未解除的合同。") % day
    return (
        _(
            "截至 %(day)s；范围：已公告、未解除的合同；中小企业占比的分母为合同金额，"
            "货物按制造商的规模、联合体按各成员的份额计。"
        )
        % day
    )


def by_years(by_year: list[dict[str, Any]], *, as_supplier: bool, now: datetime.datetime) -> Picture | None:
    """What was signed in each year; a table says it as well of one year."""
    if len(by_year) < 2:
        return None
    most = max(by_year, key=lambda one: one["sum"])
    says = _("%(year)d 年最多：%(sum)s，%(n)d 份合同。") % {
        "year": most["year"],
        "sum": wan(most["sum"]),
        "n": most["n"],
    }
    drawn = [Bar(str(one["year"]), large(one["sum"]), "total") for one in by_year]
    return Picture(
        key="years",
        title=_("每年签了多少合同？") if as_supplier else _("每年采购多少？"),
        says=says,
        caption=_("单位：%(unit)s。按合同签订年份。") % {"unit": unit()} + caption(now, as_supplier=as_supplier),
        drawings=waterfall(drawn),
        columns=(Column(_("年份")), Column(_("合同"), 0), Column(_("金额（元）"), 2)),
        rows=[(str(one["year"]), one["n"], one["sum"]) for one in by_year],
    )
