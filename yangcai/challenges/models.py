"""What do suppliers ask, and what were they answered? (Objections and complaints join here.)"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.models import Root, Rooted
from yangcai.parties.models import Organisation
from yangcai.tendering.models import Prequalification


class Enquiry(Rooted):
    """询问: a supplier's question; the answer is due in 3 working days (条例 art. 52)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="enquiries", verbose_name=_("采购项目"))
    prequalification = models.ForeignKey(
        Prequalification,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
        verbose_name=_("资格预审"),
    )
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("供应商"))
    question = models.TextField(_("询问内容"))
    asked_at = models.DateTimeField(_("收到时间"))
    answer = models.TextField(_("答复"), default="", blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("询问")

    def __str__(self) -> str:
        return self.question

    @property
    def root(self) -> Root:
        """What it is about: before the case is published its prequalification is all that a supplier sees."""
        return self.prequalification or self.case
