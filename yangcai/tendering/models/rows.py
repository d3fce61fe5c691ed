"""To which case or lot does a row of a tender belong?"""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot
from yangcai.kernel.models import Rooted


class CaseRow(Rooted):
    """A row that belongs to a case directly."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("采购项目"))

    class Meta:
        abstract = True

    @property
    def root(self) -> Case:
        return self.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.case.stage_at(now)


class LotRow(Rooted):
    """A row that belongs to a lot."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+", verbose_name=_("采购包"))

    class Meta:
        abstract = True

    @property
    def root(self) -> Case:
        return self.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.lot.stage_at(now)
