"""What must bidders know before they bid, and who is invited?"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot
from yangcai.kernel.models import MoneyField, Rooted
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Organisation, Post
from yangcai.procedures.evaluation import point_formula
from yangcai.procedures.evaluation.model import MEAN
from yangcai.procedures.evaluation.panel import SCORE_FORMULAS
from yangcai.procedures.evaluation.price_score import FORMULAS
from yangcai.tendering.models.rows import CaseRow, LotRow


class InvitedBy(models.TextChoices):
    """How suppliers come to the purchase; the same words as in yangcai.procedures."""

    NOTICE = "notice", _("发布公告")
    LIBRARY = "library", _("从供应商库中随机抽取")
    RECOMMENDATION = "recommendation", _("书面推荐")
    NAMED = "named", _("向唯一供应商发出")
    ENTRANTS = "entrants", _("从入围供应商中确定")
    PREQUALIFICATION = "prequalification", _("发布资格预审公告")
    BIDDERS = "bidders", _("向原招标的两家供应商发出")


class Solicitation(CaseRow):
    """采购文件: what bidders must know; versioned by `revision`, frozen by publication, changed only by corrections."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="solicitation", verbose_name=_("采购项目"))
    revision = models.PositiveSmallIntegerField(_("版本"), default=1)
    requirement = models.TextField(_("采购需求"))
    delivery = models.TextField(_("合同履行期限和地点"))
    bid_validity_days = models.PositiveSmallIntegerField(_("投标有效期（日）"))
    bid_security = MoneyField(_("投标保证金"), default=0)
    performance_security_rate = models.DecimalField(_("履约保证金比例"), max_digits=5, decimal_places=4, default=0)
    accepts_consortium = models.BooleanField(_("接受联合体"), default=False)
    accepts_imports = models.BooleanField(_("接受进口产品"), default=False)
    max_lots_bid = models.PositiveSmallIntegerField(_("可投采购包数"), null=True, blank=True)
    objections_at_once = models.BooleanField(_("同一环节的质疑一次性提出"), default=False, db_default=False)
    #: Not of what was published before agreements were registered here: nobody could.
    members_confirm = models.BooleanField(_("联合体成员在平台确认"), default=True, db_default=True)
    max_lots_won = models.PositiveSmallIntegerField(_("可中采购包数"), null=True, blank=True)
    subcontracting = models.TextField(_("分包"), default="", blank=True)
    industry = models.TextField(_("标的所属行业"), default="", blank=True)
    small_micro_rate = models.DecimalField(_("小微企业价格扣除比例"), max_digits=5, decimal_places=4, default=0)
    consortium_rate = models.DecimalField(_("联合体或分包价格扣除比例"), max_digits=5, decimal_places=4, default=0)
    domestic_rate = models.DecimalField(_("本国产品价格扣除比例"), max_digits=5, decimal_places=4, default=0)
    green_rate = models.DecimalField(_("节能环保产品价格扣除比例"), max_digits=5, decimal_places=4, default=0)
    average_rate = models.DecimalField(
        _("异常低价审查：平均报价比例"), max_digits=5, decimal_places=4, null=True, blank=True
    )
    second_rate = models.DecimalField(
        _("异常低价审查：次低报价比例"), max_digits=5, decimal_places=4, null=True, blank=True
    )
    ceiling_rate = models.DecimalField(
        _("异常低价审查：最高限价比例"), max_digits=5, decimal_places=4, null=True, blank=True
    )
    price_formula = models.TextField(_("价格分公式"), default="lowest_first")
    score_formula = models.TextField(_("评委评分的汇总方法"), default=MEAN)
    merit_first = models.PositiveSmallIntegerField(_("研发方案先评：进入综合评审的名次"), null=True, blank=True)
    two_covers = models.BooleanField(_("技术与报价分别密封、先后开启"), default=False)
    blind = models.BooleanField(_("暗标评审"), default=False, db_default=False)
    rounding = models.PositiveSmallIntegerField(_("小数位数"), default=2)
    tie_rule = models.TextField(_("并列时的确定方法"), default="draw")
    several_products = models.BooleanField(_("非单一产品采购"), default=False)
    core_product = models.TextField(_("核心产品"), default="", blank=True)
    invited_by = models.TextField(_("邀请供应商的方式"), choices=InvitedBy.choices, default=InvitedBy.NOTICE)
    may_change_technical = models.BooleanField(_("技术要求可以变动"), default=False)
    may_change_service = models.BooleanField(_("服务要求可以变动"), default=False)
    may_change_contract = models.BooleanField(_("合同草案条款可以变动"), default=False)
    contract_months = models.PositiveSmallIntegerField(_("合同期限（月）"), null=True, blank=True)
    long_term_reason = models.TextField(_("合同期限超过一般期限的理由"), default="", blank=True)
    follow_up_amount = MoneyField(_("首购费用"), null=True, blank=True)
    compensation_rate = models.DecimalField(_("成本补偿比例"), max_digits=5, decimal_places=4, null=True, blank=True)
    contract_terms = models.TextField(_("合同主要条款"))
    payment_days = models.PositiveSmallIntegerField(_("付款期限（日）"))
    acceptance_days = models.PositiveSmallIntegerField(_("验收期限（日）"))
    agent_fee = models.TextField(_("代理费用收取标准"), default="", blank=True)
    confirmation_minutes = models.PositiveSmallIntegerField(_("开标记录确认时限（分钟）"), null=True, blank=True)
    documents_from = models.DateTimeField(_("文件获取开始"), null=True, blank=True)
    supply_closes_at = models.DateTimeField(_("文件获取截止"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("采购人确认时间"), null=True, blank=True)
    committee_confirmed_at = models.DateTimeField(_("小组确认时间"), null=True, blank=True)
    taken_over_from = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("沿用自采购项目")
    )

    class Meta:
        verbose_name = _("采购文件")

    def __str__(self) -> str:
        return f"{self.case} v{self.revision}"

    @property
    def price_counted_by(self) -> str:
        """How a price becomes points, in the reader's language."""
        return FORMULAS[self.price_formula].name

    @property
    def scores_counted_by(self) -> str:
        """How the members' points become one number, in the reader's language."""
        return SCORE_FORMULAS[self.score_formula].name


