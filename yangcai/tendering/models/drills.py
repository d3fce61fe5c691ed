"""Were the trustees' keys tried: on a bid before its opening, and once a year on bids that are none?"""

from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.models import Rooted
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Organisation, Post
from yangcai.sealing.faults import FAULTS
from yangcai.tendering.models.bids import Bid
from yangcai.tendering.models.trustees import Trustee


class ShareTest(Rooted):
    """试解: could a trustee read its share of a bid before the opening? Only that it could, or by which fault not."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="share_tests", verbose_name=_("投标文件"))
    trustee = models.ForeignKey(Trustee, models.PROTECT, related_name="+", verbose_name=_("受托人"))
    tested_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("试解岗位"))
    tested_at = models.DateTimeField(_("试解时间"))
    fault = models.TextField(_("不能解出的原因"), default="", blank=True)

    class Meta:
        verbose_name = _("份额试解")
        constraints = [models.UniqueConstraint(fields=["bid", "trustee"], name="one_test_per_share")]

    def __str__(self) -> str:
        return f"{self.bid_id}/{self.trustee_id} {self.fault or 'ok'}"

    @property
    def root(self) -> Case:
        return self.bid.lot.case

    told_label = _("试解结果")

    @property
    def told(self) -> str:
        """In the reader's words."""
        known = FAULTS.get(self.fault)
        if known is None:
            return self.fault or str(gettext("可以读取"))
        return known.zh if in_chinese() else known.en

    @property
    def entry_facts(self) -> dict[str, Any]:
        """By whom; not of how many bids, nor of which."""
        return {"trustee": self.trustee_id}


class Drill(Rooted):
    """演练: every trustee in office releases its shares of bids that the platform made up, by a policy of their own."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="drills", verbose_name=_("组织单位"))
    tender = models.UUIDField(_("演练标识"), unique=True)
    policy = models.TextField(_("开启规则全文"))
    begun_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("发起岗位"))
    begun_at = models.DateTimeField(_("开始时间"))
    concluded_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    bid_count = models.PositiveSmallIntegerField(_("演练份数"), default=0)
    opened_count = models.PositiveSmallIntegerField(_("开启份数"), null=True, blank=True)
    took_part = models.TextField(_("参加单位"), default="", blank=True)
    absent = models.TextField(_("缺席单位"), default="", blank=True)
    faults = models.TextField(_("发现的问题"), default="", blank=True)

    class Meta:
        verbose_name = _("开启演练")
        ordering = ["begun_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(concluded_at__isnull=True), name="one_drill_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d}"

    @property
    def root(self) -> Organisation:
        return self.organisation


class DrillBid(models.Model):
    """A made-up bid: its envelope, and the shares that a bidder would hold."""

    drill = models.ForeignKey(Drill, models.PROTECT, related_name="bids", verbose_name=_("开启演练"))
    header = models.TextField(_("信封头"))
    header_digest = models.CharField(_("信封头摘要"), max_length=64)
    envelope = models.BinaryField(_("密封文件"))
    shares: Any = models.JSONField(_("投标人份额"))

    class Meta:
        verbose_name = _("演练投标")

    def __str__(self) -> str:
        return self.header_digest


class DrillRelease(Rooted):
    """What a trustee signed in a drill: its shares, or why it could not read them."""

    drill = models.ForeignKey(Drill, models.PROTECT, related_name="releases", verbose_name=_("开启演练"))
    trustee = models.ForeignKey(Trustee, models.PROTECT, related_name="+", verbose_name=_("受托人"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("释放岗位"))
    statement = models.TextField(_("释放声明"))
    signature = models.TextField(_("声明签名"))
    released_at = models.DateTimeField(_("释放时间"))

    class Meta:
        verbose_name = _("演练释放")
        constraints = [models.UniqueConstraint(fields=["drill", "trustee"], name="one_drill_release_per_trustee")]

    def __str__(self) -> str:
        return f"{self.trustee}"

    @property
    def root(self) -> Organisation:
        return self.drill.organisation

    @property
    def entry_facts(self) -> dict[str, Any]:
        """Who, and never what."""
        return {"trustee": self.trustee_id}
