"""Who says that an announced award no longer stands, and which other person confirmed it?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Award, AwardFall, Case
from yangcai.kernel.models import Rooted
from yangcai.parties.models import Post


class AwardAnnulment(Rooted):
    """中标结果失效的提请: void, or refused by its winner. The papers of one officer let no award fall; a reviewer of
    the buyer confirms or declines."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="annulments", verbose_name=_("中标结果"))
    ground = models.TextField(_("中标结果失效情形"), choices=AwardFall.choices)
    reason = models.TextField(_("事实和依据"))
    proposed_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("提请岗位"))
    proposed_at = models.DateTimeField(_("提请时间"))
    answered_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("复核岗位")
    )
    answered_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    is_confirmed = models.BooleanField(_("确认失效"), null=True, blank=True)
    answer = models.TextField(_("复核意见"), default="", blank=True)

    class Meta:
        verbose_name = _("中标结果失效的提请")
        constraints = [
            models.UniqueConstraint(
                fields=["award"],
                condition=models.Q(answered_at__isnull=True) | models.Q(is_confirmed=True),
                name="one_annulment_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def root(self) -> Case:
        return self.award.lot.case
