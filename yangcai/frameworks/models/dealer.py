"""Who takes contracts and performs them in the place of an entrant?"""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.frameworks.models.agreement import Entrant
from yangcai.kernel.models import Rooted
from yangcai.parties.models import Organisation


class Dealer(Rooted):
    """代理商: whom an entrant commissions to take contracts under the agreement and to perform them
    (财政部令第110号 art. 18). Its naming may end; what it was awarded before stands."""

    entrant = models.ForeignKey(Entrant, models.PROTECT, related_name="dealers", verbose_name=_("入围供应商"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("代理商"))
    area = models.TextField(_("代理范围"))
    named_at = models.DateTimeField(_("委托时间"))
    ended_at = models.DateTimeField(_("委托终止时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("代理商")
        constraints = [
            models.UniqueConstraint(
                fields=["entrant", "organisation"],
                condition=models.Q(ended_at__isnull=True),
                name="one_naming_per_dealer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}"

    @property
    def root(self) -> Case:
        return self.entrant.root

    def stage_at(self, now: datetime.datetime) -> str:
        return self.entrant.framework.stage_at(now)
