"""What is being bought, and where does it stand at a given moment?"""

import datetime
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai import procedures
from yangcai.kernel import money
from yangcai.kernel.beneath import may_have
from yangcai.kernel.models import MoneyField, Root, Rooted
from yangcai.kernel.reading import remembered
from yangcai.parties.models import Organisation, Post
from yangcai.planning.models import RESERVED, Category, PlanItem, SetAside


class CaseEnd(models.TextChoices):
    CLOSED = "closed", _("结项")
    UNSUCCESSFUL = "unsuccessful", _("废标")
    TERMINATED = "terminated", _("终止")


class LotOutcome(models.TextChoices):
    PENDING = "", _("进行中")
    AWARDED = "awarded", _("已定标")
    UNSUCCESSFUL = "unsuccessful", _("废标")
    TERMINATED = "terminated", _("终止")


class AwardFall(models.TextChoices):
    """Why an award no longer stands (条例 art. 49, 71; 财政部令第94号 art. 16; 条例 art. 21)."""

    REFUSED = "refused", _("中标供应商拒绝签订合同")
    LOT_FAILED = "lot_failed", _("公告前采购包废标")
    OBJECTION = "objection", _("质疑成立且影响中标结果")
    DECISION = "decision", _("财政部门认定中标无效")
    STATUS = "status", _("资格发生变化，不再符合资格条件")


class PassedOverGround(models.TextChoices):
    """Why the buyer may pass over a candidate who stands before the chosen one (87号令 art. 68; 条例 art. 49)."""

    GAVE_UP = "gave_up", _("排名在前的候选人书面放弃或者因不可抗力不能履行")
    MISCONDUCT = "misconduct", _("查实排名在前的候选人存在影响中标结果的违法行为")
    DECISION = "decision", _("财政部门处理决定")


class EvaluationMethod(models.TextChoices):
    RATED = "rated", _("综合评分法")
    LOWEST = "lowest", _("最低评标价法")
    AGREED = "agreed", _("协商定价")


class Stage(models.TextChoices):
    """The closed vocabulary of stages (DESIGN §6); the same words as in yangcai.procedures.stages."""

    PREPARATION = "preparation", _("采购准备")
    JUSTIFICATION = "justification", _("论证公示")
    INVITATION = "invitation", _("发布公告")
    SUBMISSION = "submission", _("投标")
    OPENING = "opening", _("开标")
    QUALIFICATION = "qualification", _("资格审查")
    EVALUATION = "evaluation", _("评审")
    DIALOGUE = "dialogue", _("谈判磋商")
    FINAL_OFFER = "final_offer", _("最后报价")
    AWARD = "award", _("定标")


