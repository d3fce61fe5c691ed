"""Who is qualified before the tender begins, by what conditions, and what changed since (87号令 art. 14, 15, 21)?"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.models import Root, Rooted
from yangcai.parties.models import Organisation, Post


class Prequalification(Root):
    """资格预审: a root of its own, because suppliers act in it before the case is published."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="prequalifications", verbose_name=_("采购项目"))
    round = models.PositiveSmallIntegerField(_("次数"), default=1)
    title = models.TextField(_("项目名称"))
    requirement = models.TextField(_("采购需求"))
    accepts_consortium = models.BooleanField(_("接受联合体"), default=False)
    standard = models.TextField(_("资格审核标准和方法"))
    materials = models.TextField(_("申请文件的内容和格式"))
    credit_check = models.TextField(_("信用信息查询渠道、截止时点和使用规则"))
    draws = models.PositiveSmallIntegerField(_("随机抽取家数"), null=True, blank=True)
    revision = models.PositiveSmallIntegerField(_("版本"), default=1)
    drafted_at = models.DateTimeField(_("编制时间"))
    confirmed_at = models.DateTimeField(_("采购人确认时间"), null=True, blank=True)
    opens_at = models.DateTimeField(_("资格预审公告时间"), null=True, blank=True)
    supply_closes_at = models.DateTimeField(_("资格预审文件获取截止"), null=True, blank=True)
    closes_at = models.DateTimeField(_("资格预审申请截止"), null=True, blank=True)
    place = models.TextField(_("提交申请文件的地点"), default="", blank=True)
    examined_on = models.DateField(_("资格预审日期"), null=True, blank=True)
    concluded_at = models.DateTimeField(_("资格预审完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("资格预审")
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="one_prequalification_per_round"),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(concluded_at__isnull=True),
                name="one_prequalification_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True)
                | models.Q(
                    confirmed_at__isnull=False,
                    supply_closes_at__isnull=False,
                    closes_at__gt=models.F("opens_at"),
                    examined_on__isnull=False,
                ),
                name="prequalification_is_announced_whole",
            ),
        ]
        indexes = [models.Index(fields=["closes_at"], name="prequalification_by_closing")]

    def __str__(self) -> str:
        return self.title

    @property
    def buyer(self) -> Organisation:
        return self.case.buyer


class PrequalificationClause(Rooted):
    """资格要求 as it was announced. Applications are examined against what concerns every lot; what one lot alone
    demands is announced too, and looked at in its bids."""

    prequalification = models.ForeignKey(
        Prequalification, models.PROTECT, related_name="clauses", verbose_name=_("资格预审")
    )
    number = models.PositiveSmallIntegerField(_("序号"))
    text = models.TextField(_("内容"))
    lot = models.TextField(_("包号"), default="", blank=True)
    is_statutory = models.BooleanField(_("法定条件"), default=False)

    class Meta:
        verbose_name = _("资格要求")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["prequalification", "number"], name="one_condition_per_number")]

    def __str__(self) -> str:
        return self.text

    @property
    def numbered(self) -> str:
        """As a notice lists it."""
        return f"{self.number}. {f'（采购包 {self.lot}）' if self.lot else ''}{self.text}"

    @property
    def root(self) -> Prequalification:
        return self.prequalification


class PrequalificationCorrection(Rooted):
    """资格预审文件的澄清或者修改: what changed, and the new deadline if any (87号令 art. 27)."""

    prequalification = models.ForeignKey(
        Prequalification, models.PROTECT, related_name="corrections", verbose_name=_("资格预审")
    )
    number = models.PositiveSmallIntegerField(_("序号"))
    item = models.TextField(_("更正事项"))
    before = models.TextField(_("更正前"), default="", blank=True)
    after = models.TextField(_("更正后"))
    affects_applications = models.BooleanField(_("可能影响申请文件编制"), default=True)
    old_closes_at = models.DateTimeField(_("原截止时间"))
    new_closes_at = models.DateTimeField(_("新截止时间"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("资格预审更正")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["prequalification", "number"], name="one_preq_correction_per_number")
        ]

    def __str__(self) -> str:
        return self.item

    @property
    def root(self) -> Prequalification:
        return self.prequalification


class PrequalificationApplication(Rooted):
    """资格预审申请: its supplier's own until the deadline; the database stamps when it came in."""

    prequalification = models.ForeignKey(
        Prequalification, models.PROTECT, related_name="applications", verbose_name=_("资格预审")
    )
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    statement = models.TextField(_("资格声明"))
    receipt = models.TextField(_("回执"), unique=True)
    submitted_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("提交岗位"))
    submitted_at = models.DateTimeField(_("提交时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    is_qualified = models.BooleanField(_("资格预审合格"), null=True, blank=True)
    reason = models.TextField(_("不合格的理由"), default="", blank=True)
    told_at = models.DateTimeField(_("告知结果时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("资格预审申请")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prequalification", "supplier"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_live_application_per_supplier",
            ),
            models.CheckConstraint(
                condition=models.Q(told_at__isnull=True, is_qualified__isnull=True, reason="")
                | models.Q(told_at__isnull=False, is_qualified=True, reason="")
                | models.Q(told_at__isnull=False, is_qualified=False) & ~models.Q(reason=""),
                name="application_is_answered_with_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier}"

    @property
    def root(self) -> Prequalification:
        return self.prequalification

    @property
    def entry_facts(self) -> dict[str, Any]:
        """All that an Entry may say of an application before the deadline."""
        return {"receipt": self.receipt}


class ApplicationFinding(Rooted):
    """The conclusion on one condition of one application; a failing one has its reason."""

    application = models.ForeignKey(
        PrequalificationApplication, models.PROTECT, related_name="findings", verbose_name=_("资格预审申请")
    )
    clause = models.ForeignKey(PrequalificationClause, models.PROTECT, related_name="+", verbose_name=_("资格要求"))
    passed = models.BooleanField(_("通过"))
    reason = models.TextField(_("理由"), default="", blank=True)
    page = models.TextField(_("页码"), default="", blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("资格预审结论")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "clause"], name="one_finding_per_condition"),
            models.CheckConstraint(
                condition=models.Q(passed=True) | ~models.Q(reason=""), name="failing_condition_has_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause}"

    @property
    def root(self) -> Prequalification:
        return self.application.prequalification


class StatusChange(Rooted):
    """资格变化: reported by a qualified supplier, and what the buyer's side makes of it (条例 art. 21)."""

    application = models.ForeignKey(
        PrequalificationApplication, models.PROTECT, related_name="changes", verbose_name=_("资格预审申请")
    )
    content = models.TextField(_("变化情况"))
    reported_at = models.DateTimeField(_("报告时间"))
    still_qualified = models.BooleanField(_("仍然合格"), null=True, blank=True)
    opinion = models.TextField(_("审查意见"), default="", blank=True)
    decided_at = models.DateTimeField(_("审查时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("资格变化")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(decided_at__isnull=True),
                name="one_open_status_change",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, still_qualified__isnull=True)
                | models.Q(decided_at__isnull=False, still_qualified__isnull=False) & ~models.Q(opinion=""),
                name="status_change_is_decided_with_an_opinion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}"

    @property
    def root(self) -> Prequalification:
        return self.application.prequalification
