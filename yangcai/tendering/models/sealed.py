"""What does the server hold of a bid that its bidder sealed (SBP/1): under which policy, in which parts, with which
receipt, in which close set, and which shares of its key were released?"""

import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot
from yangcai.kernel.models import Document, Leaf, Rooted
from yangcai.parties.models import Organisation, Post
from yangcai.tendering.models.bids import Bid, Cover
from yangcai.tendering.models.rows import LotRow
from yangcai.tendering.models.trustees import SigningKey, Trustee

#: What `Bid.seal_scheme` says of a bid sealed by its bidder.
SBP = "sbp/1"


class Recovery(models.TextChoices):
    """What a bidder wants done when its own shares do not come (SBP/1 §2.9)."""

    AUTO = "auto", _("由受托人开启")
    CONSENT = "consent", _("经本单位同意后由受托人开启")
    NEVER = "never", _("不开启，视为撤销")


class OpeningPolicy(LotRow):
    """开启规则: who together can open the bids of a lot, and when. A draft until the invitation freezes it; a later
    revision only postpones."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="opening_policies", verbose_name=_("采购包"))
    cover = models.TextField(_("信封"), choices=Cover.choices, default=Cover.ALL, db_default=Cover.ALL)
    #: 0 is the bid, 1 the last offer after a dialogue (SBP/1 §2.3).
    round = models.PositiveSmallIntegerField(_("轮次"), default=0, db_default=0)
    revision = models.PositiveSmallIntegerField(_("版本"), default=1)
    tender = models.UUIDField(_("招标标识"))
    threshold = models.PositiveSmallIntegerField(_("开启所需份额"))
    supplier_shares = models.PositiveSmallIntegerField(_("投标人份额"))
    window_seconds = models.PositiveIntegerField(_("解密时限（秒）"))
    extension_seconds = models.PositiveIntegerField(_("延长时限（秒）"))
    recovery_allowed = ArrayField(models.TextField(choices=Recovery.choices), verbose_name=_("允许的补救方式"))
    closes_at = models.DateTimeField(_("投标截止时间"), null=True, blank=True)
    opens_at = models.DateTimeField(_("开标时间"), null=True, blank=True)
    content = models.TextField(_("规则全文"), default="", blank=True)
    digest = models.CharField(_("摘要"), max_length=64, default="", blank=True)
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("开启规则")
        ordering = ["lot", "round", "cover", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "cover", "round", "revision"], name="one_policy_per_revision"),
            # A stolen opening file and the operator's own share together open nothing (SBP/1 §2.1).
            models.CheckConstraint(
                condition=models.Q(threshold__gt=models.F("supplier_shares") + 1, supplier_shares__gte=1),
                name="nobody_opens_with_the_operator_alone",
            ),
        ]

    window_label = _("解密时限")

    @property
    def window(self) -> datetime.timedelta:
        """How long the bidders have to release their shares."""
        return datetime.timedelta(seconds=self.window_seconds)

    def __str__(self) -> str:
        return f"{self.lot} {self.revision}"


class PolicySeat(Rooted):
    """A trustee's place in a policy; its number is the x of its share."""

    policy = models.ForeignKey(OpeningPolicy, models.CASCADE, related_name="seats", verbose_name=_("开启规则"))
    number = models.PositiveSmallIntegerField(_("份额编号"))
    trustee = models.ForeignKey(Trustee, models.PROTECT, related_name="+", verbose_name=_("受托人"))

    class Meta:
        verbose_name = _("受托席位")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="one_seat_per_number"),
            models.UniqueConstraint(fields=["policy", "trustee"], name="one_seat_per_trustee"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1, number__lte=200), name="seat_numbers_are_1_to_200"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.trustee}"

    @property
    def root(self) -> Case:
        return self.policy.lot.case


