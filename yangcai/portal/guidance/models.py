"""Which articles does the bureau publish, and what did each say when?"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.models import Root
from yangcai.parties.models import Organisation


class ArticleKind(models.TextChoices):
    POLICY = "policy", _("政策法规")
    GUIDE = "guide", _("办事指南")


class Article(Root):
    """文章: a text with a place of its own, whatever its versions say; withdrawn with a reason, never deleted."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("发布单位"))
    kind = models.TextField(_("栏目"), choices=ArticleKind.choices)
    title = models.TextField(_("标题"))
    begun_at = models.DateTimeField(_("起草时间"))
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)
    withdrawn_reason = models.TextField(_("撤下理由"), default="", blank=True)

    class Meta:
        verbose_name = _("文章")
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""), name="withdrawal_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ArticleVersion(Root):
    """文章版本: written by one, published by another, and from then on what it is. A root of its own, so that whoever
    wrote this version is known from its own timeline."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions", verbose_name=_("文章"))
    number = models.PositiveSmallIntegerField(_("版本号"))
    title = models.TextField(_("标题"))
    summary = models.TextField(_("摘要"))
    body = models.TextField(_("正文"))
    change = models.TextField(_("修改说明"), default="", blank=True)
    drafted_at = models.DateTimeField(_("起草时间"))
    submitted_at = models.DateTimeField(_("送审时间"), null=True, blank=True)
    returned_at = models.DateTimeField(_("退回时间"), null=True, blank=True)
    return_reason = models.TextField(_("退回理由"), default="", blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    digest = models.TextField(_("内容摘要"), default="", blank=True)
    is_demo = models.BooleanField(_("演示"), default=False)
    search = SearchVectorField(_("检索"), null=True)

    class Meta:
        verbose_name = _("文章版本")
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(published_at__isnull=True), name="one_draft_per_article"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(submitted_at__lte=F("published_at")) & ~Q(digest=""),
                name="an_article_is_reviewed_before_it_is_published",
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="article_search", fastupdate=False),
            models.Index(fields=["-published_at"], name="article_by_time", condition=Q(published_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title