class ClauseKind(models.TextChoices):
    QUALIFICATION = "qualification", _("资格要求")
    RESPONSIVENESS = "responsiveness", _("实质性要求")


class Clause(CaseRow):
    """A qualification or substantive (★) requirement that every bid is checked against."""

    lot = models.ForeignKey(
        Lot, models.PROTECT, null=True, blank=True, related_name="clauses", verbose_name=_("采购包")
    )
    kind = models.TextField(_("种类"), choices=ClauseKind.choices)
    number = models.PositiveSmallIntegerField(_("序号"))
    text = models.TextField(_("内容"))
    is_statutory = models.BooleanField(_("法定条件"), default=False)

    class Meta:
        verbose_name = _("审查条款")
        ordering = ["kind", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "number"], name="one_clause_per_number")]

    def __str__(self) -> str:
        return self.text


class GreenKind(models.TextChoices):
    """节能产品、环境标志产品 (财库〔2019〕9号)."""

    MANDATORY = "mandatory", _("政府强制采购节能产品")
    ENERGY = "energy", _("优先采购节能产品")
    ENVIRONMENT = "environment", _("优先采购环境标志产品")


class GreenProduct(CaseRow):
    """What of the purchase stands on the state's lists of energy-saving and environmental-label products."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="green_products", verbose_name=_("采购项目"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("采购包"))
    product = models.TextField(_("产品"))
    kind = models.TextField(_("政策要求"), choices=GreenKind.choices)

    class Meta:
        verbose_name = _("节能环保产品")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.product


class CriterionKind(models.TextChoices):
    PRICE = "price", _("价格")
    TECHNICAL = "technical", _("技术")
    BUSINESS = "business", _("商务")


class Criterion(LotRow):
    """评审因素: weight in points of 100; objective ones must score equal with every member (87号令 art. 64).

    `formula` and `points_table` (see procedures.evaluation.point_formula): the points follow from the `figure` that a
    bid declares, in `unit`, and no member gives them.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="criteria", verbose_name=_("采购包"))
    code = models.TextField(_("编号"))
    kind = models.TextField(_("种类"), choices=CriterionKind.choices)
    title = models.TextField(_("评审因素"))
    standard = models.TextField(_("评分标准"), default="", blank=True)
    weight = models.DecimalField(_("权重"), max_digits=6, decimal_places=2)
    is_objective = models.BooleanField(_("客观分"), default=False)
    formula = models.TextField(_("计分公式"), default="", blank=True)
    figure = models.TextField(_("计分指标"), default="", blank=True)
    unit = models.TextField(_("计量单位"), default="", blank=True)
    points_table = models.TextField(_("计分表"), default="", blank=True)

    class Meta:
        verbose_name = _("评审因素")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "code"], name="one_criterion_per_code"),
            models.CheckConstraint(
                condition=models.Q(formula="", points_table="")
                | (~models.Q(formula="") & ~models.Q(points_table="") & models.Q(is_objective=True)),
                name="formula_counts_objective_points",
            ),
            models.CheckConstraint(condition=models.Q(weight__gt=0, weight__lte=100), name="weight_in_points"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def table(self) -> point_formula.Table:
        """Figures and points of its formula; empty without one."""
        return point_formula.parse(self.points_table) if self.points_table else ()

    counted_by_label = _("计分方法")

    @property
    def counted_by(self) -> str:
        """How the points come about, as the file declares it: of the price, or of what the members give."""
        if self.formula:
            zh, en = point_formula.said(code=self.formula, table=self.table, unit=self.unit, weight=self.weight)
            return f"{self.figure}：{zh}" if in_chinese() else f"{self.figure}: {en}"
        file = getattr(self.lot.case, "solicitation", None)
        if file is None:
            return ""
        return file.price_counted_by if self.kind == CriterionKind.PRICE else file.scores_counted_by


class Consumable(LotRow):
    """专用耗材: what the goods of the lot use up in the agreed years, priced with them (110号令 art. 26)."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="consumables", verbose_name=_("采购包"))
    number = models.PositiveSmallIntegerField(_("序号"))
    item = models.TextField(_("专用耗材"))
    unit = models.TextField(_("计量单位"))
    quantity = models.DecimalField(_("约定期限内每台用量"), max_digits=14, decimal_places=3)

    class Meta:
        verbose_name = _("专用耗材")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "item"], name="one_consumable_per_item"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="consumable_is_used_up"),
        ]

    def __str__(self) -> str:
        return self.item


class PaymentTermDue(models.TextChoices):
    SIGNATURE = "signature", _("合同签订")
    DELIVERY = "delivery", _("交付")
    ACCEPTANCE = "acceptance", _("验收合格")


class PaymentTerm(CaseRow):
    """A milestone of payment, promised in the solicitation; percentages add up to 100 per case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="payment_terms", verbose_name=_("采购项目"))
    number = models.PositiveSmallIntegerField(_("序号"))
    title = models.TextField(_("名称"))
    percent = models.DecimalField(_("比例"), max_digits=6, decimal_places=2)
    due_on = models.TextField(_("付款条件"), choices=PaymentTermDue.choices)
    #: Of a contract for research: no share of costs, but a sum of its own for what succeeded (财库〔2024〕13号).
    is_incentive = models.BooleanField(_("激励费用"), default=False)

    class Meta:
        verbose_name = _("付款安排")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_payment_term_per_number")]

    def __str__(self) -> str:
        return self.title


