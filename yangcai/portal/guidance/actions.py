"""How does an article come about? One drafts it, another publishes it, and what was published stays."""

import datetime
import hashlib
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.actions import action
from yangcai.kernel.entries import canonical
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role
from yangcai.portal.guidance import markdown, rules
from yangcai.portal.guidance.models import Article, ArticleKind, ArticleVersion
from yangcai.portal.notices.base import vector

#: Whoever did one of these to a version does not publish it.
WRITING = ("article.draft", "article.revise", "article.amend", "article.submit")
MOST_CHARACTERS = 20_000
HOW = _(
    "用 Markdown 书写：## 小标题、- 列表、**强调**、[文字](/notices/) 链接、表格；"
    "{{law:enquiry.answer}} 显示法规库中的现行规定和条款。不支持 HTML 和图片。"
)


class Content(Input):
    title = TextField(label=_("标题"), max_length=100)
    summary = TextField(label=_("摘要"), lines=2, max_length=200, help_text=_("一两句话说清讲什么、给谁看"))
    body = TextField(label=_("正文"), lines=20, max_length=MOST_CHARACTERS, help_text=HOW)

    def scope(self) -> None:
        last = None
        if isinstance(self.subject, ArticleVersion):
            last = self.subject
        elif isinstance(self.subject, Article):
            last = self.subject.versions.order_by("-number").first()
        for name in self.fields if last else ():
            self.fields[name].initial = getattr(last, name, None)


class DraftArticle(Content):
    kind = forms.ChoiceField(label=_("栏目"), choices=ArticleKind.choices)
    field_order = ["kind", "title", "summary", "body"]


@action(
    "article.draft",
    zh="起草文章",
    en="Draft an article",
    on=Organisation,
    by={Role.EDITOR},
    checks=(rules.body_is_safe, rules.links_lead_somewhere),
    input=DraftArticle,
    sentence=("{post}起草了一篇文章", "{post} drafted an article"),
    creates=True,
    is_public=False,
    hint=("起草后送审，由他人审核发布", "Submit the draft; somebody else reviews and publishes it"),
)
def draft_article(
    organisation: Organisation, *, by: Post, now: datetime.datetime, kind: str, **content: Any
) -> ArticleVersion:
    """The first version of an article of the editor's own bureau."""
    article = Article.objects.create(organisation=organisation, kind=kind, title=content["title"], begun_at=now)
    return ArticleVersion.objects.create(article=article, number=1, drafted_at=now, **content)


class ReviseArticle(Content):
    change = TextField(label=_("修改说明"), lines=2, max_length=200, help_text=_("读者在版本记录中看到"))

    def scope(self) -> None:
        super().scope()
        self.fields["change"].initial = ""


@action(
    "article.revise",
    zh="修订文章",
    en="Revise an article",
    on=Article,
    by={Role.EDITOR},
    needs=(rules.is_published, rules.not_withdrawn, rules.has_no_draft),
    checks=(rules.body_is_safe, rules.links_lead_somewhere),
    input=ReviseArticle,
    sentence=("{post}起草了文章的新版本", "{post} drafted a new version of an article"),
    creates=True,
    is_public=False,
    hint=("原版本继续公开，直到新版本发布", "The former version stays public until the new one is published"),
)
def revise_article(article: Article, *, by: Post, now: datetime.datetime, **content: Any) -> ArticleVersion:
    """The next version; what was published before stays as it is."""
    last = article.versions.order_by("-number").first()
    number = last.number + 1 if last else 1
    return ArticleVersion.objects.create(article=article, number=number, drafted_at=now, **content)


class AmendArticle(Content):
    """The draft with what it says now."""