class Case(Root):
    """采购项目: one purchase by one procedure; its stage is derived from its periods and the time, never stored."""

    number = models.TextField(_("项目编号"), unique=True)
    title = models.TextField(_("项目名称"))
    plan_item = models.ForeignKey(PlanItem, models.PROTECT, related_name="cases", verbose_name=_("采购计划"))
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="cases_bought", verbose_name=_("采购人"))
    agent = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="cases_run", verbose_name=_("采购代理机构")
    )
    procedure = models.TextField(_("采购方式"))
    category = models.TextField(_("类别"), choices=Category.choices)
    classification = models.TextField(_("品目"), default="", blank=True)
    budget = MoneyField(_("预算金额"))
    ceiling = MoneyField(_("最高限价"), null=True, blank=True)
    set_aside = models.TextField(_("预留份额"), choices=SetAside.choices, default=SetAside.NONE)
    jurisdiction = models.TextField(_("行政区划代码"))
    law_as_of = models.DateField(_("适用法律日期"), null=True, blank=True)
    opened_at = models.DateTimeField(_("立项时间"))
    published_at = models.DateTimeField(_("公告时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    end_kind = models.TextField(_("结束方式"), choices=CaseEnd.choices, default="", blank=True)
    end_reason = models.TextField(_("结束理由"), default="", blank=True)
    predecessor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("前次采购"))
    is_demo = models.BooleanField(_("演示"), default=False)

    class Meta:
        verbose_name = _("采购项目")
        constraints = [
            models.UniqueConstraint(
                fields=["plan_item"], condition=models.Q(ended_at__isnull=True), name="one_live_case_per_plan_item"
            ),
            models.CheckConstraint(condition=models.Q(budget__gt=0), name="case_budget_is_positive"),
            models.CheckConstraint(
                condition=models.Q(ceiling__isnull=True) | models.Q(ceiling__lte=models.F("budget")),
                name="ceiling_within_budget",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, end_kind="")
                | models.Q(ended_at__isnull=False) & ~models.Q(end_kind=""),
                name="case_end_has_a_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-opened_at"], name="case_of_buyer"),
            models.Index(fields=["agent", "-opened_at"], name="case_of_agent"),
            models.Index(fields=["-published_at"], name="case_published"),
            models.Index(fields=["-opened_at"], name="case_by_opening"),
        ]

    def __str__(self) -> str:
        return self.title

    def period_at(self, now: datetime.datetime) -> "Period | None":
        return period_at([p for p in self.every_period() if p.lot_id is None], now)

    @remembered
    def every_period(self) -> "tuple[Period, ...]":
        """Of the case and of all its lots, in order."""
        return tuple(self.periods.all())

    @remembered
    def every_lot(self) -> "tuple[Lot, ...]":
        """In the order in which they were defined."""
        return tuple(sorted(self.lots.all(), key=lambda lot: lot.pk))

    @remembered
    def every_award(self) -> "tuple[Award, ...]":
        """In the order in which they were determined, with the winners; refused ones too."""
        if not may_have(self, Award):
            return ()
        return tuple(Award.objects.filter(lot__case=self).select_related("supplier").order_by("pk"))

    def ranked_together(self, lot: "Lot") -> "tuple[Lot, ...]":
        """The lots that one evaluation decides, each for another supplier: the one with the offers, then those that
        follow it. Just the lot itself where none does."""
        if not procedures.get(self.procedure).winners:
            return (lot,)
        head = lot.follows_id or lot.pk
        return tuple(one for one in self.every_lot() if head in (one.pk, one.follows_id))

    @property
    def lots_in_award_order(self) -> "tuple[Lot, ...]":
        """As the file declares it, else as they were defined: it decides where a bidder may win only so many lots."""
        return tuple(sorted(self.every_lot(), key=lambda lot: (lot.award_order, lot.pk)))

    def has_reached(self, stage: str) -> bool:
        """Whether the case or one of its lots ever came to this stage."""
        return any(period.stage == stage for period in self.every_period())

    def stage_at(self, now: datetime.datetime) -> str:
        """Stage of the whole case up to the opening; from then on that of its lot which has come the least far."""
        if self.ended_at is not None and self.ended_at <= now:
            return ""
        period = self.period_at(now)
        if period:
            return period.stage
        here = {p.stage for p in self.every_period() if p.lot_id is not None and p.is_open_at(now)}
        return next((str(stage) for stage in procedures.get(self.procedure).stages if stage in here), "")

    def is_suspended_at(self, now: datetime.datetime) -> bool:
        return any(
            s.suspended_at <= now and (s.resumed_at is None or now < s.resumed_at) for s in self.suspensions.all()
        )


def period_at(periods: "list[Period]", now: datetime.datetime) -> "Period | None":
    """The period that contains now; periods are half-open and do not overlap."""
    return next((period for period in periods if period.is_open_at(now)), None)


