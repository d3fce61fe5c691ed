"""What has been published, when, and what replaced it; and what does somebody wait to read?"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.parties.models import Organisation, Person
from yangcai.portal.guidance.models import Article, ArticleKind, ArticleVersion

__all__ = ["Article", "ArticleKind", "ArticleVersion", "Notice", "SavedSearch"]


class Notice(models.Model):
    """公告: frozen facts of one Entry. Its text is rendered from the facts alone, so it can never change."""

    number = models.TextField(_("公告编号"), unique=True)
    kind = models.TextField(_("公告类型"))
    root = models.TextField(_("所属"))
    entry_seq = models.BigIntegerField(_("日志序号"))
    title = models.TextField(_("标题"))
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("采购人"))
    category = models.TextField(_("类别"), default="", blank=True)
    procedure = models.TextField(_("采购方式"), default="", blank=True)
    budget = models.DecimalField(_("预算金额"), max_digits=18, decimal_places=2, null=True, blank=True)
    closes_at = models.DateTimeField(_("截止时间"), null=True, blank=True)
    facts = models.JSONField(_("内容"))
    digest = models.TextField(_("摘要"))
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("更正的公告")
    )
    published_at = models.DateTimeField(_("发布时间"))
    is_demo = models.BooleanField(_("演示"), default=False)
    search = SearchVectorField(_("检索"), null=True)

    class Meta:
        verbose_name = _("公告")
        ordering = ["-published_at", "-id"]
        indexes = [
            # Few are published, many search: no pending list that every search has to read through.
            GinIndex(fields=["search"], name="notice_search", fastupdate=False),
            models.Index(fields=["kind", "-published_at"], name="notice_by_kind"),
            models.Index(fields=["root", "published_at"], name="notice_of_root"),
            models.Index(fields=["-published_at"], name="notice_by_time"),
        ]

    def __str__(self) -> str:
        return self.title


class SavedSearch(models.Model):
    """订阅的检索: the filters of the notice list that a person keeps; nobody else's business, no act of an office."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("人员"))
    title = models.TextField(_("名称"))
    text = models.TextField(_("关键词"), default="", blank=True)
    kind = models.TextField(_("公告类型"), default="", blank=True)
    category = models.TextField(_("类别"), default="", blank=True)
    procedure = models.TextField(_("采购方式"), default="", blank=True)
    buyer = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("采购人")
    )
    saved_at = models.DateTimeField(_("保存时间"))
    looked_at = models.DateTimeField(_("上次查看时间"))

    class Meta:
        verbose_name = _("订阅的检索")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "text", "kind", "category", "procedure", "buyer"],
                name="one_saved_search_per_filters",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.title
