"""Which suppliers, agents and experts are barred from taking part, since when, until when, by whose decision?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.models import Rooted
from yangcai.parties.models import Organisation


class DebarmentGround(models.TextChoices):
    DISHONEST_EXECUTION = "dishonest_execution", _("失信被执行人")
    TAX = "tax", _("重大税收违法失信主体")
    PROCUREMENT = "procurement", _("政府采购严重违法失信行为记录名单")


class Debarment(Rooted):
    """禁止参加: one organisation, one list, from–to (政府采购法 art. 22, 77; 财库〔2016〕125号)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="debarments", verbose_name=_("主体"))
    ground = models.TextField(_("名单"), choices=DebarmentGround.choices)
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"), null=True)
    authority = models.TextField(_("决定机关"))
    decision = models.TextField(_("文号"))

    class Meta:
        verbose_name = _("禁止参加")

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_ground_display()}"
