"""Why may this article not be written, published or withdrawn now?"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.urls import Resolver404, resolve

from yangcai.kernel.refusals import Refusal, refuses
from yangcai.parties.models import Post
from yangcai.portal.guidance import markdown
from yangcai.portal.guidance.models import Article, ArticleVersion

SHOWN = 60
STRANGE = {
    "tag": ("正文不能含有 HTML：{text}", "The body may hold no HTML: {text}"),
    "picture": ("正文不能插入图片：{text}", "The body may hold no picture: {text}"),
    "link": (
        "链接只能指向本站（以 / 开头）、https、http 或者 mailto 地址：{text}",
        "A link leads to this site (beginning with /), or to an https, http or mailto address: {text}",
    ),
    "law": ("法规库没有这一条：{text}", "The law book has no such rule: {text}"),
}
ONE_DRAFT = Refusal(
    "draft_exists",
    "本文已有一个尚未发布的版本，请先完成该版本",
    "This article has a version that is not published yet: finish that one first",
)
refuses("one_draft_per_article", ONE_DRAFT)


# --- what stands in it -------------------------------------------------------------------------------------------


def body_is_safe(subject: Any, *, by: Post, now: datetime.datetime, body: str, **data: Any) -> Iterator[Refusal]:
    """What a page would show otherwise than its author meant is said before anybody sees it."""
    for kind, text in dict.fromkeys(markdown.strange(body)):
        zh, en = STRANGE[kind]
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        yield Refusal(f"body_{kind}", zh.format(text=shown), en.format(text=shown), field="body")


def links_lead_somewhere(
    subject: Any, *, by: Post, now: datetime.datetime, body: str, **data: Any
) -> Iterator[Refusal]:
    """A link into this site has a page."""
    for address in dict.fromkeys(markdown.links(body)):
        if not markdown.is_own(address):
            continue
        try:
            resolve(address.partition("#")[0].partition("?")[0])
        except Resolver404:
            shown = address[:SHOWN]
            yield Refusal(
                "dead_link", f"本站没有这个页面：{shown}", f"This site has no such page: {shown}", field="body"
            )


# --- where it stands ---------------------------------------------------------------------------------------------


def is_draft(version: ArticleVersion, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if version.published_at is not None:
        return Refusal(
            "already_published",
            "该版本已经发布，不能改写；请修订为新版本",
            "This version is published and stays as it is: revise it into a new one",
        )
    if version.submitted_at is not None:
        return Refusal(
            "under_review", "该版本已送审，退回后才能修改", "This version is under review; it changes once sent back"
        )
    return None


def is_under_review(version: ArticleVersion, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if version.published_at is None and version.submitted_at is not None:
        return None
    return Refusal("not_submitted", "该版本没有在审核中", "This version is not under review")


def is_published(article: Article, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if article.versions.filter(published_at__lte=now).exists():
        return None
    return Refusal("not_published", "本文还没有发布过", "This article has not been published")


def has_no_draft(article: Article, *, by: Post, now: datetime.datetime) -> Refusal | None:
    return ONE_DRAFT if article.versions.filter(published_at__isnull=True).exists() else None


def not_withdrawn(subject: Any, *, by: Post, now: datetime.datetime) -> Refusal | None:
    article = subject if isinstance(subject, Article) else subject.article
    if article.withdrawn_at is None:
        return None
    return Refusal("already_withdrawn", "本文已经撤下", "This article has been withdrawn")
