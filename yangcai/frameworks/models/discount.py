"""By how much does the agreement price fall when much is bought at once?"""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.frameworks.models.agreement import Framework
from yangcai.kernel.models import Rooted
from yangcai.kernel.numbers import bare


class QuantityDiscount(Rooted):
    """量价关系折扣: from this quantity of one call-off on, every agreement price falls by this share; said in the call
    (财政部令第110号 art. 13)."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="discounts", verbose_name=_("框架协议"))
    from_quantity = models.DecimalField(_("采购数量达到"), max_digits=14, decimal_places=3)
    rate = models.DecimalField(_("价格降低比例"), max_digits=5, decimal_places=4)

    class Meta:
        verbose_name = _("量价关系折扣")
        ordering = ["from_quantity"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "from_quantity"], name="one_discount_per_quantity"),
            models.CheckConstraint(
                condition=models.Q(from_quantity__gt=0, rate__gt=0, rate__lt=1), name="discount_lowers_the_price"
            ),
        ]

    def __str__(self) -> str:
        return bare(self.from_quantity)

    @property
    def root(self) -> Case:
        return self.framework.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.framework.stage_at(now)
