"""Who takes part, what did they seal, and what was in it when it was opened?"""

import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot, Stage
from yangcai.kernel import money
from yangcai.kernel.models import Document, MoneyField, Rooted
from yangcai.parties.models import Organisation, Post, Size
from yangcai.tendering.models.documents import Clause, Consumable, Criterion
from yangcai.tendering.models.rows import CaseRow, LotRow


class Participation(CaseRow):
    """A supplier obtained the solicitation. Who and how many is secret until the opening (87号令 art. 28)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="participations", verbose_name=_("采购项目"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="participations", verbose_name=_("供应商"))
    obtained_at = models.DateTimeField(_("获取时间"))

    class Meta:
        verbose_name = _("获取采购文件")
        constraints = [models.UniqueConstraint(fields=["case", "supplier"], name="one_participation_per_supplier")]

    def __str__(self) -> str:
        return f"{self.supplier}"

    @property
    def entry_facts(self) -> dict[str, Any]:
        return {}


class Cover(models.TextChoices):
    """信封: whether all of an offer lies in one envelope, or the technical part and the price in one each, of which the
    price is opened later and only where the technical part came through (SBP/1 §2.3)."""

    ALL = "ALL", _("投标文件")
    TECH = "TECH", _("技术信封")
    PRICE = "PRICE", _("报价信封")


class Bid(LotRow):
    """投标文件, sealed: an envelope nobody can read before the opening. The database stamps when it came in."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="bids", verbose_name=_("采购包"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="bids", verbose_name=_("投标人"))
    stage = models.TextField(_("环节"), choices=Stage.choices, default=Stage.SUBMISSION)
    cover = models.TextField(_("信封"), choices=Cover.choices, default=Cover.ALL, db_default=Cover.ALL)
    revision = models.PositiveSmallIntegerField(_("版本"), default=1)
    envelope = models.ForeignKey(Document, models.PROTECT, related_name="+", verbose_name=_("密封文件"))
    sealed_key = models.TextField(_("封装密钥"))
    seal_scheme = models.TextField(_("密封方案"))
    receipt = models.TextField(_("回执号"), unique=True)
    submitted_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("递交岗位"))
    received_at = models.DateTimeField(_("收到时间"))
    replaced_at = models.DateTimeField(_("被替换时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    damage = models.TextField(_("无法开启的原因"), default="", blank=True)

    class Meta:
        verbose_name = _("投标文件")
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "supplier", "stage", "cover", "revision"], name="one_bid_per_revision"
            ),
            models.UniqueConstraint(
                fields=["lot", "supplier", "stage", "cover"],
                condition=models.Q(replaced_at__isnull=True, withdrawn_at__isnull=True),
                name="one_live_bid_per_supplier",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def entry_facts(self) -> dict[str, Any]:
        """All that an Entry may say about a sealed bid."""
        return {"receipt": self.receipt, "revision": self.revision, "envelope": self.envelope_id}


class SecurityKind(models.TextChoices):
    TRANSFER = "transfer", _("转账")
    GUARANTEE = "guarantee", _("保函")


class BidSecurity(CaseRow):
    """投标保证金: when it arrived, when it must be and was returned (条例 art. 33; 87号令 art. 38)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="bid_securities", verbose_name=_("采购项目"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("供应商"))
    kind = models.TextField(_("形式"), choices=SecurityKind.choices)
    amount = MoneyField(_("金额"))
    received_at = models.DateTimeField(_("到账时间"))
    returned_at = models.DateTimeField(_("退还时间"), null=True, blank=True)
    kept_reason = models.TextField(_("不予退还的理由"), default="", blank=True)

    class Meta:
        verbose_name = _("投标保证金")
        constraints = [models.UniqueConstraint(fields=["case", "supplier"], name="one_bid_security_per_supplier")]

    def __str__(self) -> str:
        return f"{self.supplier} {money.figures(self.amount)}"


class Opening(CaseRow):
    """开标: begun at the closing instant, concluded when the record is confirmed (87号令 art. 39-42)."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="opening", verbose_name=_("采购项目"))
    begun_at = models.DateTimeField(_("开标时间"))
    concluded_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    answer = models.TextField(_("对异议的处理"), default="", blank=True)
    record = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("开标记录")
    )

    class Meta:
        verbose_name = _("开标")

    def __str__(self) -> str:
        return f"{self.case}"

    @property
    def entry_facts(self) -> dict[str, Any]:
        """The record's digest joins the log: nobody writes another record afterwards."""
        return {"record": self.record_id} if self.record_id else {}


