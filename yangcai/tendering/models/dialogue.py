"""What was said in a negotiation or consultation, and what was changed for all at once?"""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot
from yangcai.kernel.models import Rooted
from yangcai.tendering.models.bids import OpenedBid
from yangcai.tendering.models.rows import LotRow


class DialogueTalk(Rooted):
    """谈判记录: the whole committee talked with one supplier alone, in this round (74号令 art. 31)."""

    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="talks", verbose_name=_("供应商"))
    round = models.PositiveSmallIntegerField(_("轮次"))
    minutes = models.TextField(_("记录"))
    held_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("谈判记录")
        constraints = [models.UniqueConstraint(fields=["opened_bid", "round"], name="one_talk_per_round")]

    def __str__(self) -> str:
        return f"{self.opened_bid} {self.round}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.opened_bid.lot.stage_at(now)


class Changeable(models.TextChoices):
    """What a dialogue may change, where the file says so (74号令 art. 11, 32)."""

    TECHNICAL = "technical", _("技术要求")
    SERVICE = "service", _("服务要求")
    CONTRACT = "contract", _("合同草案条款")


#: What a common talk ends in: the file to which first responses are made, told like a change, to all at once.
FILE = "file"


class DialogueChange(LotRow):
    """实质性变动: it belongs to the lot, never to one supplier: confirmed by the buyer it is told to all at once."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="dialogue_changes", verbose_name=_("采购包"))
    number = models.PositiveSmallIntegerField(_("次数"))
    part = models.TextField(_("变动内容"), choices=[*Changeable.choices, (FILE, _("研发谈判文件"))])
    before = models.TextField(_("变动前"), default="", blank=True)
    after = models.TextField(_("变动后"))
    proposed_at = models.DateTimeField(_("提出时间"))
    told_at = models.DateTimeField(_("通知时间"), null=True, blank=True)
    refused_at = models.DateTimeField(_("不同意时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("实质性变动")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["lot", "number"], name="one_dialogue_change_per_number")]

    def __str__(self) -> str:
        return self.after