class BidUpload(LotRow):
    """上传会话: an envelope on its way in, part by part; verified once every byte was read and fits its header."""

    sid = models.UUIDField(_("会话标识"), unique=True)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+", verbose_name=_("采购包"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("投标人"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("递交岗位"))
    policy = models.ForeignKey(OpeningPolicy, models.PROTECT, related_name="+", verbose_name=_("开启规则"))
    idem = models.TextField(_("幂等键"))
    begun_at = models.DateTimeField(_("开始时间"))
    header = models.TextField(_("信封头"), default="", blank=True)
    envelope = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("密封文件")
    )
    envelope_size = models.BigIntegerField(_("字节数"), null=True, blank=True)
    #: Of suite G1 alone: recorded beside SHA-256 (SBP/1 §2.2).
    envelope_sm3 = models.CharField(_("密封文件 SM3 摘要"), max_length=64, default="", blank=True)
    verified_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    #: The file store was down: header, digest and length are bound, the bytes follow (SBP/1 §2.5, decision 28).
    promised_at = models.DateTimeField(_("约定补传时间"), null=True, blank=True)
    #: Of every part that came in, also of those that another pushed aside.
    taken_bytes = models.BigIntegerField(_("已接收字节数"), default=0)
    given_up_at = models.DateTimeField(_("放弃时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("上传会话")
        constraints = [models.UniqueConstraint(fields=["lot", "supplier", "idem"], name="one_upload_per_key")]

    def __str__(self) -> str:
        return str(self.sid)

    @property
    def entry_facts(self) -> dict[str, Any]:
        return {"upload": str(self.sid)}


class BidPart(models.Model):
    """One part of an envelope in the file store; all but the last have the size that was agreed."""

    upload = models.ForeignKey(BidUpload, models.PROTECT, related_name="parts", verbose_name=_("上传会话"))
    number = models.PositiveSmallIntegerField(_("分块编号"))
    document = models.ForeignKey(Document, models.PROTECT, related_name="+", verbose_name=_("文件"))

    class Meta:
        verbose_name = _("分块")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="one_part_per_number")]

    def __str__(self) -> str:
        return f"{self.upload_id}/{self.number}"


class OpeningFile(Rooted):
    """开启文件: the bidder's shares under its own lock, kept for its other devices; nobody here can open it."""

    upload = models.OneToOneField(
        BidUpload, models.PROTECT, primary_key=True, related_name="opening_file", verbose_name=_("上传会话")
    )
    content = models.TextField(_("内容"))
    kept_at = models.DateTimeField(_("保存时间"))

    class Meta:
        verbose_name = _("开启文件")

    def __str__(self) -> str:
        return f"{self.upload}"

    @property
    def root(self) -> Case:
        return self.upload.lot.case


class SealedBid(Rooted):
    """What came with a sealed bid: the signed statement, its place in the log, and the receipt as it was given out."""

    bid = models.OneToOneField(Bid, models.PROTECT, primary_key=True, related_name="sealed", verbose_name=_("投标文件"))
    upload = models.OneToOneField(BidUpload, models.PROTECT, related_name="sealed", verbose_name=_("上传会话"))
    tender = models.UUIDField(_("招标标识"))
    idem = models.TextField(_("幂等键"))
    statement = models.TextField(_("递交声明"))
    signature = models.TextField(_("声明签名"))
    signing_key = models.ForeignKey(SigningKey, models.PROTECT, related_name="+", verbose_name=_("签名公钥"))
    header_digest = models.CharField(_("信封头摘要"), max_length=64)
    recovery = models.TextField(_("补救方式"), choices=Recovery.choices)
    leaf = models.OneToOneField(Leaf, models.PROTECT, related_name="+", verbose_name=_("日志条目"))
    note = models.TextField(_("回执全文"))
    is_noted = models.BooleanField(_("已留痕"), default=False)
    consented_at = models.DateTimeField(_("同意由受托人开启的时间"), null=True, blank=True)
    price_salt = models.TextField(_("报价随机数"), default="", blank=True)
    price = models.TextField(_("开标一览表"), default="", blank=True)

    class Meta:
        verbose_name = _("密封投标")
        indexes = [
            models.Index(fields=["bid"], name="sealed_bid_to_note", condition=models.Q(is_noted=False)),
            models.Index(fields=["tender", "header_digest"], name="sealed_bid_by_header"),
        ]

    def __str__(self) -> str:
        return f"{self.bid}"

    @property
    def root(self) -> Case:
        return self.bid.lot.case


