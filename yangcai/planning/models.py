"""What does a buyer mean to buy, when, for how much, and has somebody else looked at it?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.funds.models import Appropriation, Fund
from yangcai.kernel.models import MoneyField, Root, Rooted
from yangcai.parties.models import Organisation


class Category(models.TextChoices):
    GOODS = "goods", _("货物")
    WORKS = "works", _("工程")
    SERVICES = "services", _("服务")


class SetAside(models.TextChoices):
    """预留份额 (财库〔2020〕46号 art. 8)."""

    NONE = "none", _("非专门面向中小企业")
    WHOLE = "whole", _("整体专门面向中小企业")
    PACKAGE = "package", _("采购包专门面向中小企业")
    CONSORTIUM = "consortium", _("要求联合体")
    SUBCONTRACT = "subcontract", _("要求合同分包")


class Intention(Root):
    """采购意向: published early, in principle 30 days before the activity (财库〔2020〕10号)."""

    appropriation = models.ForeignKey(
        Appropriation, models.PROTECT, related_name="intentions", verbose_name=_("采购预算")
    )
    title = models.TextField(_("采购项目名称"))
    overview = models.TextField(_("采购需求概况"))
    amount = MoneyField(_("预算金额"))
    expected_on = models.DateField(_("预计采购时间"))
    for_sme = models.BooleanField(_("面向中小企业"), default=False)
    remarks = models.TextField(_("备注"), default="", blank=True)
    published_at = models.DateTimeField(_("公开时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        verbose_name = _("采购意向")

    def __str__(self) -> str:
        return self.title


class PlanItem(Root):
    """采购计划: the implementation plan of one purchase (条例 art. 29; 财库〔2021〕22号)."""

    appropriation = models.ForeignKey(
        Appropriation, models.PROTECT, related_name="plan_items", verbose_name=_("采购预算")
    )
    intention = models.ForeignKey(
        Intention, models.PROTECT, null=True, related_name="plan_items", verbose_name=_("采购意向")
    )
    intention_exemption = models.TextField(_("不公开意向的理由"), default="", blank=True)
    title = models.TextField(_("采购项目名称"))
    category = models.TextField(_("类别"), choices=Category.choices)
    classification = models.TextField(_("品目"), default="", blank=True)
    procedure = models.TextField(_("采购方式"), default="open_tender")
    amount = MoneyField(_("预算金额"))
    set_aside = models.TextField(_("预留份额"), choices=SetAside.choices, default=SetAside.NONE)
    set_aside_reason = models.TextField(_("不预留的理由"), default="", blank=True)
    start_on = models.DateField(_("计划开始日期"))
    reserved_fund = models.OneToOneField(Fund, models.PROTECT, related_name="+", verbose_name=_("预留资金"))
    drafted_at = models.DateTimeField(_("起草时间"))
    submitted_at = models.DateTimeField(_("送审时间"), null=True)
    returned_at = models.DateTimeField(_("退回时间"), null=True)
    return_reason = models.TextField(_("退回理由"), default="", blank=True)
    approved_at = models.DateTimeField(_("审核通过时间"), null=True)
    filed_at = models.DateTimeField(_("备案时间"), null=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True)

    class Meta:
        verbose_name = _("采购计划")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="plan_item_is_positive"),
            models.CheckConstraint(
                condition=models.Q(intention__isnull=False)
                | ~models.Q(intention_exemption="")
                | models.Q(submitted_at__isnull=True),
                name="no_plan_without_intention",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def buyer(self) -> Organisation:
        return self.appropriation.buyer

    @property
    def buyer_id(self) -> int:
        return self.appropriation.buyer_id


class Requirement(Rooted):
    """采购需求: what is bought, in the words of 87号令 art. 11 and 财库〔2021〕22号."""

    plan_item = models.OneToOneField(PlanItem, models.PROTECT, related_name="requirement", verbose_name=_("采购计划"))
    description = models.TextField(_("技术和服务要求"))
    quantity = models.TextField(_("数量"))
    delivery = models.TextField(_("交付时间和地点"))
    standards = models.TextField(_("执行的标准"), default="", blank=True)
    service = models.TextField(_("服务要求"), default="", blank=True)
    acceptance_plan = models.TextField(_("验收方案"))
    survey_respondents = models.PositiveSmallIntegerField(_("需求调查对象数"), null=True)
    survey_summary = models.TextField(_("需求调查情况"), default="", blank=True)

    class Meta:
        verbose_name = _("采购需求")

    def __str__(self) -> str:
        return f"需求 {self.plan_item_id}"

    @property
    def root(self) -> PlanItem:
        return self.plan_item


class CompetitionReview(Rooted):
    """公平竞争审查: the checklist that a second person signs (law.md §12.1 D01-D22)."""

    plan_item = models.ForeignKey(
        PlanItem, models.PROTECT, related_name="competition_reviews", verbose_name=_("采购计划")
    )
    check_code = models.TextField(_("审查事项"))
    passed = models.BooleanField(_("通过"))
    remark = models.TextField(_("说明"), default="", blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("公平竞争审查")
        constraints = [models.UniqueConstraint(fields=["plan_item", "check_code", "at"], name="one_answer_per_check")]

    def __str__(self) -> str:
        return self.check_code

    @property
    def root(self) -> PlanItem:
        return self.plan_item
