"""How does anybody get all of it at once? Tables as CSV and JSON, OCDS packages, with their policy and licence."""

import csv
import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai.cases.queries import visible_to
from yangcai.kernel.cells import BYTE_ORDER_MARK, harmless
from yangcai.kernel.inputs import number_of
from yangcai.ocds import release, stream
from yangcai.portal import opendata
from yangcai.www.access import PUBLIC, page

CSV, JSON = "text/csv; charset=utf-8", "application/json; charset=utf-8"
#: So many lines of a table leave together.
LINES = 200
OCDS = {"ocds-releases.json": stream.releases, "ocds-records.json": stream.records}
EARLIEST = 2000


@page(by=PUBLIC)
def index(request: HttpRequest) -> HttpResponse:
    """What can be downloaded, and what every column means."""
    now = request.now  # type: ignore[attr-defined]
    this_year = timezone.localdate(now).year
    return render(
        request,
        "public/data.html",
        {
            "datasets": opendata.DATASETS.values(),
            "years": [this_year, this_year - 1],
            "is_demo": settings.YANGCAI_SANDBOX,
            "licence_url": release.LICENCE,
        },
    )


@page(by=PUBLIC)
def policy(request: HttpRequest) -> HttpResponse:
    """What is published when, what is not, and how a mistake is mended (OCDS publicationPolicy)."""
    return render(request, "public/data_policy.html", {"is_demo": settings.YANGCAI_SANDBOX})


@page(by=PUBLIC)
def licence(request: HttpRequest) -> HttpResponse:
    """What anybody may do with the data."""
    return render(request, "public/data_licence.html", {"licence_url": release.LICENCE})


@page(by=PUBLIC)
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """One download, e.g. contracts.csv, ocds-records.json; ?year= takes one year of it."""
    now = request.now  # type: ignore[attr-defined]
    typed = request.GET.get("year", "")
    year = number_of(typed) if typed else None
    if typed and (year is None or not EARLIEST <= year <= timezone.localdate(now).year):
        raise Http404
    if name in OCDS:
        cases = opendata.of_year(visible_to(None, now), column="published_at", year=year)
        chunks = ([case.pk for case in rows] for rows in opendata.chunks(cases.only("pk").select_related(None)))
        addresses = {
            "uri": request.build_absolute_uri(),
            "policy": request.build_absolute_uri(reverse("data_policy")),
        }
        return _streamed(OCDS[name](chunks, now=now, **addresses), content_type=JSON, name=name, now=now)
    code, _dot, form = name.partition(".")
    dataset = opendata.DATASETS.get(code)
    if dataset is None or form not in ("csv", "json"):
        raise Http404
    rows = opendata.records(dataset, now=now, year=year)
    if form == "csv":
        return _streamed(as_csv(dataset, rows), content_type=CSV, name=name, now=now)
    return _streamed(as_json(request, dataset, rows, now=now), content_type=JSON, name=name, now=now)


def as_csv(dataset: opendata.Dataset, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The heading, then the rows; no cell is a formula."""
    line = csv.writer(_Line())
    yield BYTE_ORDER_MARK + line.writerow([column.name for column in dataset.columns])
    for row in rows:
        yield line.writerow([harmless(cell) for cell in row.values()])


class _Line:
    """A file for csv.writer whose `write` gives back what it was given."""

    def write(self, text: str) -> str:
        return text


def as_json(
    request: HttpRequest, dataset: opendata.Dataset, rows: Iterable[dict[str, Any]], *, now: datetime.datetime
) -> Iterator[str]:
    """One object: what it is, until when, under which licence, and the rows. Amounts are texts: JSON numbers round."""
    head = {
        "dataset": dataset.code,
        "title": dataset.name,
        "as_of": timezone.localtime(now).isoformat(timespec="seconds"),
        "publisher": _("兰州新区政府采购一体化平台"),
        "licence": release.LICENCE,
        "publication_policy": request.build_absolute_uri(reverse("data_policy")),
        "demo": settings.YANGCAI_SANDBOX,
        "fields": [{"name": column.name, "meaning": column.meaning, "unit": column.unit} for column in dataset.columns],
    }
    return stream.written(head, key="items", items=rows)


def _streamed(parts: Iterable[str], *, content_type: str, name: str, now: datetime.datetime) -> StreamingHttpResponse:
    marked = f"demo-{name}" if settings.YANGCAI_SANDBOX else name
    response = StreamingHttpResponse(_together(parts), content_type=content_type)
    stem, _dot, form = marked.rpartition(".")
    response["Content-Disposition"] = f"attachment; filename={stem}-{timezone.localdate(now):%Y%m%d}.{form}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Access-Control-Allow-Origin"] = "*"  # open data: a page of somebody else's may read it too
    return response


def _together(parts: Iterable[str]) -> Iterator[str]:
    """Many short lines as few pieces."""
    waiting: list[str] = []
    for part in parts:
        waiting.append(part)
        if len(waiting) == LINES:
            yield "".join(waiting)
            waiting = []
    yield "".join(waiting)
