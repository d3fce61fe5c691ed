"""Which product came in the place of another, by whose leave?"""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.frameworks.models.agreement import Entrant
from yangcai.kernel.models import MoneyField, Rooted


class Replacement(Rooted):
    """产品升级换代: a new product for the one that entered, its quality no lower and its price no higher
    (财政部令第110号 art. 16(4)). The row keeps what stood before."""

    entrant = models.ForeignKey(Entrant, models.PROTECT, related_name="replacements", verbose_name=_("入围供应商"))
    old_product = models.TextField(_("原入围产品"), default="", blank=True)
    old_price = MoneyField(_("原协议单价"))
    product = models.TextField(_("新产品"))
    unit_price = MoneyField(_("新产品单价"))
    statement = models.TextField(_("质量不降低的说明"))
    asked_at = models.DateTimeField(_("申请时间"))
    is_admitted = models.BooleanField(_("同意替代"), null=True)
    answer = models.TextField(_("审核意见"), default="", blank=True)
    answered_at = models.DateTimeField(_("审核时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("产品升级换代")
        constraints = [
            models.UniqueConstraint(
                fields=["entrant"],
                condition=models.Q(answered_at__isnull=True),
                name="one_replacement_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(unit_price__lte=models.F("old_price")), name="replacement_costs_no_more"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, is_admitted__isnull=True)
                | models.Q(answered_at__isnull=False, is_admitted__isnull=False),
                name="replacement_is_answered_with_a_verdict",
            ),
        ]

    def __str__(self) -> str:
        return self.product

    @property
    def root(self) -> Case:
        return self.entrant.root

    def stage_at(self, now: datetime.datetime) -> str:
        return self.entrant.framework.stage_at(now)
