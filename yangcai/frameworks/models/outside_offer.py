"""Who sells the same goods cheaper without being an entrant, and will the entrant come down to that?"""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.frameworks.models.agreement import Entrant
from yangcai.kernel.models import MoneyField, Rooted
from yangcai.parties.models import Organisation
from yangcai.planning.models import PlanItem


class OutsideOffer(Rooted):
    """非入围供应商的更低价格: proved by the buyer, put to the entrant of the same goods (财政部令第110号 art. 37).

    Of each product there is one entrant, its maker or the maker's only authorised supplier (art. 18, 24). It stands
    under the first stage, where entrant and convener read it.
    """

    entrant = models.ForeignKey(
        Entrant, models.PROTECT, related_name="outside_offers", verbose_name=_("提供相同货物的入围供应商")
    )
    plan_item = models.ForeignKey(PlanItem, models.PROTECT, related_name="outside_offers", verbose_name=_("采购计划"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("非入围供应商"))
    unit_price = MoneyField(_("更低单价"))
    agreed_price = MoneyField(_("协议单价"))
    quantity = models.DecimalField(_("采购数量"), max_digits=14, decimal_places=3)
    evidence = models.TextField(_("相同货物和更低价格的说明"))
    reported_at = models.DateTimeField(_("提出时间"))
    answer_by_at = models.DateTimeField(_("答复期限"))
    agrees = models.BooleanField(_("同意降价"), null=True)
    answer = models.TextField(_("答复"), default="", blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    concluded_at = models.DateTimeField(_("据此成交时间"), null=True, blank=True)
    copied_at = models.DateTimeField(_("抄送征集人时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("非入围供应商的更低价格")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit_price__lt=models.F("agreed_price"), quantity__gt=0),
                name="outside_offer_is_cheaper",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, agrees__isnull=True)
                | models.Q(answered_at__isnull=False, agrees__isnull=False),
                name="outside_offer_is_answered_with_a_verdict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier}"

    @property
    def root(self) -> Case:
        return self.entrant.root

    def stage_at(self, now: datetime.datetime) -> str:
        return self.entrant.framework.stage_at(now)

    def is_settled_at(self, now: datetime.datetime) -> bool:
        """The entrant has answered, or its time to answer is over: silence is no consent to a lower price."""
        return self.agrees is not None or self.answer_by_at <= now

    @property
    def winner(self) -> Organisation:
        """The entrant that came down, else who is cheaper."""
        return self.entrant.supplier if self.agrees else self.supplier
