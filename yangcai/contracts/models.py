"""What was promised, delivered, accepted, invoiced and paid?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Award, Case
from yangcai.funds.models import Fund
from yangcai.kernel import money
from yangcai.kernel.models import Document, MoneyField, Rooted
from yangcai.parties.models import Organisation


class ChangeGround(models.TextChoices):
    """On what ground a running contract may be changed or ended (政府采购法 art. 50; 民法典 art. 180, 533, 563)."""

    PUBLIC_INTEREST = "public_interest", _("继续履行将损害国家利益和社会公共利益")
    FORCE_MAJEURE = "force_majeure", _("不可抗力")
    CHANGED_CIRCUMSTANCES = "changed_circumstances", _("情势变更，经双方重新协商")
    DECISION = "decision", _("财政部门处理决定、仲裁裁决或法院判决")


class TerminationGround(models.TextChoices):
    """On what ground a contract may end before it is carried out."""

    PUBLIC_INTEREST = "public_interest", _("继续履行将损害国家利益和社会公共利益")
    FORCE_MAJEURE = "force_majeure", _("不可抗力致使不能实现合同目的")
    BREACH = "breach", _("对方违约，法定或约定的解除条件成就")
    DECISION = "decision", _("财政部门处理决定、仲裁裁决或法院判决")
    AWARD_REFUSED = "award_refused", _("中标供应商拒签合同")
    AWARD_VOID = "award_void", _("合同签订前中标结果无效")
    ON_THE_MARKET = "on_the_market", _("市场已出现同类产品，研发已无意义")
    INSURMOUNTABLE = "insurmountable", _("遇不可克服的技术困难")
    MILESTONE_MISSED = "milestone_missed", _("未按约定完成标志性成果，予以淘汰")


class Contract(Rooted):
    """采购合同: of exactly one Award; its own committed and paid funds."""

    award = models.OneToOneField(Award, models.PROTECT, related_name="contract", verbose_name=_("中标结果"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="contracts", verbose_name=_("采购项目"))
    number = models.TextField(_("合同编号"), unique=True)
    title = models.TextField(_("合同名称"))
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="contracts_bought", verbose_name=_("采购人"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="contracts_won", verbose_name=_("供应商"))
    amount = MoneyField(_("合同金额"))
    terms = models.TextField(_("合同条款"))
    delivery = models.TextField(_("履行期限和地点"))
    payment_days = models.PositiveSmallIntegerField(_("付款期限（日）"))
    acceptance_days = models.PositiveSmallIntegerField(_("验收期限（日）"))
    performance_security = MoneyField(_("履约保证金"), default=0)
    for_sme = models.BooleanField(_("中小企业预留合同"), default=False)
    digest = models.TextField(_("签订内容摘要"), default="", blank=True, editable=False)
    committed_fund = models.OneToOneField(Fund, models.PROTECT, related_name="+", verbose_name=_("合同占用资金"))
    paid_fund = models.OneToOneField(Fund, models.PROTECT, related_name="+", verbose_name=_("已支付资金"))
    drafted_at = models.DateTimeField(_("起草时间"))
    buyer_signed_at = models.DateTimeField(_("采购人签订时间"), null=True, blank=True)
    supplier_signed_at = models.DateTimeField(_("供应商签订时间"), null=True, blank=True)
    signed_at = models.DateTimeField(_("签订时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("公告时间"), null=True, blank=True)
    filed_at = models.DateTimeField(_("备案时间"), null=True, blank=True)
    terminated_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    termination_ground = models.TextField(_("解除情形"), choices=TerminationGround.choices, default="", blank=True)
    termination_reason = models.TextField(_("解除理由"), default="", blank=True)
    closed_at = models.DateTimeField(_("结项时间"), null=True, blank=True)
    closing_acceptance = models.OneToOneField(
        "Acceptance", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("结项依据的验收")
    )

    class Meta:
        verbose_name = _("采购合同")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="contract_is_positive"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(closing_acceptance__isnull=False),
                name="no_acceptance_no_closing",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def root(self) -> Case:
        return self.case


class ContractRow(Rooted):
    """A row that belongs to a contract."""

    class Meta:
        abstract = True

    @property
    def root(self) -> Case:
        return self.contract.case  # type: ignore[attr-defined]


class ContractItem(ContractRow):
    """合同标的: one line of the winning bid; a bid of one sum has neither quantity nor unit price."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="items", verbose_name=_("采购合同"))
    number = models.PositiveSmallIntegerField(_("序号"))
    item = models.TextField(_("名称"))
    specification = models.TextField(_("规格型号"), default="", blank=True)
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=3, null=True, blank=True)
    unit_price = MoneyField(_("单价"), null=True, blank=True)
    amount = MoneyField(_("小计"))

    class Meta:
        verbose_name = _("合同标的")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["contract", "number"], name="one_contract_item_per_number")]

    def __str__(self) -> str:
        return self.item


