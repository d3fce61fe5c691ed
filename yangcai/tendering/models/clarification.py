"""What did the committee ask about a bid, and what did its bidder answer?"""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.models import Rooted
from yangcai.tendering.models.bids import OpenedBid


class ClarificationGround(models.TextChoices):
    """The only things about which a bidder may be asked (87号令 art. 51; 74号令 art. 16)."""

    UNCLEAR = "unclear", _("含义不明确")
    INCONSISTENT = "inconsistent", _("同类问题表述不一致")
    EVIDENT = "evident", _("有明显文字和计算错误")


class SignedAs(models.TextChoices):
    """In what capacity the written answer was signed (87号令 art. 51)."""

    SEAL = "seal", _("加盖公章")
    LEGAL = "legal", _("法定代表人签字")
    AUTHORISED = "authorised", _("授权代表签字")
    SELF = "self", _("自然人本人签字")


class Clarification(Rooted):
    """澄清、说明或者补正: asked in writing, answered in writing, within what the bid says (87号令 art. 51).

    Whether its time has run out is never stored: without an answer the bid is judged on what it says.
    """

    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="clarifications", verbose_name=_("供应商"))
    number = models.PositiveSmallIntegerField(_("序号"))
    ground = models.TextField(_("澄清情形"), choices=ClarificationGround.choices)
    page = models.TextField(_("页码"), default="", blank=True)
    question = models.TextField(_("要求澄清的内容"))
    asked_at = models.DateTimeField(_("提出时间"))
    answer_by_at = models.DateTimeField(_("答复期限"))
    answer = models.TextField(_("澄清、说明或者补正"), default="", blank=True)
    signed_as = models.TextField(_("签署方式"), choices=SignedAs.choices, default="", blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    is_accepted = models.BooleanField(_("采纳"), null=True, blank=True)
    opinion = models.TextField(_("认定意见"), default="", blank=True)
    decided_at = models.DateTimeField(_("认定时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("澄清")
        ordering = ["opened_bid_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["opened_bid", "number"], name="one_clarification_per_number"),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True) | models.Q(answered_at__isnull=False),
                name="nothing_decided_without_an_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opened_bid} {self.number}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.opened_bid.lot.stage_at(now)
