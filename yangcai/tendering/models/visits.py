"""When and where may whoever has the documents see the site, or ask together before the opening?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.tendering.models.rows import CaseRow


class VisitKind(models.TextChoices):
    VISIT = "visit", _("现场考察")
    MEETING = "meeting", _("开标前答疑会")


class SiteVisit(CaseRow):
    """现场考察或者答疑会 (87号令 art. 26): for everybody who has the documents, after these were supplied.

    Who came, and how many, is written down nowhere: names and number of those who have the documents are secret until
    the opening (87号令 art. 28). What was said is told to all."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="site_visits", verbose_name=_("采购项目"))
    number = models.PositiveSmallIntegerField(_("序号"))
    kind = models.TextField(_("种类"), choices=VisitKind.choices)
    place = models.TextField(_("地点"))
    content = models.TextField(_("内容"))
    begins_at = models.DateTimeField(_("开始时间"))
    told_at = models.DateTimeField(_("书面通知时间"), null=True, blank=True)
    held_at = models.DateTimeField(_("举行时间"), null=True, blank=True)
    minutes = models.TextField(_("说明和答疑记录"), default="", blank=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    cancelled_reason = models.TextField(_("取消理由"), default="", blank=True)

    class Meta:
        verbose_name = _("现场考察和答疑会")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_visit_per_number"),
            models.CheckConstraint(
                condition=models.Q(held_at__isnull=True) | models.Q(cancelled_at__isnull=True),
                name="visit_is_held_or_cancelled",
            ),
            models.CheckConstraint(
                condition=models.Q(held_at__isnull=True) | models.Q(held_at__gte=models.F("begins_at")),
                name="visit_is_not_held_before_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def is_ahead(self) -> bool:
        return self.held_at is None and self.cancelled_at is None