class MilestoneDue(models.TextChoices):
    SIGNATURE = "signature", _("合同签订")
    DELIVERY = "delivery", _("交付")
    ACCEPTANCE = "acceptance", _("验收合格")


class Milestone(ContractRow):
    """付款节点: an advance (due on signature), a delivery or an acceptance; amounts add up to the contract."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="milestones", verbose_name=_("采购合同"))
    number = models.PositiveSmallIntegerField(_("序号"))
    title = models.TextField(_("名称"))
    due_on = models.TextField(_("付款条件"), choices=MilestoneDue.choices)
    amount = MoneyField(_("金额"))
    is_incentive = models.BooleanField(_("激励费用"), default=False)
    amendment = models.ForeignKey(
        "Amendment", models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name=_("合同变更")
    )

    class Meta:
        verbose_name = _("付款节点")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="one_milestone_per_number"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="milestone_is_positive"),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(ContractRow):
    """交付: reported by the supplier."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="deliveries", verbose_name=_("采购合同"))
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, related_name="deliveries", verbose_name=_("付款节点")
    )
    delivered_on = models.DateField(_("交付日期"))
    note = models.TextField(_("说明"), default="", blank=True)
    reported_at = models.DateTimeField(_("报告时间"))

    class Meta:
        verbose_name = _("交付")

    def __str__(self) -> str:
        return f"{self.delivered_on}"


class Acceptance(ContractRow):
    """验收: of one milestone, or of the whole contract (`is_final`), passed or not (条例 art. 45)."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="acceptances", verbose_name=_("采购合同"))
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, related_name="acceptances", verbose_name=_("付款节点")
    )
    is_final = models.BooleanField(_("最终验收"))
    passed = models.BooleanField(_("合格"))
    accepted_on = models.DateField(_("验收日期"))
    for_public = models.BooleanField(_("向社会公众提供的公共服务"), default=False)
    users_took_part = models.BooleanField(_("服务对象参与验收"), default=False)
    opinion = models.TextField(_("验收意见"))
    members = models.TextField(_("验收小组"))
    report = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("验收书")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("验收")

    def __str__(self) -> str:
        return f"{self.accepted_on}"


class AcceptanceItem(ContractRow):
    """One technical, service or safety item of an acceptance."""

    acceptance = models.ForeignKey(Acceptance, models.PROTECT, related_name="items", verbose_name=_("验收"))
    item = models.TextField(_("验收事项"))
    result = models.TextField(_("验收情况"))
    passed = models.BooleanField(_("合格"))

    class Meta:
        verbose_name = _("验收事项")

    def __str__(self) -> str:
        return self.item

    @property
    def contract(self) -> Contract:
        return self.acceptance.contract


class Amendment(ContractRow):
    """补充合同或变更: supplements within 10 % (政府采购法 art. 49), changes only on lawful grounds (art. 50)."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="amendments", verbose_name=_("采购合同"))
    number = models.PositiveSmallIntegerField(_("序号"))
    is_supplement = models.BooleanField(_("补充合同"))
    ground = models.TextField(_("变更情形"), choices=ChangeGround.choices, default="", blank=True)
    clause = models.TextField(_("变更条款"))
    content = models.TextField(_("变更后内容"))
    reason = models.TextField(_("理由"))
    amount_change = MoneyField(_("金额增加"), default=0)
    contract_months = models.PositiveSmallIntegerField(_("延长后的合同期限（月）"), null=True, blank=True)
    settles = models.OneToOneField(
        Milestone, models.PROTECT, null=True, blank=True, related_name="settlement", verbose_name=_("补偿的付款节点")
    )
    ending = models.TextField(_("研发终止情形"), choices=TerminationGround.choices, default="", blank=True)
    eligible_cost = MoneyField(_("核定的实际研发成本"), null=True, blank=True)
    settled_amount = MoneyField(_("研发成本补偿金额"), null=True, blank=True)
    signed_at = models.DateTimeField(_("签订时间"))
    published_at = models.DateTimeField(_("公告时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("合同变更")
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="one_amendment_per_number"),
            models.CheckConstraint(
                condition=models.Q(settles=None, ending="", eligible_cost=None, settled_amount=None)
                | models.Q(settles__isnull=False, settled_amount__gte=0, eligible_cost__gte=models.F("settled_amount"))
                & ~models.Q(ending=""),
                name="settlement_says_cost_and_sum",
            ),
        ]

    def __str__(self) -> str:
        return self.clause