@action(
    "article.amend",
    zh="修改草稿",
    en="Amend the draft",
    on=ArticleVersion,
    by={Role.EDITOR},
    needs=(rules.is_draft, rules.not_withdrawn),
    checks=(rules.body_is_safe, rules.links_lead_somewhere),
    input=AmendArticle,
    sentence=("{post}修改了文章草稿", "{post} amended the draft of an article"),
    is_public=False,
)
def amend_article(version: ArticleVersion, *, by: Post, now: datetime.datetime, **content: Any) -> ArticleVersion:
    """Write the draft anew, before the review or after it was sent back."""
    for name, value in content.items():
        setattr(version, name, value)
    version.returned_at, version.return_reason = None, ""
    version.save(update_fields=[*content, "returned_at", "return_reason"])
    return version


@action(
    "article.submit",
    zh="送审",
    en="Submit for review",
    on=ArticleVersion,
    by={Role.EDITOR},
    needs=(rules.is_draft, rules.not_withdrawn),
    sentence=("{post}将文章送审", "{post} submitted an article for review"),
    is_public=False,
)
def submit_article(version: ArticleVersion, *, by: Post, now: datetime.datetime, **data: Any) -> ArticleVersion:
    """From here on the draft is not changed unless it comes back."""
    version.submitted_at, version.returned_at, version.return_reason = now, None, ""
    version.save(update_fields=["submitted_at", "returned_at", "return_reason"])
    return version


@action(
    "article.publish",
    zh="审核发布",
    en="Review and publish",
    on=ArticleVersion,
    by={Role.TREASURY},
    needs=(rules.is_under_review, rules.not_withdrawn),
    not_same_person_as=WRITING,
    sentence=("{post}审核并发布了文章", "{post} reviewed and published an article"),
    cites=("control.separation",),
    hint=("发布后不能改写，只能修订为新版本或者撤下", "Once published it is revised or withdrawn, never rewritten"),
)
def publish_article(version: ArticleVersion, *, by: Post, now: datetime.datetime, **data: Any) -> ArticleVersion:
    """Everybody may read it from now on; the database keeps it as it is."""
    said = {"title": version.title, "summary": version.summary, "body": version.body}
    version.published_at = now
    version.digest = hashlib.sha256(canonical(said)).hexdigest()
    version.is_demo = settings.YANGCAI_SANDBOX
    version.search = vector(f"{version.title} {version.summary} {markdown.plain(version.body)}")
    version.save(update_fields=["published_at", "digest", "is_demo", "search"])
    Article.objects.filter(pk=version.article_id).update(title=version.title)
    return version


class SendBack(Input):
    reason = TextField(label=_("退回理由"), lines=3)


@action(
    "article.send_back",
    zh="退回修改",
    en="Send back",
    on=ArticleVersion,
    by={Role.TREASURY},
    needs=(rules.is_under_review,),
    input=SendBack,
    sentence=("{post}退回了文章", "{post} sent an article back"),
    is_public=False,
)
def send_back_article(version: ArticleVersion, *, by: Post, now: datetime.datetime, reason: str) -> ArticleVersion:
    """Back to the editor, with the reason."""
    version.submitted_at, version.returned_at, version.return_reason = None, now, reason
    version.save(update_fields=["submitted_at", "returned_at", "return_reason"])
    return version


class WithdrawArticle(Input):
    reason = TextField(label=_("撤下理由"), lines=3, help_text=_("向公众显示"))


@action(
    "article.withdraw",
    zh="撤下文章",
    en="Withdraw an article",
    on=Article,
    by={Role.TREASURY},
    needs=(rules.is_published, rules.not_withdrawn),
    input=WithdrawArticle,
    sentence=("{post}撤下了文章", "{post} withdrew an article"),
    hint=("各版本仍可查阅，页面注明已撤下及理由", "Its versions stay readable, marked as withdrawn, with the reason"),
    dangerous=True,
)
def withdraw_article(article: Article, *, by: Post, now: datetime.datetime, reason: str) -> Article:
    """It stands in no list any more; whoever has its address reads that and why it was withdrawn."""
    article.withdrawn_at, article.withdrawn_reason = now, reason
    article.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    return article
