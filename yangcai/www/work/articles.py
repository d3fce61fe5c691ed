"""Where are articles written and reviewed? The list of the bureau, an article with its versions, one version."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from yangcai.kernel.actions import SCOPES
from yangcai.portal.guidance import markdown
from yangcai.portal.guidance.queries import DESK
from yangcai.portal.models import Article, ArticleVersion
from yangcai.www import formats
from yangcai.www.access import page
from yangcai.www.paging import CappedPaginator
from yangcai.www.work import places, tables
from yangcai.www.work.offers import Offer, offers
from yangcai.www.work.rootpages import PER_PAGE, root_context
from yangcai.www.work.shown import KINDS

COLUMNS = ("title", "article__kind", "number", "drafted_at", "submitted_at", "published_at")


def state_of(version: ArticleVersion) -> str:
    """Where a version stands, in a word."""
    if version.article.withdrawn_at is not None:
        return _("已撤下")
    if version.published_at is not None:
        return _("已发布")
    if version.submitted_at is not None:
        return _("待审核")
    return _("已退回") if version.returned_at is not None else _("草稿")


@page(by=DESK)
def articles(request: HttpRequest) -> HttpResponse:
    """Every version of the own bureau's articles, what was begun last on top."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    rows = SCOPES[ArticleVersion](post, now).order_by("-drafted_at", "-pk")
    shown = CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    found = list(shown.object_list)
    table = tables.table(KINDS[ArticleVersion].title, ArticleVersion, found, COLUMNS)
    table = tables.with_column(table, _("状态"), [state_of(one) for one in found])
    context = {
        "title": _("文章管理"),
        "page": shown,
        "table": tables.with_addresses(table, [places.page_of(one) for one in found]),
        "offers": offers([post.organisation], post=post, now=now).of("article"),
        "now": now,
    }
    return render(request, "work/list.html", context)


@page(by=DESK)
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """One article: its versions, and what may be done with the whole of it."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(SCOPES[Article](post, now), pk=pk)
    versions = list(SCOPES[ArticleVersion](post, now).filter(article=row).order_by("-number"))
    table = tables.table(KINDS[ArticleVersion].title, ArticleVersion, versions, ("number", "title", *COLUMNS[3:]))
    table = tables.with_column(table, _("状态"), [state_of(one) for one in versions])
    context: dict[str, Any] = root_context(row, post=post, now=now)
    context |= {
        "title": row.title,
        "kicker": [row.get_kind_display(), row.organisation.name],
        "tables": [tables.with_addresses(table, [places.page_of(one) for one in versions])],
    }
    return render(request, "work/root.html", context)


@page(by=DESK)
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version as its readers will see it, with what may be done about it."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(SCOPES[ArticleVersion](post, now), pk=pk)
    context: dict[str, Any] = root_context(row, post=post, now=now)
    beside: list[Offer] = offers([row.article], post=post, now=now).open
    number = formats.titled(_("第 %(n)s 版") % {"n": row.number})
    context |= {
        "title": row.title,
        "kicker": [row.article.get_kind_display(), number, state_of(row)],
        "version": row,
        "body": mark_safe(markdown.render(row.body, on=timezone.localdate(now))),
        "beside": beside,
    }
    return render(request, "work/article_version.html", context)
