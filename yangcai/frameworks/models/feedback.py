"""What do buyers say of what they called off?"""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.frameworks.models.agreement import Framework
from yangcai.frameworks.models.call_off import CallOff
from yangcai.kernel.models import Rooted
from yangcai.parties.models import Organisation


class Grade(models.IntegerChoices):
    """Five grades: the law wants a mechanism and sets no scale."""

    POOR = 1, _("很不满意")
    WEAK = 2, _("不满意")
    FAIR = 3, _("基本满意")
    GOOD = 4, _("满意")
    EXCELLENT = 5, _("很满意")


class Feedback(Rooted):
    """用户评价: what a buyer found of one call-off and its supplier (财政部令第110号 art. 16(5)).

    It stands under the agreement, where the next buyer reads it, not under the one purchase.
    """

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="feedback", verbose_name=_("框架协议"))
    call_off = models.OneToOneField(CallOff, models.PROTECT, related_name="feedback", verbose_name=_("框架协议成交"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("供应商"))
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("采购人"))
    grade = models.PositiveSmallIntegerField(_("评价"), choices=Grade.choices)
    comment = models.TextField(_("评价内容"))
    given_at = models.DateTimeField(_("评价时间"))

    class Meta:
        verbose_name = _("用户评价")
        constraints = [models.CheckConstraint(condition=models.Q(grade__in=Grade.values), name="feedback_has_a_grade")]

    def __str__(self) -> str:
        return str(self.get_grade_display())

    @property
    def root(self) -> Case:
        return self.framework.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.framework.stage_at(now)
