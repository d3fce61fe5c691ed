"""What was called off under which agreement, in which way, how much of it?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot
from yangcai.frameworks.models.agreement import Framework
from yangcai.frameworks.models.consumable import AgreedConsumable
from yangcai.frameworks.models.dealer import Dealer
from yangcai.frameworks.models.outside_offer import OutsideOffer
from yangcai.tendering.models import LotRow


class Way(models.TextChoices):
    """第二阶段: the methods of the same codes say what each asks for (财政部令第110号 art. 32-34)."""

    DIRECT = "call_off_direct", _("直接选定")
    MINI_COMPETITION = "call_off_mini_competition", _("二次竞价")
    ROTATION = "call_off_rotation", _("顺序轮候")


class CallOff(LotRow):
    """一次成交: the one lot of its case, under one agreement, with a quantity: a fixed price (art. 36)."""

    lot = models.OneToOneField(Lot, models.PROTECT, related_name="call_off", verbose_name=_("采购包"))
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="call_offs", verbose_name=_("框架协议"))
    way = models.TextField(_("成交方式"), choices=Way.choices)
    quantity = models.DecimalField(_("采购数量"), max_digits=14, decimal_places=3)
    need = models.TextField(_("采购需求"), default="", blank=True)
    consumable = models.ForeignKey(
        AgreedConsumable, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("专用耗材")
    )
    dealer = models.ForeignKey(
        Dealer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代理商")
    )
    outside_offer = models.OneToOneField(
        OutsideOffer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="call_off",
        verbose_name=_("非入围供应商的更低价格"),
    )

    class Meta:
        verbose_name = _("框架协议成交")
        constraints = [models.CheckConstraint(condition=models.Q(quantity__gt=0), name="call_off_has_a_quantity")]

    def __str__(self) -> str:
        return f"{self.lot}"
