"""What was agreed for a lot, with whom, for how long, and who left?"""

import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot
from yangcai.kernel.models import MoneyField, Rooted
from yangcai.parties.models import Organisation
from yangcai.tendering.models import LotRow


class QualityGround(models.TextChoices):
    """Where quality may come first (财政部令第110号 art. 25); everywhere else the price does."""

    GOVERNMENT_PRICE = "government_price", _("有政府定价、政府指导价")
    LABORATORY = "laboratory", _("对质量有特别要求的检测、实验等仪器设备")


class Framework(LotRow):
    """框架协议: the terms for one lot of a first stage, said in its call; the agreement runs from the first signature.

    The highest unit price is the lot's ceiling. A top-up has terms of its own only on paper: who enters by it enters
    `tops_up` (财政部令第110号 art. 31).
    """

    lot = models.OneToOneField(Lot, models.PROTECT, related_name="framework", verbose_name=_("采购包"))
    unit = models.TextField(_("计量单位"))
    estimated_quantity = models.DecimalField(_("预估采购数量"), max_digits=14, decimal_places=3)
    users = models.TextField(_("适用框架协议的采购人或者服务对象范围"))
    months = models.PositiveSmallIntegerField(_("有效期（月）"))
    term_reason = models.TextField(_("有效期超过一般期限的理由"), default="", blank=True)
    quality_ground = models.TextField(_("采用质量优先法的情形"), choices=QualityGround.choices, default="", blank=True)
    quality_reason = models.TextField(_("采用质量优先法的理由"), default="", blank=True)
    by_direct = models.BooleanField(_("直接选定"), default=True)
    by_mini_competition = models.BooleanField(_("二次竞价"), default=False)
    by_rotation = models.BooleanField(_("顺序轮候"), default=False)
    allows_outside = models.BooleanField(_("可以按更低价格授予非入围供应商"), default=False)
    uses_consumables = models.BooleanField(_("耗材使用量大的仪器设备"), default=False)
    consumables_years = models.PositiveSmallIntegerField(_("专用耗材约定期限（年）"), null=True, blank=True)
    replacement_rule = models.TextField(_("入围产品升级换代规则"), default="", blank=True)
    feedback_rule = models.TextField(_("用户反馈和评价机制"), default="", blank=True)
    tops_up = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="top_ups", verbose_name=_("补充征集的框架协议")
    )
    top_up_reason = models.TextField(_("影响框架协议执行的情况"), default="", blank=True)
    begins_on = models.DateField(_("生效日期"), null=True, blank=True)
    ends_on = models.DateField(_("期满日期"), null=True, blank=True)
    filed_at = models.DateTimeField(_("备案时间"), null=True, blank=True)
    told_at = models.DateTimeField(_("告知采购人时间"), null=True, blank=True)
    summarised_at = models.DateTimeField(_("成交汇总公告时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("框架协议")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(estimated_quantity__gt=0) & models.Q(months__gt=0),
                name="framework_has_quantity_and_term",
            ),
            models.CheckConstraint(
                condition=models.Q(begins_on__isnull=True, ends_on__isnull=True)
                | models.Q(ends_on__gt=models.F("begins_on")),
                name="framework_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot}"

    @property
    def ceiling(self) -> object:
        """最高限制单价."""
        return self.lot.ceiling

    def is_in_force_on(self, day: datetime.date) -> bool:
        """From the day of its beginning to the last day of its term, both included."""
        if self.begins_on is None or self.ends_on is None:
            return False
        return self.begins_on <= day <= self.ends_on

    def is_in_force_at(self, now: datetime.datetime) -> bool:
        return self.is_in_force_on(timezone.localdate(now))


class Leaving(models.TextChoices):
    """How an entrant left (财政部令第110号 art. 19, 20)."""

    EXIT = "exit", _("退出")
    REMOVAL = "removal", _("清退")


class RemovalGround(models.TextChoices):
    """财政部令第110号 art. 19, and the good reason for which one may leave a closed agreement (art. 20)."""

    COLLUSION = "collusion", _("恶意串通谋取入围或者合同成交")
    FALSE_MATERIAL = "false_material", _("提供虚假材料谋取入围或者合同成交")
    REFUSES = "refuses", _("无正当理由拒不接受合同授予")
    NOT_PERFORMED = "not_performed", _("不履行合同义务，经采购人请求履行后仍不履行")
    DEBARRED = "debarred", _("框架协议有效期内被禁止或者限制参加政府采购活动")
    AGREED = "agreed", _("框架协议约定的其他情形")
    GOOD_REASON = "good_reason", _("有正当理由退出")


class Entrant(Rooted):
    """入围供应商: its product, its rank and its agreement price, which no call-off may exceed (art. 13)."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="entrants", verbose_name=_("框架协议"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="entries", verbose_name=_("入围供应商"))
    rank = models.PositiveSmallIntegerField(_("入围顺序"))
    unit_price = MoneyField(_("协议单价"))
    product = models.TextField(_("入围产品或者服务"), default="", blank=True)
    rounds_before = models.PositiveSmallIntegerField(_("入围前已轮候的轮次"), default=0)
    entered_at = models.DateTimeField(_("入围时间"))
    convener_signed_at = models.DateTimeField(_("征集人签订时间"), null=True, blank=True)
    supplier_signed_at = models.DateTimeField(_("供应商签订时间"), null=True, blank=True)
    signed_at = models.DateTimeField(_("协议签订时间"), null=True, blank=True)
    left_at = models.DateTimeField(_("退出或者清退时间"), null=True, blank=True)
    left_by = models.TextField(_("退出方式"), choices=Leaving.choices, default="", blank=True)
    left_ground = models.TextField(_("清退情形"), choices=RemovalGround.choices, default="", blank=True)
    left_reason = models.TextField(_("退出或者清退的理由"), default="", blank=True)

    class Meta:
        verbose_name = _("入围供应商")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "supplier"], name="one_entry_per_supplier"),
            models.UniqueConstraint(fields=["framework", "rank"], name="one_entrant_per_rank"),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True)
                | models.Q(convener_signed_at__isnull=False, supplier_signed_at__isnull=False),
                name="agreement_is_signed_by_both_sides",
            ),
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True, left_by="")
                | models.Q(left_at__isnull=False) & ~models.Q(left_by=""),
                name="entrant_leaves_in_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier}"

    @property
    def root(self) -> Case:
        return self.framework.lot.case

    @property
    def may_be_awarded(self) -> bool:
        """Signed on both sides and still there."""
        return self.signed_at is not None and self.left_at is None


class EntryRequest(Rooted):
    """入围申请: what a supplier asks of an open framework, at any time; answered in writing (art. 39)."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="requests", verbose_name=_("框架协议"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("申请供应商"))
    product = models.TextField(_("申请入围的产品或者服务"))
    statement = models.TextField(_("符合征集条件的说明"))
    asked_at = models.DateTimeField(_("申请时间"))
    is_admitted = models.BooleanField(_("审核通过"), null=True)
    answer = models.TextField(_("审核意见"), default="", blank=True)
    answered_at = models.DateTimeField(_("审核时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("入围申请")
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "supplier"],
                condition=models.Q(answered_at__isnull=True),
                name="one_open_request_per_supplier",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, is_admitted__isnull=True)
                | models.Q(answered_at__isnull=False, is_admitted__isnull=False),
                name="request_is_answered_with_a_verdict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier}"

    @property
    def root(self) -> Case:
        return self.framework.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.framework.stage_at(now)