class Invoice(ContractRow):
    """发票."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="invoices", verbose_name=_("采购合同"))
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="invoices", verbose_name=_("付款节点"))
    number = models.TextField(_("发票号码"))
    amount = MoneyField(_("金额"))
    eligible_cost = MoneyField(_("实际研发成本"), null=True, blank=True)
    issued_on = models.DateField(_("开票日期"))
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = _("发票")
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="one_invoice_per_number"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="invoice_is_positive"),
        ]

    def __str__(self) -> str:
        return self.number


class Receivable(ContractRow):
    """应收账款: a small or medium supplier has its claim confirmed (保障中小企业款项支付条例 art. 16)."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="receivables", verbose_name=_("采购合同"))
    amount = MoneyField(_("金额"))
    purpose = models.TextField(_("用途"), default="", blank=True)
    requested_at = models.DateTimeField(_("请求时间"))
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    confirmed_amount = MoneyField(_("确认金额"), null=True, blank=True)

    class Meta:
        verbose_name = _("应收账款")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="receivable_is_positive"),
            models.UniqueConstraint(
                fields=["contract"],
                condition=models.Q(confirmed_at__isnull=True),
                name="one_waiting_receivable_per_contract",
            ),
        ]

    def __str__(self) -> str:
        return money.figures(self.amount)


class OverdueDisclosure(Rooted):
    """逾期未支付公布: what a buyer owed small and medium enterprises at the end of a year and had not paid."""

    buyer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="overdue_disclosures", verbose_name=_("采购人")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    contracts = models.PositiveIntegerField(_("合同数量"))
    amount = MoneyField(_("金额"))
    published_at = models.DateTimeField(_("公布时间"))

    class Meta:
        verbose_name = _("逾期未支付公布")
        constraints = [models.UniqueConstraint(fields=["buyer", "year"], name="one_overdue_disclosure_per_year")]

    def __str__(self) -> str:
        return f"{self.buyer} {self.year}"

    @property
    def root(self) -> Organisation:
        return self.buyer


class PaymentRequest(ContractRow):
    """支付申请: requested by one person, approved by another, paid by the treasury."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payment_requests", verbose_name=_("采购合同"))
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, related_name="payment_requests", verbose_name=_("付款节点")
    )
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payment_requests", verbose_name=_("发票"))
    amount = MoneyField(_("金额"))
    requested_at = models.DateTimeField(_("申请时间"))
    approved_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    returned_at = models.DateTimeField(_("退回时间"), null=True, blank=True)
    return_reason = models.TextField(_("退回理由"), default="", blank=True)
    paid_at = models.DateTimeField(_("支付时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("支付申请")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_is_positive"),
            models.UniqueConstraint(
                fields=["invoice"], condition=models.Q(returned_at__isnull=True), name="one_live_request_per_invoice"
            ),
            models.CheckConstraint(
                condition=models.Q(paid_at__isnull=True) | models.Q(approved_at__isnull=False),
                name="no_payment_without_approval",
            ),
        ]
        indexes = [
            models.Index(
                fields=["approved_at", "id"],
                name="payment_waiting",
                condition=models.Q(approved_at__isnull=False, paid_at__isnull=True),
            ),
            models.Index(fields=["-paid_at", "-id"], name="payment_by_time", condition=models.Q(paid_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return money.figures(self.amount)
