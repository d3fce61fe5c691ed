"""Which offered brands did the committee find to be one, in whatever script they are written?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot
from yangcai.tendering.models.committee import Committee
from yangcai.tendering.models.rows import LotRow


class SameBrand(LotRow):
    """同一品牌认定: two offered brands, each as it is written in the bids, are one (87号令 art. 31).

    An opinion of the committee: of one that was formed anew since, it counts no more than the rest.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="same_brands", verbose_name=_("采购包"))
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name=_("评标委员会"))
    brand = models.TextField(_("品牌"))
    other = models.TextField(_("另一品牌"))
    reason = models.TextField(_("认定理由"))
    stated_at = models.DateTimeField(_("认定时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_reason = models.TextField(_("撤回理由"), default="", blank=True)

    class Meta:
        verbose_name = _("同一品牌认定")
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "lot", "brand", "other"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_statement_per_pair_of_brands",
            )
        ]

    def __str__(self) -> str:
        return f"{self.brand} = {self.other}"
