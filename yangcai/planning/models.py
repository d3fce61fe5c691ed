"""What does a buyer mean to buy, when, for how much, and has somebody else looked at it?"""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.funds.models import Appropriation, Fund
from yangcai.kernel.models import MoneyField, Root, Rooted
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Expert, Organisation, Post
from yangcai.procedures import grounds


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


#: The ways in which nobody else may bid (财库〔2020〕46号 art. 9).
RESERVED = frozenset({SetAside.WHOLE, SetAside.PACKAGE})
#: The ways that set aside a part, of a size that is stated.
PARTNERED = frozenset({SetAside.CONSORTIUM, SetAside.SUBCONTRACT})
BY_SHARE = PARTNERED | {SetAside.PACKAGE}


class RepeatException(models.TextChoices):
    """Why a repeated purchase is no evasion of open tender (条例 art. 28), or no duplicate; the reviewer judges it."""

    BUDGET_ADJUSTMENT = "budget_adjustment", _("项目预算调整")
    PACKAGING = "packaging", _("专业、交付或者季节不同，合理分包")
    NEW_NEED = "new_need", _("前次采购之后新发生的需求")


def ground_choices() -> list[tuple[str, str]]:
    """The closed vocabulary of grounds in the reader's language (law/rules/ground.yaml)."""
    return [(code, ground.zh if in_chinese() else ground.en) for code, ground in grounds.GROUNDS.items()]


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
    needs_approval = models.BooleanField(_("采购方式须经批准"), default=False)
    spends = models.BooleanField(_("动用预算资金"), default=True)
    ground = models.TextField(_("采用该方式的情形"), choices=ground_choices, default="", blank=True)
    method_reason = models.TextField(_("采用该方式的理由"), default="", blank=True)
    original_amount = MoneyField(_("原合同金额"), null=True, blank=True)
    in_catalogue = models.BooleanField(_("集中采购目录以内"), default=False)
    amount = MoneyField(_("预算金额"))
    repeat_exception = models.TextField(_("重复采购的情形"), choices=RepeatException.choices, default="", blank=True)
    repeat_reason = models.TextField(_("重复采购的理由"), default="", blank=True)
    repeat_opinion = models.TextField(_("对重复采购的审核意见"), default="", blank=True)
    repeat_accepted_at = models.DateTimeField(_("认可重复采购理由的时间"), null=True)
    set_aside = models.TextField(_("预留份额"), choices=SetAside.choices, default=SetAside.NONE)
    set_aside_share = models.DecimalField(_("预留比例"), max_digits=5, decimal_places=4, default=0)
    set_aside_small_micro = models.DecimalField(_("预留份额中小微企业比例"), max_digits=5, decimal_places=4, default=0)
    set_aside_reason = models.TextField(_("不预留的理由"), default="", blank=True)
    start_on = models.DateField(_("计划开始日期"))
    reserved_fund = models.OneToOneField(Fund, models.PROTECT, related_name="+", verbose_name=_("预留资金"))
    released_amount = MoneyField(_("废标采购包已解除预留"), default=0)
    renews = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("接续的采购计划")
    )
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

    @property
    def standing_amount(self) -> Decimal:
        """What the plan still stands for, in yuan: without its lots that failed and whose money was released."""
        return self.amount - self.released_amount

    @property
    def purchase_amount(self) -> Decimal:
        """The amount in yuan by which thresholds judge the purchase: what is procured again after its lots failed is a
        part of the purchase it came from, however small that part is (条例 art. 28)."""
        return self.renews.purchase_amount if self.renews is not None else self.amount


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


class AllowedSentence(Rooted):
    """保留的表述: a sentence of a requirement that the program took for a brand or for unequal treatment, and that a
    second person let stand."""

    appropriation = models.ForeignKey(
        Appropriation, models.PROTECT, related_name="allowed_sentences", verbose_name=_("采购预算")
    )
    sentence = models.TextField(_("保留的一句"))
    words = models.TextField(_("被拦下的字词"))
    reason = models.TextField(_("保留的理由"))
    allowed_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("办理岗位"))
    allowed_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("保留的表述")
        constraints = [models.UniqueConstraint(fields=["appropriation", "sentence"], name="one_allowance_per_sentence")]

    def __str__(self) -> str:
        return self.sentence

    @property
    def root(self) -> Appropriation:
        return self.appropriation