class BidClosing(LotRow):
    """截止: which bids were in when the deadline had passed, under one digest; from here the window for keys runs."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="bid_closings", verbose_name=_("采购包"))
    cover = models.TextField(_("信封"), choices=Cover.choices, default=Cover.ALL, db_default=Cover.ALL)
    round = models.PositiveSmallIntegerField(_("轮次"), default=0, db_default=0)
    policy = models.ForeignKey(OpeningPolicy, models.PROTECT, related_name="+", verbose_name=_("开启规则"))
    leaf = models.OneToOneField(Leaf, models.PROTECT, related_name="+", verbose_name=_("日志条目"))
    closed_at = models.DateTimeField(_("截止登记时间"))
    size = models.PositiveIntegerField(_("份数"))
    digest = models.CharField(_("清单摘要"), max_length=64)
    window_closes_at = models.DateTimeField(_("解密截止时间"))
    extended_at = models.DateTimeField(_("延长时间"), null=True, blank=True)
    extension_reason = models.TextField(_("延长理由"), default="", blank=True)
    unsealed_at = models.DateTimeField(_("解密唱标时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("投标截止登记")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["lot", "cover", "round"], name="one_closing_per_cover")]

    def __str__(self) -> str:
        return f"{self.lot}"

    @property
    def entry_facts(self) -> dict[str, Any]:
        """Not the size: that is public with the opening, not before (SBP/1 §2.7)."""
        return {"digest": self.digest, "window_closes_at": self.window_closes_at}


class OpeningAbandonment(Rooted):
    """不再等待开启: trustees were waited for long enough; what is still sealed then stays closed for good. Whoever runs
    the case asks for it with reasons, and another person confirms or declines."""

    closing = models.ForeignKey(BidClosing, models.PROTECT, related_name="abandonments", verbose_name=_("投标截止登记"))
    reason = models.TextField(_("理由"))
    proposed_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("提请岗位"))
    proposed_at = models.DateTimeField(_("提请时间"))
    answered_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("复核岗位")
    )
    answered_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    is_confirmed = models.BooleanField(_("同意不再等待"), null=True, blank=True)
    answer = models.TextField(_("复核意见"), default="", blank=True)

    class Meta:
        verbose_name = _("不再等待开启")
        constraints = [
            models.UniqueConstraint(
                fields=["closing"],
                condition=models.Q(answered_at__isnull=True) | models.Q(is_confirmed=True),
                name="one_abandonment_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def root(self) -> Case:
        return self.closing.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.closing.lot.stage_at(now)


class ShareRelease(Rooted):
    """A signed message that releases shares: of a supplier for its own bid, of a trustee for the close set."""

    closing = models.ForeignKey(BidClosing, models.PROTECT, related_name="releases", verbose_name=_("投标截止登记"))
    trustee = models.ForeignKey(
        Trustee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("受托人")
    )
    bid = models.ForeignKey(
        Bid, models.PROTECT, null=True, blank=True, related_name="releases", verbose_name=_("投标文件")
    )
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("释放岗位"))
    statement = models.TextField(_("释放声明"))
    signature = models.TextField(_("声明签名"))
    released_at = models.DateTimeField(_("释放时间"))

    class Meta:
        verbose_name = _("密钥份额释放")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(trustee__isnull=True) ^ models.Q(bid__isnull=True), name="release_is_by_one_side"
            ),
            models.UniqueConstraint(fields=["bid"], name="one_release_per_bid"),
        ]

    def __str__(self) -> str:
        return f"{self.trustee or self.bid}"

    @property
    def root(self) -> Case:
        return self.closing.lot.case

    @property
    def entry_facts(self) -> dict[str, Any]:
        """Who released, never what."""
        return {"trustee": self.trustee_id, "bid": self.bid_id}


class ReleasedShare(models.Model):
    """One share of one bid's key, as it was found to agree with the commitment in the header."""

    release = models.ForeignKey(ShareRelease, models.PROTECT, related_name="shares", verbose_name=_("密钥份额释放"))
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="released_shares", verbose_name=_("投标文件"))
    number = models.PositiveSmallIntegerField(_("份额编号"))
    share = models.TextField(_("份额"))

    class Meta:
        verbose_name = _("密钥份额")
        constraints = [models.UniqueConstraint(fields=["bid", "number"], name="one_share_per_number")]

    def __str__(self) -> str:
        return f"{self.bid_id}/{self.number}"
