"""What does the bureau explain to everybody: policy and guidance, each article with all its versions?"""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai.kernel.inputs import number_of
from yangcai.portal.guidance import markdown
from yangcai.portal.guidance.queries import in_force, versions_of, visible_articles
from yangcai.portal.models import ArticleKind, ArticleVersion
from yangcai.www.access import PUBLIC, page
from yangcai.www.paging import MOST_HITS, CappedPaginator

PER_PAGE = 20


class Filters(forms.Form):
    """What to look for; everything may stay empty."""

    q = forms.CharField(label=gettext_lazy("关键词"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("栏目"), required=False, choices=[("", gettext_lazy("全部")), *ArticleKind.choices]
    )


def rows(versions: Iterable[ArticleVersion]) -> list[dict[str, Any]]:
    """Articles as lines of a list."""
    return [
        {
            "title": version.title,
            "summary": version.summary,
            "url": reverse("article", args=[version.article_id]),
            "facts": [
                version.article.get_kind_display(),
                version.article.organisation.name,
                timezone.localtime(version.published_at).date().isoformat() if version.published_at else "",
            ],
        }
        for version in versions
    ]


def latest(now: datetime.datetime, *, most: int) -> list[dict[str, Any]]:
    """The newest articles, for the first page."""
    return rows(in_force(now=now)[:most])


@page(by=PUBLIC)
def listing(request: HttpRequest) -> HttpResponse:
    """Every article that stands, newest first."""
    now = request.now  # type: ignore[attr-defined]
    form = Filters(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = in_force(now=now, kind=wanted.get("kind", ""), text=wanted.get("q", ""))
    pages = CappedPaginator(found, PER_PAGE, most=MOST_HITS).get_page(request.GET.get("page"))
    context = {"form": form, "pages": pages, "rows": rows(pages.object_list), "wanted": wanted}
    return render(request, "public/guidance.html", context)


@page(by=PUBLIC)
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """One article as it stands, or as a version of it said (`?version=2`); a withdrawn one says so, with the reason."""
    now = request.now  # type: ignore[attr-defined]
    row = get_object_or_404(visible_articles(None, now), pk=pk)
    versions = list(versions_of(row, now=now))
    shown = versions[0]
    if "version" in request.GET:
        asked = number_of(request.GET["version"], digits=4)
        if (shown := next((one for one in versions if one.number == asked), None)) is None:
            raise Http404
    context = {
        "article": row,
        "version": shown,
        "newest": versions[0],
        "versions": versions,
        # What an earlier version said of the law it said on its day; the newest one says what is in force.
        "body": mark_safe(markdown.render(shown.body, on=_law_day(shown, versions[0], now=now))),
        "kicker": [
            row.get_kind_display(),
            row.organisation.name,
            _("第 %(n)s 版") % {"n": shown.number},
        ],
    }
    return render(request, "public/article.html", context)


def _law_day(shown: ArticleVersion, newest: ArticleVersion, *, now: datetime.datetime) -> datetime.date:
    """The day whose law is printed."""
    return timezone.localdate(now if shown.pk == newest.pk or shown.published_at is None else shown.published_at)