class Publicity(Root):
    """单一来源公示: why only one supplier, shown to everybody before approval is asked for (74号令 art. 38-40).

    `is_voluntary`: the amount did not ask for one; the buyer publicised all the same, and is held to what comes of it.
    """

    plan_item = models.ForeignKey(PlanItem, models.PROTECT, related_name="publicities", verbose_name=_("采购计划"))
    title = models.TextField(_("采购项目名称"))
    description = models.TextField(_("拟采购的货物或者服务的说明"))
    reason = models.TextField(_("采用单一来源的理由"))
    supplier_name = models.TextField(_("拟定供应商"))
    supplier_address = models.TextField(_("拟定供应商地址"))
    is_voluntary = models.BooleanField(_("自愿公示"), default=False)
    opens_at = models.DateTimeField(_("公示开始"))
    closes_at = models.DateTimeField(_("公示截止"))
    reasoning = models.TextField(_("补充论证意见"), default="", blank=True)
    is_upheld = models.BooleanField(_("异议成立"), null=True)
    concluded_at = models.DateTimeField(_("补充论证完成时间"), null=True)

    class Meta:
        verbose_name = _("单一来源公示")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(concluded_at__isnull=True, is_upheld__isnull=True)
                | models.Q(concluded_at__isnull=False, is_upheld__isnull=False),
                name="publicity_is_concluded_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def buyer(self) -> Organisation:
        return self.plan_item.buyer

    @property
    def amount(self) -> object:
        """The budget in yuan, as notices want it."""
        return self.plan_item.amount


class PublicityOpinion(Rooted):
    """专业人员论证意见: name, unit and title of each are public by 74号令 art. 38."""

    publicity = models.ForeignKey(Publicity, models.PROTECT, related_name="opinions", verbose_name=_("单一来源公示"))
    name = models.TextField(_("专业人员姓名"))
    unit = models.TextField(_("工作单位"))
    professional_title = models.TextField(_("职称"))
    opinion = models.TextField(_("论证意见"))

    class Meta:
        verbose_name = _("专业人员论证意见")

    def __str__(self) -> str:
        return self.name

    @property
    def root(self) -> Publicity:
        return self.publicity


class PublicityObjection(Rooted):
    """对单一来源公示的异议: anybody may raise one in writing, the treasury has its copy (74号令 art. 39)."""

    publicity = models.ForeignKey(Publicity, models.PROTECT, related_name="objections", verbose_name=_("单一来源公示"))
    objector = models.TextField(_("提出异议者"))
    contact = models.TextField(_("联系方式"), default="", blank=True)
    content = models.TextField(_("异议内容"))
    raised_at = models.DateTimeField(_("提出时间"))
    raised_by = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("提出异议的单位")
    )
    answer = models.TextField(_("告知内容"), default="", blank=True)
    answered_at = models.DateTimeField(_("告知时间"), null=True)

    class Meta:
        verbose_name = _("单一来源公示异议")

    def __str__(self) -> str:
        return self.objector

    @property
    def root(self) -> Publicity:
        return self.publicity


class ImportPolicy(models.TextChoices):
    """What the state's industrial policy says of importing the product (财库〔2007〕119号)."""

    ENCOURAGED = "encouraged", _("鼓励进口")
    RESTRICTED = "restricted", _("限制进口")
    OTHER = "other", _("其他")


