"""Which deadlines did an outage of the platform postpone, and which bidders know?"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot, Stage
from yangcai.kernel.models import Outage, Rooted
from yangcai.parties.models import Organisation
from yangcai.tendering.models.rows import CaseRow


class OutageExtension(CaseRow):
    """停机顺延: one deadline of a case (or of a lot's last round) that an outage moved, by the terms, for everybody."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="extensions", verbose_name=_("采购项目"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("采购包"))
    stage = models.TextField(_("环节"), choices=Stage.choices)
    outage = models.ForeignKey(Outage, models.PROTECT, related_name="extensions", verbose_name=_("停机"))
    old_closes_at = models.DateTimeField(_("原截止时间"))
    new_closes_at = models.DateTimeField(_("新截止时间"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("停机顺延")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "lot", "stage", "outage"], name="one_extension_per_outage", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(new_closes_at__gt=models.F("old_closes_at")), name="extension_only_postpones"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.new_closes_at:%Y-%m-%d %H:%M}"

    @property
    def entry_facts(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "lot": self.lot.number if self.lot else "",
            "old_closes_at": self.old_closes_at,
            "new_closes_at": self.new_closes_at,
            "outage": str(self.outage),
        }


class ExtensionReceipt(Rooted):
    """顺延回执: a supplier that has the documents says that it knows the new deadline.

    Who they are and how many is secret until the opening, as with the documents themselves."""

    extension = models.ForeignKey(OutageExtension, models.PROTECT, related_name="receipts", verbose_name=_("停机顺延"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("供应商"))
    received_at = models.DateTimeField(_("确认收到时间"))

    class Meta:
        verbose_name = _("顺延回执")
        constraints = [
            models.UniqueConstraint(fields=["extension", "supplier"], name="one_receipt_per_extension_and_supplier")
        ]

    def __str__(self) -> str:
        return f"{self.supplier}"

    @property
    def root(self) -> Case:
        return self.extension.case

    @property
    def entry_facts(self) -> dict[str, Any]:
        return {}


class Maintenance(Rooted):
    """计划维护: when the platform will be worked on: said beforehand, and off the protected time of deadlines."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("运维单位"))
    begins_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    what = models.TextField(_("维护内容"))
    protected = models.DurationField(_("截止前的保护时间"))
    announced_at = models.DateTimeField(_("公布时间"))

    class Meta:
        verbose_name = _("计划维护")
        ordering = ["begins_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at"), begins_at__gte=models.F("announced_at")),
                name="maintenance_is_announced_beforehand",
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def root(self) -> Organisation:
        return self.organisation
