"""At which price does an entrant supply what its goods use up, and until when?"""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.frameworks.models.agreement import Entrant
from yangcai.kernel.models import MoneyField, Rooted


class AgreedConsumable(Rooted):
    """专用耗材的协议价格: the price of the bid, not to be exceeded in the agreed years (财政部令第110号 art. 26).

    The years run from the signature, and go on after the term of the agreement itself.
    """

    entrant = models.ForeignKey(Entrant, models.PROTECT, related_name="consumables", verbose_name=_("入围供应商"))
    item = models.TextField(_("专用耗材"))
    unit = models.TextField(_("计量单位"))
    unit_price = MoneyField(_("耗材单价"))
    years = models.PositiveSmallIntegerField(_("约定期限（年）"))

    class Meta:
        verbose_name = _("专用耗材协议价格")
        constraints = [models.UniqueConstraint(fields=["entrant", "item"], name="one_agreed_price_per_consumable")]

    def __str__(self) -> str:
        return self.item

    @property
    def root(self) -> Case:
        return self.entrant.root

    def stage_at(self, now: datetime.datetime) -> str:
        return self.entrant.framework.stage_at(now)