class ImportApproval(Rooted):
    """进口产品审核: imported products are approved by the treasury before the activity begins (财库〔2007〕119号)."""

    plan_item = models.ForeignKey(PlanItem, models.PROTECT, related_name="import_approvals", verbose_name=_("采购计划"))
    products = models.TextField(_("拟采购的进口产品"))
    policy = models.TextField(_("国家产业政策"), choices=ImportPolicy.choices)
    reason = models.TextField(_("采购进口产品的理由"))
    authority_opinion = models.TextField(_("行业主管部门意见"), default="", blank=True)
    experts = models.PositiveSmallIntegerField(_("论证专家人数"), null=True)
    lawyers = models.PositiveSmallIntegerField(_("其中法律专家人数"), null=True)
    opinion = models.TextField(_("专家论证意见"), default="", blank=True)
    applied_at = models.DateTimeField(_("申请时间"))
    approved_at = models.DateTimeField(_("核准时间"), null=True)
    number = models.TextField(_("核准文号"), default="", blank=True)
    returned_at = models.DateTimeField(_("退回时间"), null=True)
    return_reason = models.TextField(_("退回理由"), default="", blank=True)

    class Meta:
        verbose_name = _("进口产品申请")
        constraints = [
            models.UniqueConstraint(
                fields=["plan_item"],
                condition=models.Q(approved_at__isnull=True, returned_at__isnull=True),
                name="one_import_application_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True) | models.Q(returned_at__isnull=True),
                name="import_application_is_decided_once",
            ),
        ]

    def __str__(self) -> str:
        return self.products

    @property
    def root(self) -> PlanItem:
        return self.plan_item

    @property
    def is_open(self) -> bool:
        return self.approved_at is None and self.returned_at is None


class ImportExpert(Rooted):
    """进口产品论证专家: one of the library who gave the opinion, and therefore does not evaluate the purchase."""

    approval = models.ForeignKey(
        ImportApproval, models.PROTECT, related_name="named_experts", verbose_name=_("进口产品申请")
    )
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+", verbose_name=_("评审专家"))

    class Meta:
        verbose_name = _("进口产品论证专家")
        constraints = [models.UniqueConstraint(fields=["approval", "expert"], name="one_opinion_per_expert")]

    def __str__(self) -> str:
        return str(self.expert)

    @property
    def root(self) -> PlanItem:
        return self.approval.plan_item


class MethodApproval(Rooted):
    """采购方式变更: from the open-tender threshold on another method needs the main budget unit's consent and the
    treasury's approval, before the activity begins (政府采购法 art. 27; 74号令 art. 4-5, 28)."""

    plan_item = models.ForeignKey(PlanItem, models.PROTECT, related_name="method_approvals", verbose_name=_("采购计划"))
    procedure = models.TextField(_("拟采用的采购方式"))
    ground = models.TextField(_("采用该方式的情形"), choices=ground_choices)
    reason = models.TextField(_("采用该方式的理由"))
    overview = models.TextField(_("项目概况"))
    amount = MoneyField(_("预算金额"))
    funding = models.TextField(_("预算批复文件或者资金来源"))
    tender_notice = models.TextField(_("已发布的招标公告"), default="", blank=True)
    objections_statement = models.TextField(_("质疑及其处理情况"), default="", blank=True)
    opinion = models.TextField(_("招标文件没有不合理条款的论证意见"), default="", blank=True)
    opinion_experts = models.PositiveSmallIntegerField(_("论证专家人数"), null=True)
    publicity = models.ForeignKey(
        Publicity, models.PROTECT, null=True, related_name="method_approvals", verbose_name=_("单一来源公示")
    )
    consent_by = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("主管预算单位")
    )
    applied_at = models.DateTimeField(_("申请时间"))
    consented_at = models.DateTimeField(_("主管预算单位同意时间"), null=True)
    approved_at = models.DateTimeField(_("批准时间"), null=True)
    number = models.TextField(_("批复文号"), default="", blank=True)
    returned_at = models.DateTimeField(_("退回时间"), null=True)
    return_reason = models.TextField(_("退回理由"), default="", blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        verbose_name = _("采购方式变更申请")
        constraints = [
            models.UniqueConstraint(
                fields=["plan_item"],
                condition=models.Q(approved_at__isnull=True, returned_at__isnull=True, withdrawn_at__isnull=True),
                name="one_application_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True)
                | models.Q(consent_by__isnull=True)
                | models.Q(consented_at__isnull=False),
                name="no_approval_without_consent",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True)
                | models.Q(returned_at__isnull=True, withdrawn_at__isnull=True),
                name="application_is_decided_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.plan_item)

    @property
    def root(self) -> PlanItem:
        return self.plan_item

    @property
    def is_open(self) -> bool:
        """Neither decided nor withdrawn."""
        return self.approved_at is None and self.returned_at is None and self.withdrawn_at is None

    @property
    def awaits_consent(self) -> bool:
        return self.is_open and self.consent_by_id is not None and self.consented_at is None