class InviteeSource(models.TextChoices):
    LIBRARY = "library", _("供应商库")
    BUYER = "buyer", _("采购人推荐")
    EXPERT = "expert", _("评审专家推荐")
    NAMED = "named", _("唯一供应商")
    ENTRANT = "entrant", _("入围供应商")
    CONTRACTOR = "contractor", _("研发供应商")
    PREQUALIFIED = "prequalified", _("资格预审合格")
    BIDDER = "bidder", _("原招标的投标人")


class Invitee(CaseRow):
    """备选供应商: on the list of a purchase without a notice; invited when the invitations go out, all at once."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="invitees", verbose_name=_("采购项目"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("供应商"))
    source = models.TextField(_("来源"), choices=InviteeSource.choices)
    reason = models.TextField(_("推荐理由"), default="", blank=True)
    recommended_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("推荐岗位"))
    drawn_rank = models.PositiveSmallIntegerField(_("抽取次序"), null=True, blank=True)
    is_chosen = models.BooleanField(_("拟邀请"), default=False)
    invited_at = models.DateTimeField(_("邀请时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("备选供应商")
        ordering = ["drawn_rank", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "supplier"], name="one_place_on_the_list")]

    def __str__(self) -> str:
        return f"{self.supplier}"


class SupplierDraw(CaseRow):
    """供应商抽取: its record as VRD/1 has it, so that anyone can draw again and get the same (87号令 art. 14)."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="supplier_draw", verbose_name=_("采购项目"))
    wanted = models.PositiveSmallIntegerField(_("抽取家数"))
    pool_size = models.PositiveSmallIntegerField(_("备选家数"))
    pool_digest = models.TextField(_("备选名单摘要"))
    seed = models.TextField(_("抽取种子"))
    record = models.JSONField(_("抽取记录"), null=True)
    watched_by = models.TextField(_("监督人员"))
    drawn_at = models.DateTimeField(_("抽取时间"))

    class Meta:
        verbose_name = _("供应商抽取")

    def __str__(self) -> str:
        return f"{self.case}"

    @property
    def entry_facts(self) -> dict[str, Any]:
        """What the log keeps of the draw: nothing that tells who."""
        return {name: self.record[name] for name in ("commit", "leaf", "head", "seed")} if self.record else {}


class Correction(CaseRow):
    """更正 / 澄清: what changed before → after, whether it affects bids, and the new closing time if any."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="corrections", verbose_name=_("采购项目"))
    number = models.PositiveSmallIntegerField(_("次数"))
    item = models.TextField(_("更正事项"))
    before = models.TextField(_("更正前"), default="", blank=True)
    after = models.TextField(_("更正后"))
    affects_bids = models.BooleanField(_("影响投标文件编制"))
    old_closes_at = models.DateTimeField(_("原截止时间"))
    new_closes_at = models.DateTimeField(_("新截止时间"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("更正")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_correction_per_number")]

    def __str__(self) -> str:
        return self.item


class CorrectionReceipt(Rooted):
    """更正回执: a supplier that has the documents says that it read a correction of them (87号令 art. 27).

    Who they are and how many is secret until the opening, as with the documents themselves."""

    correction = models.ForeignKey(Correction, models.PROTECT, related_name="receipts", verbose_name=_("更正"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("供应商"))
    received_at = models.DateTimeField(_("确认收到时间"))

    class Meta:
        verbose_name = _("更正回执")
        constraints = [
            models.UniqueConstraint(fields=["correction", "supplier"], name="one_receipt_per_correction_and_supplier")
        ]

    def __str__(self) -> str:
        return f"{self.supplier}"

    @property
    def root(self) -> Case:
        return self.correction.case

    @property
    def entry_facts(self) -> dict[str, Any]:
        return {}