class OpeningAttendance(CaseRow):
    """开标签到: a bidder is in the hall. Who does not come loses nothing but its say (87号令 art. 42)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="opening_attendances", verbose_name=_("采购项目"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("投标人"))
    signed_in_at = models.DateTimeField(_("签到时间"))

    class Meta:
        verbose_name = _("开标签到")
        constraints = [models.UniqueConstraint(fields=["case", "supplier"], name="one_opening_attendance_per_supplier")]

    def __str__(self) -> str:
        return f"{self.supplier}"

    @property
    def entry_facts(self) -> dict[str, Any]:
        return {}


class OpeningSuspension(Rooted):
    """暂停开标: while it lasts, nothing is opened or concluded, and no time of the hall runs."""

    opening = models.ForeignKey(Opening, models.PROTECT, related_name="suspensions", verbose_name=_("开标"))
    reason = models.TextField(_("暂停理由"))
    suspended_at = models.DateTimeField(_("暂停时间"))
    resumed_at = models.DateTimeField(_("恢复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("开标暂停")
        ordering = ["suspended_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["opening"], condition=models.Q(resumed_at__isnull=True), name="one_opening_suspension_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def root(self) -> Case:
        return self.opening.case


class PreferenceClaim(models.TextChoices):
    NONE = "none", _("不享受")
    SMALL_MICRO = "small_micro", _("小微企业")
    CONSORTIUM = "consortium", _("联合体或分包")


class OpenedBid(LotRow):
    """What an envelope held: price and claims as read out, from the opening on."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="opened_bids", verbose_name=_("采购包"))
    bid = models.OneToOneField(Bid, models.PROTECT, related_name="opened", verbose_name=_("密封文件"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("投标人"))
    price = MoneyField(_("投标报价"))
    price_in_words = models.TextField(_("大写报价"), default="", blank=True)
    corrected_price = MoneyField(_("修正后报价"), null=True, blank=True)
    correction_answer_by_at = models.DateTimeField(_("修正答复期限"), null=True, blank=True)
    correction_confirmed = models.BooleanField(_("已确认修正"), null=True, blank=True)
    delivery = models.TextField(_("交付期"), default="", blank=True)
    preference = models.TextField(_("价格扣除"), choices=PreferenceClaim.choices, default=PreferenceClaim.NONE)
    small_micro_share = models.DecimalField(
        _("小微企业合同份额"), max_digits=5, decimal_places=4, null=True, blank=True
    )
    is_domestic = models.BooleanField(_("本国产品"), default=False)
    domestic_share = models.DecimalField(_("本国产品成本占比"), max_digits=5, decimal_places=4, null=True, blank=True)
    has_imports = models.BooleanField(_("含进口产品"), default=False)
    green_certificates = models.TextField(_("节能环保产品认证证书"), default="", blank=True)
    brand = models.TextField(_("核心产品品牌"), default="", blank=True)
    files = models.ManyToManyField(Document, verbose_name=_("附件"))
    opened_at = models.DateTimeField(_("开启时间"))
    record_confirmed_at = models.DateTimeField(_("确认开标记录时间"), null=True, blank=True)
    record_objection = models.TextField(_("开标异议"), default="", blank=True)
    invalid_reason = models.TextField(_("无效理由"), default="", blank=True)
    resubmitted_at = models.DateTimeField(_("重新提交时间"), null=True, blank=True)
    #: The technical evaluation was closed and the bid came through: its price is opened (two covers alone).
    went_on_at = models.DateTimeField(_("进入报价开启时间"), null=True, blank=True)
    left_at = models.DateTimeField(_("退出时间"), null=True, blank=True)
    left_reason = models.TextField(_("退出理由"), default="", blank=True)

    class Meta:
        verbose_name = _("投标报价")

    def __str__(self) -> str:
        return f"{self.supplier}"

    @property
    def last(self) -> "OpenedBid | FinalOffer":
        """What counts: the last offer or the price of its own cover, where there is one, else what was first opened."""
        return getattr(self, "final_offer", None) or self

    @property
    def last_lines(self) -> "list[BidLine]":
        """The lines of the price form that counts."""
        last = getattr(self, "final_offer", None)
        return [line for line in self.lines.all() if line.final_offer_id == (last.pk if last else None)]


class ConsumablePrice(Rooted):
    """What a bid asks for one consumable of the lot, in yuan for its unit."""

    opened_bid = models.ForeignKey(
        OpenedBid, models.PROTECT, related_name="consumable_prices", verbose_name=_("投标报价")
    )
    consumable = models.ForeignKey(Consumable, models.PROTECT, related_name="prices", verbose_name=_("专用耗材"))
    unit_price = MoneyField(_("耗材单价"))

    class Meta:
        verbose_name = _("耗材报价")
        constraints = [models.UniqueConstraint(fields=["opened_bid", "consumable"], name="one_price_per_consumable")]

    def __str__(self) -> str:
        return f"{self.consumable} {money.figures(self.unit_price)}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.opened_bid.lot.stage_at(now)


class Stance(models.TextChoices):
    """偏离: how a bid stands to a clause, by its bidder's own word."""

    POSITIVE = "positive", _("正偏离")
    NONE = "none", _("无偏离")
    NEGATIVE = "negative", _("负偏离")


class Deviation(Rooted):
    """偏离表: what a bid declares on one clause, in its own words, and on which page the proof stands. What the
    committee finds of the clause is a Finding."""

    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="deviations", verbose_name=_("投标报价"))
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="+", verbose_name=_("审查条款"))
    stance = models.TextField(_("偏离情况"), choices=Stance.choices)
    response = models.TextField(_("投标响应"), default="", blank=True)
    page = models.TextField(_("页码"), default="", blank=True)

    class Meta:
        verbose_name = _("偏离表")
        constraints = [
            models.UniqueConstraint(fields=["opened_bid", "clause"], name="one_deviation_per_clause"),
            models.CheckConstraint(
                condition=models.Q(stance=Stance.NONE) | ~models.Q(response=""), name="deviation_says_what_is_offered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.get_stance_display()}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.opened_bid.lot.stage_at(now)


class OfferedFigure(Rooted):
    """What a bid declares for a criterion that has a formula; `found` is what the committee read in the bid instead."""

    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="figures", verbose_name=_("投标报价"))
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="figures", verbose_name=_("评审因素"))
    declared = models.DecimalField(_("承诺数值"), max_digits=16, decimal_places=4)
    found = models.DecimalField(_("核实数值"), max_digits=16, decimal_places=4, null=True, blank=True)
    reason = models.TextField(_("理由"), default="", blank=True)
    page = models.TextField(_("页码"), default="", blank=True)
    found_at = models.DateTimeField(_("核实时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("评分指标")
        constraints = [
            models.UniqueConstraint(fields=["opened_bid", "criterion"], name="one_figure_per_criterion"),
            models.CheckConstraint(
                condition=models.Q(found__isnull=True) | ~models.Q(reason=""), name="another_figure_has_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.counts}"

    @property
    def counts(self) -> Decimal:
        """The figure by which the points are counted."""
        return self.declared if self.found is None else self.found

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.opened_bid.lot.stage_at(now)


class PartnerKind(models.TextChoices):
    MEMBER = "member", _("联合体成员")
    SUBCONTRACTOR = "subcontractor", _("分包供应商")


class BidPartner(Rooted):
    """联合体成员、分包供应商: named in the bid with its work and its share of the contract (政府采购法 art. 24, 48)."""

    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="partners", verbose_name=_("投标报价"))
    kind = models.TextField(_("种类"), choices=PartnerKind.choices)
    name = models.TextField(_("名称"))
    uscc = models.TextField(_("统一社会信用代码"), default="", blank=True)
    size = models.TextField(_("企业规模"), choices=Size.choices)
    share = models.DecimalField(_("合同份额"), max_digits=5, decimal_places=4)
    work = models.TextField(_("承担的工作"), default="", blank=True)

    class Meta:
        verbose_name = _("联合体和分包")
        constraints = [
            models.UniqueConstraint(fields=["opened_bid", "name"], name="one_place_per_partner"),
            models.CheckConstraint(condition=models.Q(share__gt=0, share__lt=1), name="partner_has_a_part"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.opened_bid.lot.stage_at(now)


class GoodsMaker(Rooted):
    """中小企业声明函（货物）: who made an item of a bid, and of what size it is (财库〔2020〕46号 art. 11)."""

    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="makers", verbose_name=_("投标报价"))
    number = models.PositiveSmallIntegerField(_("序号"))
    item = models.TextField(_("标的名称"))
    maker = models.TextField(_("制造商"))
    size = models.TextField(_("制造商企业规模"), choices=Size.choices)
    staff = models.PositiveIntegerField(_("从业人员（人）"), null=True, blank=True)
    revenue = models.DecimalField(_("营业收入（万元）"), max_digits=16, decimal_places=2, null=True, blank=True)
    assets = models.DecimalField(_("资产总额（万元）"), max_digits=16, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("货物制造商")
        constraints = [models.UniqueConstraint(fields=["opened_bid", "number"], name="one_maker_per_number")]

    def __str__(self) -> str:
        return f"{self.item}：{self.maker}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.opened_bid.lot.stage_at(now)


class FinalOffer(Rooted):
    """最后报价: what a supplier asks after the dialogue; sealed like a bid, opened when the time for all is over. Of a
    bid in two covers it is the price (报价信封), opened when the technical evaluation is closed."""

    opened_bid = models.OneToOneField(OpenedBid, models.PROTECT, related_name="final_offer", verbose_name=_("投标报价"))
    bid = models.OneToOneField(Bid, models.PROTECT, related_name="final_offer", verbose_name=_("密封文件"))
    price = MoneyField(_("最后报价"))
    price_in_words = models.TextField(_("大写报价"), default="", blank=True)
    delivery = models.TextField(_("交付期"), default="", blank=True)
    opened_at = models.DateTimeField(_("开启时间"))

    class Meta:
        verbose_name = _("最后报价")

    def __str__(self) -> str:
        return f"{self.opened_bid}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.opened_bid.lot.stage_at(now)


class BidLine(Rooted):
    """A line of the price form."""

    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="lines", verbose_name=_("投标报价"))
    final_offer = models.ForeignKey(
        FinalOffer, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name=_("最后报价")
    )
    number = models.PositiveSmallIntegerField(_("序号"))
    item = models.TextField(_("名称"))
    brand = models.TextField(_("品牌"), default="", blank=True)
    specification = models.TextField(_("规格型号"), default="", blank=True)
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=3)
    unit_price = MoneyField(_("单价"))
    amount = MoneyField(_("小计"))

    class Meta:
        verbose_name = _("分项报价")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.item

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case
