"""What do pictures of a year's procurement say, from published facts alone?"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yangcai.kernel.inputs import number_of
from yangcai.portal import year as figures
from yangcai.www.access import PUBLIC, page
from yangcai.www.pictures import csv_asked, of_year
from yangcai.www.public import home, running


@page(by=PUBLIC)
def page_figures(request: HttpRequest) -> HttpResponse:
    """The pictures of one year; ?csv=… answers with the table of one of them."""
    now = request.now  # type: ignore[attr-defined]
    years = figures.years(now)
    asked = request.GET.get("year")
    year = number_of(asked, digits=4) if asked else years[0]
    if year not in years:
        raise Http404
    pictures = of_year.pictures(figures.counted(year, now=now), year=year, today=timezone.localdate(now))
    pipeline = running.steps(home.counted(now)["stages"]) if year == years[0] else []
    standing = of_year.standing(pipeline, now=now) if pipeline else None
    table = csv_asked(request, [standing, *pictures])
    if table is not None:
        return table
    context = {
        "year": year,
        "years": years if len(years) > 1 else [],
        "pictures": pictures,
        "pipeline": pipeline,
        "standing": standing,
        "is_demo": settings.YANGCAI_SANDBOX,
    }
    return render(request, "public/figures.html", context)
