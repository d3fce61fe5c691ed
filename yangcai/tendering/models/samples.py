"""Which samples does the document ask for, who handed one in, and what became of it (87号令 art. 22)?"""

import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot
from yangcai.kernel.models import Rooted
from yangcai.parties.models import Organisation
from yangcai.tendering.models.rows import LotRow


class SampleGround(models.TextChoices):
    """The only two cases in which a sample may be asked for."""

    WORDS_FAIL = "words_fail", _("仅凭书面方式不能准确描述采购需求")
    JUDGED = "judged", _("需要对样品进行主观判断以确认是否满足采购需求")


class SampleTerms(LotRow):
    """What the document says of the samples of a lot."""

    lot = models.OneToOneField(Lot, models.PROTECT, related_name="sample_terms", verbose_name=_("采购包"))
    ground = models.TextField(_("要求样品的情形"), choices=SampleGround.choices)
    reason = models.TextField(_("必要性说明"))
    standard = models.TextField(_("制作标准和要求"))
    needs_report = models.BooleanField(_("须随样品提交检测报告"), default=False)
    institution = models.TextField(_("检测机构的要求"), default="", blank=True)
    tested = models.TextField(_("检测内容"), default="", blank=True)
    judged_by = models.TextField(_("样品评审方法和标准"))
    place = models.TextField(_("递交地点"))
    keeping = models.TextField(_("中标样品的保管、封存"))

    class Meta:
        verbose_name = _("样品要求")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(needs_report=False) | (~models.Q(institution="") & ~models.Q(tested="")),
                name="report_says_by_whom_and_on_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot}"


class SampleFate(models.TextChoices):
    RETURNED = "returned", _("已退还")
    DISPOSED = "disposed", _("经同意自行处理")
    KEPT = "kept", _("封存保管，作为履约验收的参考")


class Sample(Rooted):
    """One bidder's sample: known by its `code` alone until the opening, so that whoever takes it in learns no name."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="samples", verbose_name=_("采购包"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("供应商"))
    code = models.TextField(_("样品编号"), unique=True)
    registered_at = models.DateTimeField(_("登记时间"))
    received_at = models.DateTimeField(_("收到时间"), null=True, blank=True)
    condition = models.TextField(_("包装和密封情况"), default="", blank=True)
    released_at = models.DateTimeField(_("同意自行处理时间"), null=True, blank=True)
    fate = models.TextField(_("处理结果"), choices=SampleFate.choices, default="", blank=True)
    fate_note = models.TextField(_("交接或者封存记录"), default="", blank=True)
    settled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("样品")
        constraints = [
            models.UniqueConstraint(fields=["lot", "supplier"], name="one_sample_per_bidder"),
            models.CheckConstraint(
                condition=~models.Q(fate=SampleFate.DISPOSED) | models.Q(released_at__isnull=False),
                name="sample_is_disposed_of_with_consent",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def entry_facts(self) -> dict[str, Any]:
        """What the log keeps before the opening: nothing that tells whose it is."""
        return {"code": self.code, "received_at": self.received_at.isoformat() if self.received_at else None}

    @property
    def root(self) -> Case:
        return self.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.lot.stage_at(now)
