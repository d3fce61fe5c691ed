"""Which articles may be read, and which are in somebody's hands?"""

import datetime

from django.db.models import BooleanField, Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.portal.guidance.models import Article, ArticleVersion
from yangcai.portal.search import query

#: Who writes, and who lets out.
DESK = frozenset({Role.EDITOR, Role.TREASURY})


@scope(Article)
def visible_articles(post: Post | None, now: datetime.datetime) -> QuerySet[Article]:
    """Of the own bureau, drafts included; for everybody else what was published once."""
    articles = Article.objects.select_related("organisation")
    published = Exists(ArticleVersion.objects.filter(article=OuterRef("pk"), published_at__lte=now))
    if post is not None and post.role in DESK:
        return articles.filter(organisation_id=post.organisation_id)
    return articles.filter(published)


@scope(ArticleVersion)
def visible_versions(post: Post | None, now: datetime.datetime) -> QuerySet[ArticleVersion]:
    versions = ArticleVersion.objects.select_related("article__organisation")
    if post is not None and post.role in DESK:
        return versions.filter(article__organisation_id=post.organisation_id)
    return versions.filter(published_at__lte=now)


@standing(Article)
def concerns_article(article: Article, post: Post) -> bool:
    """Whether this post acts for the bureau that publishes it."""
    return article.organisation_id == post.organisation_id


@standing(ArticleVersion)
def concerns_version(version: ArticleVersion, post: Post) -> bool:
    return version.article.organisation_id == post.organisation_id


def in_force(*, now: datetime.datetime, kind: str = "", text: str = "") -> QuerySet[ArticleVersion]:
    """The newest published version of every article that stands, newest first; empty parameters do not filter."""
    later = ArticleVersion.objects.filter(
        article=OuterRef("article"), published_at__lte=now, number__gt=OuterRef("number")
    )
    found = (
        ArticleVersion.objects.filter(published_at__lte=now, article__withdrawn_at__isnull=True)
        .filter(~Exists(later))
        .select_related("article__organisation")
        .order_by("-published_at", "-pk")
    )
    if kind:
        found = found.filter(article__kind=kind)
    if text.strip():
        wanted = query(text)
        if not wanted:
            return found.none()
        matches = RawSQL("portal_articleversion.search @@ %s::tsquery", [wanted], output_field=BooleanField())
        found = found.filter(matches)
    return found


def versions_of(article: Article, *, now: datetime.datetime) -> QuerySet[ArticleVersion]:
    """Everything that was published of an article, newest first."""
    return article.versions.filter(published_at__lte=now).order_by("-number")
