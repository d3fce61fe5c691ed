"""Which story did a visitor of the demo begin, and as whom? Rows exist only in a sandbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.funds.models import Appropriation
from yangcai.parties.models import Post


class Story(models.Model):
    """剧本: one visitor's own purchase, begun with a budget line of its own. What happened in it stands in the log."""

    name = models.TextField(_("剧本"))
    appropriation = models.OneToOneField(Appropriation, models.PROTECT, related_name="+", verbose_name=_("采购预算"))
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("访客岗位"))
    is_automatic = models.BooleanField(_("其他角色自动办理"), default=True)
    started_at = models.DateTimeField(_("开始时间"))

    class Meta:
        verbose_name = _("剧本")

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"
