"""With what money? Appropriations, the funds they are divided into, and the transfers that alone move a balance."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.kernel import money
from yangcai.kernel.models import MoneyField, Root, Rooted
from yangcai.parties.models import Organisation


class Bucket(models.TextChoices):
    """IMF TNM 16/02: the expenditure chain."""

    AVAILABLE = "available", _("可用")
    RESERVED = "reserved", _("预留")
    COMMITTED = "committed", _("合同占用")
    PAID = "paid", _("已支付")


class TransferKind(models.TextChoices):
    APPROPRIATE = "appropriate", _("预算下达")
    RESERVE = "reserve", _("预留")
    RELEASE_RESERVATION = "release_reservation", _("解除预留")
    COMMIT = "commit", _("合同占用")
    RELEASE_COMMITMENT = "release_commitment", _("解除占用")
    PAY = "pay", _("支付")
    REFUND = "refund", _("退回")


class Appropriation(Root):
    """部门预算/采购预算: one approved budget line of one buyer in one fiscal year."""

    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="appropriations", verbose_name=_("采购人"))
    fiscal_year = models.PositiveSmallIntegerField(_("预算年度"))
    code = models.TextField(_("预算项目编码"))
    name = models.TextField(_("预算项目名称"))
    classification = models.TextField(_("品目"), default="", blank=True)
    source = models.TextField(_("资金来源"), default="", blank=True)
    amount = MoneyField(_("预算金额"))
    approved_on = models.DateField(_("批复日期"))
    batch = models.TextField(_("导入批次"), default="", blank=True)
    available_fund = models.OneToOneField("Fund", models.PROTECT, related_name="+", verbose_name=_("可用资金"))

    class Meta:
        verbose_name = _("采购预算")
        constraints = [
            models.UniqueConstraint(fields=["buyer", "fiscal_year", "code"], name="one_line_per_budget_code"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="appropriation_is_positive"),
        ]
        indexes = [models.Index(fields=["fiscal_year"], name="appropriation_of_year")]

    def __str__(self) -> str:
        return f"{self.fiscal_year} {self.name}"


class Fund(Rooted):
    """A bucket of one owner. Opens at zero; its balance is moved by transfers alone and never below zero."""

    bucket = models.TextField(_("性质"), choices=Bucket.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name=_("来源资金"))
    balance = MoneyField(_("余额"), default=0)

    class Meta:
        verbose_name = _("资金")
        constraints = [models.CheckConstraint(condition=models.Q(balance__gte=0), name="never_negative")]

    def __str__(self) -> str:
        return f"{self.get_bucket_display()} {self.balance}"


class Transfer(Rooted):
    """资金划转: append-only; a trigger posts it to the balances. `source` is empty only for an appropriation."""

    kind = models.TextField(_("种类"), choices=TransferKind.choices)
    source = models.ForeignKey(Fund, models.PROTECT, null=True, related_name="outgoing", verbose_name=_("转出"))
    target = models.ForeignKey(Fund, models.PROTECT, null=True, related_name="incoming", verbose_name=_("转入"))
    amount = MoneyField(_("金额"))
    at = models.DateTimeField(_("时间"))
    ground = models.TextField(_("依据"))

    class Meta:
        verbose_name = _("资金划转")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="transfer_is_positive")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {money.figures(self.amount)}"
