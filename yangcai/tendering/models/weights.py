"""Did the treasury consent to a weight of price outside the range of the law, and to which?"""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot
from yangcai.tendering.models.rows import LotRow


class PriceWeightApproval(LotRow):
    """价格分权重申请: where special circumstances call for a weight of price outside the range, the treasury of the
    same level consents before the notice (财库〔2014〕214号 art. 24), for one lot and for just this weight."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="price_weight_approvals", verbose_name=_("采购包"))
    weight = models.DecimalField(_("拟设定的价格分值"), max_digits=6, decimal_places=2)
    reason = models.TextField(_("特殊情况和理由"))
    applied_at = models.DateTimeField(_("申请时间"))
    approved_at = models.DateTimeField(_("同意时间"), null=True)
    number = models.TextField(_("同意文号"), default="", blank=True)
    returned_at = models.DateTimeField(_("退回时间"), null=True)
    return_reason = models.TextField(_("退回理由"), default="", blank=True)

    class Meta:
        verbose_name = _("价格分权重申请")
        constraints = [
            models.UniqueConstraint(
                fields=["lot"],
                condition=models.Q(approved_at__isnull=True, returned_at__isnull=True),
                name="one_weight_application_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True) | models.Q(returned_at__isnull=True),
                name="weight_application_is_decided_once",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True) | ~models.Q(number=""),
                name="consent_to_a_weight_has_its_number",
            ),
            models.CheckConstraint(
                condition=models.Q(weight__gt=Decimal(0), weight__lte=Decimal(100)),
                name="weight_asked_for_is_in_points",
            ),
        ]

    def __str__(self) -> str:
        return str(self.lot)

    @property
    def is_open(self) -> bool:
        """Not decided yet."""
        return self.approved_at is None and self.returned_at is None