class Lot(Rooted):
    """包 / 标段: what one Award is about."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="lots", verbose_name=_("采购项目"))
    number = models.TextField(_("包号"))
    title = models.TextField(_("名称"))
    budget = MoneyField(_("预算金额"))
    ceiling = MoneyField(_("最高限价"), null=True, blank=True)
    evaluation_method = models.TextField(_("评审方法"), choices=EvaluationMethod.choices)
    set_aside = models.TextField(_("预留份额"), choices=SetAside.choices, default=SetAside.NONE)
    set_aside_share = models.DecimalField(_("中小企业合同份额"), max_digits=5, decimal_places=4, default=0)
    for_small_micro = models.BooleanField(_("限于小微企业"), default=False)
    core_product = models.TextField(_("核心产品"), default="", blank=True)
    #: 政务信息系统: rated, and the price weighs exactly as much as is fixed (财库〔2017〕210号 art. 9).
    is_information_system = models.BooleanField(_("政务信息系统项目"), default=False, db_default=False)
    award_order = models.PositiveSmallIntegerField(_("定标次序"), default=0)
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers", verbose_name=_("随同评审的采购包")
    )
    quantity = models.DecimalField(_("采购数量"), max_digits=14, decimal_places=3, null=True, blank=True)
    outcome = models.TextField(_("结果"), choices=LotOutcome.choices, default="", blank=True)
    outcome_at = models.DateTimeField(_("结果时间"), null=True, blank=True)
    outcome_reason = models.TextField(_("理由"), default="", blank=True)

    class Meta:
        verbose_name = _("采购包")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_lot_per_number"),
            models.CheckConstraint(condition=models.Q(budget__gt=0), name="lot_budget_is_positive"),
            models.CheckConstraint(
                condition=models.Q(ceiling__isnull=True) | models.Q(ceiling__lte=models.F("budget")),
                name="lot_ceiling_within_budget",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.title} {self.number}"

    @property
    def root(self) -> Case:
        return self.case

    evaluated_by_label = _("评审方法")

    @property
    def evaluated_by(self) -> str:
        """The way of evaluation in the words of the method: quality first where a tender says rated criteria; and that
        an information system is bought, whose price has its fixed weight."""
        said = procedures.get(self.case.procedure).say(str(self.get_evaluation_method_display()))
        return " · ".join([said, str(_("政务信息系统项目"))] if self.is_information_system else [said])

    @property
    def judged_with(self) -> "Lot":
        """The lot whose offers and ranking decide this one: its own, or those of the lot it follows."""
        return self.follows if self.follows_id is not None and self.follows is not None else self

    @property
    def limit(self) -> object:
        """What a bid may not exceed: the ceiling, else the budget (87号令 art. 63)."""
        return self.ceiling if self.ceiling is not None else self.budget

    @property
    def way(self) -> str:
        """How the lot is set aside: with the whole purchase, or in its own way (财库〔2020〕46号 art. 8)."""
        return SetAside.WHOLE if self.case.set_aside == SetAside.WHOLE else self.set_aside

    @property
    def is_reserved(self) -> bool:
        """Whether only small and medium enterprises may bid, so that no price is lowered for them (art. 9)."""
        return self.way in RESERVED

    @property
    def share_set_aside(self) -> Decimal:
        """The share of the lot that goes to small and medium enterprises."""
        return Decimal(1) if self.is_reserved else self.set_aside_share

    def stage_at(self, now: datetime.datetime) -> str:
        ended_at = self.case.ended_at
        if self.outcome in {LotOutcome.UNSUCCESSFUL, LotOutcome.TERMINATED} or (ended_at and ended_at <= now):
            return ""
        own = period_at([p for p in self.case.every_period() if p.lot_id == self.pk], now)
        period = own or self.case.period_at(now)
        return period.stage if period else ""


class LotRelease(Rooted):
    """解除废标采购包的预留: a failed lot gives its budget back after the remedies against its failure ended, while
    others of the case go on. It never comes back to life; it is procured again on a plan of its own."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="releases", verbose_name=_("采购包"))
    amount = MoneyField(_("解除预留金额"))
    answered_on = models.DateField(_("最后一次质疑答复日期"), null=True, blank=True)
    remedies_end_at = models.DateTimeField(_("救济期限届满时间"))
    released_at = models.DateTimeField(_("解除预留时间"))

    class Meta:
        verbose_name = _("废标采购包解除预留")
        constraints = [
            models.UniqueConstraint(fields=["lot"], name="one_release_per_lot"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="release_is_positive"),
            models.CheckConstraint(
                condition=models.Q(remedies_end_at__lte=models.F("released_at")), name="no_release_before_the_remedies"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot} {money.figures(self.amount)}"

    @property
    def root(self) -> Case:
        return self.lot.case


class Period(Rooted):
    """One stage of one case (or lot), half-open [opens_at, closes_at). The only place where a stage is written down."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="periods", verbose_name=_("采购项目"))
    lot = models.ForeignKey(
        Lot, models.PROTECT, null=True, blank=True, related_name="periods", verbose_name=_("采购包")
    )
    stage = models.TextField(_("环节"), choices=Stage.choices)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    opens_at = models.DateTimeField(_("开始"))
    closes_at = models.DateTimeField(_("截止"), null=True, blank=True)

    class Meta:
        verbose_name = _("时段")
        ordering = ["opens_at", "id"]
        indexes = [
            models.Index(fields=["opens_at"], name="period_by_opening"),
            models.Index(fields=["closes_at"], name="period_by_closing"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "lot", "stage", "round"], name="one_period_per_round", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at__isnull=True) | models.Q(closes_at__gte=models.F("opens_at")),
                name="period_ends_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.opens_at:%Y-%m-%d}"

    def is_open_at(self, now: datetime.datetime) -> bool:
        return self.opens_at <= now and (self.closes_at is None or now < self.closes_at)

    @property
    def root(self) -> Case:
        return self.case


class Suspension(Rooted):
    """暂停: the current periods are closed and reopen with what was left of them (政府采购法 art. 57)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="suspensions", verbose_name=_("采购项目"))
    reason = models.TextField(_("理由"))
    authority = models.TextField(_("决定机关"))
    suspended_at = models.DateTimeField(_("暂停时间"))
    until_on = models.DateField(_("最迟恢复日期"))
    resumed_at = models.DateTimeField(_("恢复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("暂停")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(resumed_at__isnull=True), name="one_suspension_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def root(self) -> Case:
        return self.case


class Candidate(Rooted):
    """中标/成交候选人: what a procedure on this platform produced for a lot; without it there is no Award."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="candidates", verbose_name=_("采购包"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("供应商"))
    rank = models.PositiveSmallIntegerField(_("名次"))
    amount = MoneyField(_("投标报价"))
    evaluated_price = MoneyField(_("评审价"), null=True)
    score = models.DecimalField(_("得分"), max_digits=9, decimal_places=4, null=True)
    at = models.DateTimeField(_("时间"))
    superseded_at = models.DateTimeField(_("重新评审后失效时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("候选人")
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "supplier"],
                condition=models.Q(superseded_at__isnull=True),
                name="one_candidacy_per_supplier",
            ),
            models.UniqueConstraint(
                fields=["lot", "rank"], condition=models.Q(superseded_at__isnull=True), name="one_candidate_per_rank"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.supplier}"

    @property
    def root(self) -> Case:
        return self.lot.case


class Award(Rooted):
    """中标/成交: the buyer's (or deemed) decision for one candidate of a lot; a contract needs exactly one."""

    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="award", verbose_name=_("候选人"))
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="awards", verbose_name=_("采购包"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="awards", verbose_name=_("中标供应商"))
    amount = MoneyField(_("中标金额"))
    determined_at = models.DateTimeField(_("确定时间"))
    is_deemed = models.BooleanField(_("视同确定"), default=False)
    passed_over_ground = models.TextField(
        _("不按顺序确定的情形"), choices=PassedOverGround.choices, default="", db_default="", blank=True
    )
    passed_over_reason = models.TextField(_("不按顺序确定的理由"), default="", db_default="", blank=True)
    announced_at = models.DateTimeField(_("公告时间"), null=True, blank=True)
    refused_at = models.DateTimeField(_("中标结果失效时间"), null=True, blank=True)
    fall_ground = models.TextField(_("中标结果失效情形"), choices=AwardFall.choices, default="", blank=True)
    refusal_reason = models.TextField(_("中标结果失效理由"), default="", blank=True)
    declared_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("声明拒签的岗位")
    )

    class Meta:
        verbose_name = _("中标结果")
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=models.Q(refused_at__isnull=True), name="one_award_per_lot"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lot} {self.supplier}"

    @property
    def root(self) -> Case:
        return self.lot.case


class SuspendedPeriod(Rooted):
    """What a suspension cut off: the stage, how long after the cut it would have begun, how long it had left."""

    suspension = models.ForeignKey(Suspension, models.PROTECT, related_name="cut_off", verbose_name=_("暂停"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("采购包"))
    stage = models.TextField(_("环节"), choices=Stage.choices)
    begins_after = models.DurationField(_("距开始"))
    lasts = models.DurationField(_("剩余时长"), null=True, blank=True)

    class Meta:
        verbose_name = _("被暂停的时段")

    def __str__(self) -> str:
        return self.stage

    @property
    def root(self) -> Case:
        return self.suspension.case
