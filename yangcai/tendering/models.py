"""Which rows does a tender leave: documents, sealed bids, what was opened, who judged and how?"""

import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot, Stage
from yangcai.kernel.models import Document, MoneyField, Rooted
from yangcai.parties.models import Expert, Organisation, Post


class CaseRow(Rooted):
    """A row that belongs to a case directly."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("采购项目"))

    class Meta:
        abstract = True

    @property
    def root(self) -> Case:
        return self.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.case.stage_at(now)


class LotRow(Rooted):
    """A row that belongs to a lot."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+", verbose_name=_("采购包"))

    class Meta:
        abstract = True

    @property
    def root(self) -> Case:
        return self.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.lot.stage_at(now)


# --- before publication ------------------------------------------------------------------------------------------


class InvitedBy(models.TextChoices):
    """How suppliers come to the purchase; the same words as in yangcai.procedures."""

    NOTICE = "notice", _("发布公告")
    LIBRARY = "library", _("从供应商库中随机抽取")
    RECOMMENDATION = "recommendation", _("书面推荐")
    NAMED = "named", _("向唯一供应商发出")


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
    subcontracting = models.TextField(_("分包"), default="", blank=True)
    industry = models.TextField(_("标的所属行业"), default="", blank=True)
    small_micro_rate = models.DecimalField(_("小微企业价格扣除比例"), max_digits=5, decimal_places=4, default=0)
    consortium_rate = models.DecimalField(_("联合体或分包价格扣除比例"), max_digits=5, decimal_places=4, default=0)
    domestic_rate = models.DecimalField(_("本国产品价格扣除比例"), max_digits=5, decimal_places=4, default=0)
    price_formula = models.TextField(_("价格分公式"), default="lowest_first")
    rounding = models.PositiveSmallIntegerField(_("小数位数"), default=2)
    tie_rule = models.TextField(_("并列时的确定方法"), default="draw")
    core_product = models.TextField(_("核心产品"), default="", blank=True)
    invited_by = models.TextField(_("邀请供应商的方式"), choices=InvitedBy.choices, default=InvitedBy.NOTICE)
    may_change_technical = models.BooleanField(_("技术要求可以变动"), default=False)
    may_change_service = models.BooleanField(_("服务要求可以变动"), default=False)
    may_change_contract = models.BooleanField(_("合同草案条款可以变动"), default=False)
    contract_terms = models.TextField(_("合同主要条款"))
    payment_days = models.PositiveSmallIntegerField(_("付款期限（日）"))
    acceptance_days = models.PositiveSmallIntegerField(_("验收期限（日）"))
    agent_fee = models.TextField(_("代理费用收取标准"), default="", blank=True)
    documents_from = models.DateTimeField(_("文件获取开始"), null=True, blank=True)
    supply_closes_at = models.DateTimeField(_("文件获取截止"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("采购人确认时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("采购文件")

    def __str__(self) -> str:
        return f"{self.case} v{self.revision}"


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


class CriterionKind(models.TextChoices):
    PRICE = "price", _("价格")
    TECHNICAL = "technical", _("技术")
    BUSINESS = "business", _("商务")


class Criterion(LotRow):
    """评审因素: weight in points of 100; objective ones must score equal with every member (87号令 art. 64)."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="criteria", verbose_name=_("采购包"))
    code = models.TextField(_("编号"))
    kind = models.TextField(_("种类"), choices=CriterionKind.choices)
    title = models.TextField(_("评审因素"))
    standard = models.TextField(_("评分标准"), default="", blank=True)
    weight = models.DecimalField(_("权重"), max_digits=6, decimal_places=2)
    is_objective = models.BooleanField(_("客观分"), default=False)

    class Meta:
        verbose_name = _("评审因素")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "code"], name="one_criterion_per_code"),
            models.CheckConstraint(condition=models.Q(weight__gt=0, weight__lte=100), name="weight_in_points"),
        ]

    def __str__(self) -> str:
        return self.title


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
    """供应商抽取: the seed and the pool, so that anyone can draw again and get the same (87号令 art. 14)."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="supplier_draw", verbose_name=_("采购项目"))
    wanted = models.PositiveSmallIntegerField(_("抽取家数"))
    pool_size = models.PositiveSmallIntegerField(_("备选家数"))
    pool_digest = models.TextField(_("备选名单摘要"))
    seed = models.TextField(_("抽取种子"))
    watched_by = models.TextField(_("监督人员"))
    drawn_at = models.DateTimeField(_("抽取时间"))

    class Meta:
        verbose_name = _("供应商抽取")

    def __str__(self) -> str:
        return f"{self.case}"


# --- during submission -------------------------------------------------------------------------------------------


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


class Bid(LotRow):
    """投标文件, sealed: an envelope nobody can read before the opening. The database stamps when it came in."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="bids", verbose_name=_("采购包"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="bids", verbose_name=_("投标人"))
    stage = models.TextField(_("环节"), choices=Stage.choices, default=Stage.SUBMISSION)
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
            models.UniqueConstraint(fields=["lot", "supplier", "stage", "revision"], name="one_bid_per_revision"),
            models.UniqueConstraint(
                fields=["lot", "supplier", "stage"],
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


class Opening(CaseRow):
    """开标: begun at the closing instant, concluded when the record is confirmed (87号令 art. 39-42)."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="opening", verbose_name=_("采购项目"))
    begun_at = models.DateTimeField(_("开标时间"))
    concluded_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    answer = models.TextField(_("对异议的处理"), default="", blank=True)

    class Meta:
        verbose_name = _("开标")

    def __str__(self) -> str:
        return f"{self.case}"


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
    brand = models.TextField(_("核心产品品牌"), default="", blank=True)
    files = models.ManyToManyField(Document, verbose_name=_("附件"))
    opened_at = models.DateTimeField(_("开启时间"))
    record_confirmed_at = models.DateTimeField(_("确认开标记录时间"), null=True, blank=True)
    record_objection = models.TextField(_("开标异议"), default="", blank=True)
    invalid_reason = models.TextField(_("无效理由"), default="", blank=True)
    resubmitted_at = models.DateTimeField(_("重新提交时间"), null=True, blank=True)
    left_at = models.DateTimeField(_("退出时间"), null=True, blank=True)
    left_reason = models.TextField(_("退出理由"), default="", blank=True)

    class Meta:
        verbose_name = _("投标报价")

    def __str__(self) -> str:
        return f"{self.supplier}"

    @property
    def last(self) -> "OpenedBid | FinalOffer":
        """What counts: the last offer where there was one, else what was first opened."""
        return getattr(self, "final_offer", None) or self

    @property
    def last_lines(self) -> "list[BidLine]":
        """The lines of the price form that counts."""
        last = getattr(self, "final_offer", None)
        return [line for line in self.lines.all() if line.final_offer_id == (last.pk if last else None)]


class FinalOffer(Rooted):
    """最后报价: what a supplier asks after the dialogue; sealed like a bid, opened when the time for all is over."""

    opened_bid = models.OneToOneField(OpenedBid, models.PROTECT, related_name="final_offer", verbose_name=_("投标报价"))
    bid = models.OneToOneField(Bid, models.PROTECT, related_name="+", verbose_name=_("密封文件"))
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


# --- the dialogue ------------------------------------------------------------------------------------------------


class DialogueTalk(Rooted):
    """谈判记录: the whole committee talked with one supplier alone, in this round (74号令 art. 31)."""

    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="talks", verbose_name=_("供应商"))
    round = models.PositiveSmallIntegerField(_("轮次"))
    minutes = models.TextField(_("记录"))
    held_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("谈判记录")
        constraints = [models.UniqueConstraint(fields=["opened_bid", "round"], name="one_talk_per_round")]

    def __str__(self) -> str:
        return f"{self.opened_bid} {self.round}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.opened_bid.lot.stage_at(now)


class Changeable(models.TextChoices):
    """What a dialogue may change, where the file says so (74号令 art. 11, 32)."""

    TECHNICAL = "technical", _("技术要求")
    SERVICE = "service", _("服务要求")
    CONTRACT = "contract", _("合同草案条款")


class DialogueChange(LotRow):
    """实质性变动: it belongs to the lot, never to one supplier: confirmed by the buyer it is told to all at once."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="dialogue_changes", verbose_name=_("采购包"))
    number = models.PositiveSmallIntegerField(_("次数"))
    part = models.TextField(_("变动内容"), choices=Changeable.choices)
    before = models.TextField(_("变动前"), default="", blank=True)
    after = models.TextField(_("变动后"))
    proposed_at = models.DateTimeField(_("提出时间"))
    told_at = models.DateTimeField(_("通知时间"), null=True, blank=True)
    refused_at = models.DateTimeField(_("不同意时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("实质性变动")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["lot", "number"], name="one_dialogue_change_per_number")]

    def __str__(self) -> str:
        return self.after


# --- qualification, committee, evaluation ------------------------------------------------------------------------


class Finding(Rooted):
    """One clause checked on one bid: passed, or not and why."""

    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="findings", verbose_name=_("投标报价"))
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="+", verbose_name=_("审查条款"))
    passed = models.BooleanField(_("通过"))
    reason = models.TextField(_("理由"), default="", blank=True)
    page = models.TextField(_("页码"), default="", blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("审查结论")
        constraints = [models.UniqueConstraint(fields=["opened_bid", "clause"], name="one_finding_per_clause")]

    def __str__(self) -> str:
        return f"{self.clause} {self.passed}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case


class Committee(CaseRow):
    """评标委员会: drawn from the library; names stay secret until the result is out (87号令 art. 47)."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="committee", verbose_name=_("采购项目"))
    size = models.PositiveSmallIntegerField(_("人数"))
    draw_seed = models.TextField(_("抽取种子"))
    pool_digest = models.TextField(_("抽取名单摘要"))
    drawn_at = models.DateTimeField(_("抽取时间"))

    class Meta:
        verbose_name = _("评标委员会")

    def __str__(self) -> str:
        return f"{self.case}"


class CommitteeMember(Rooted):
    """A member: an expert from the library, or the buyer's representative (who may not chair)."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="members", verbose_name=_("评标委员会"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("岗位"))
    expert = models.ForeignKey(Expert, models.PROTECT, null=True, related_name="+", verbose_name=_("评审专家"))
    is_chair = models.BooleanField(_("组长"), default=False)
    signed_in_at = models.DateTimeField(_("签到时间"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("更换时间"), null=True, blank=True)
    replaced_reason = models.TextField(_("更换理由"), default="", blank=True)

    class Meta:
        verbose_name = _("评委")
        constraints = [models.UniqueConstraint(fields=["committee", "post"], name="one_seat_per_post")]

    def __str__(self) -> str:
        """Never the name: it stays secret until the award notice (87号令 art. 47)."""
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def root(self) -> Case:
        return self.committee.case


class Score(Rooted):
    """One member's score of one bid by one criterion."""

    member = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="scores", verbose_name=_("评委"))
    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="scores", verbose_name=_("投标报价"))
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores", verbose_name=_("评审因素"))
    value = models.DecimalField(_("得分"), max_digits=8, decimal_places=4)
    reason = models.TextField(_("理由"), default="", blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("评分")
        constraints = [
            models.UniqueConstraint(fields=["member", "opened_bid", "criterion"], name="one_score_per_member"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="score_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.value}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case


class LowPriceReview(Rooted):
    """异常低价审查: tests hit, the supplier's explanation, the committee's decision (财库〔2026〕2号)."""

    opened_bid = models.OneToOneField(
        OpenedBid, models.PROTECT, related_name="low_price_review", verbose_name=_("投标报价")
    )
    tests = models.JSONField(_("触发情形"))
    started_at = models.DateTimeField(_("启动时间"))
    answer_by_at = models.DateTimeField(_("说明期限"))
    explanation = models.TextField(_("说明"), default="", blank=True)
    explained_at = models.DateTimeField(_("说明时间"), null=True, blank=True)
    is_accepted = models.BooleanField(_("认可"), null=True, blank=True)
    decision = models.TextField(_("审查意见"), default="", blank=True)
    decided_at = models.DateTimeField(_("认定时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("异常低价审查")

    def __str__(self) -> str:
        return f"{self.opened_bid}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case


class EvaluationReport(LotRow):
    """评审报告: the frozen result of the arithmetic, signed by every member, sent to the buyer."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="reports", verbose_name=_("采购包"))
    revision = models.PositiveSmallIntegerField(_("版本"), default=1)
    result = models.JSONField(_("评审结果"))
    digest = models.TextField(_("摘要"))
    correction_ground = models.TextField(_("更正情形"), default="", blank=True)
    computed_at = models.DateTimeField(_("汇总时间"))
    signed_at = models.DateTimeField(_("签署完成时间"), null=True, blank=True)
    sent_at = models.DateTimeField(_("送交采购人时间"), null=True, blank=True)
    reported_at = models.DateTimeField(_("报告财政部门时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("评审报告")
        constraints = [models.UniqueConstraint(fields=["lot", "revision"], name="one_report_per_revision")]

    def __str__(self) -> str:
        return f"{self.lot} v{self.revision}"


class ReportSignature(Rooted):
    """A member's signature under a report; dissent is written with its reasons, silence is consent (87号令 art. 61)."""

    report = models.ForeignKey(EvaluationReport, models.PROTECT, related_name="signatures", verbose_name=_("评审报告"))
    member = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="signatures", verbose_name=_("评委"))
    dissent = models.TextField(_("不同意见"), default="", blank=True)
    signed_at = models.DateTimeField(_("签署时间"))

    class Meta:
        verbose_name = _("报告签署")
        constraints = [models.UniqueConstraint(fields=["report", "member"], name="one_signature_per_member")]

    def __str__(self) -> str:
        return f"{self.member}"

    @property
    def root(self) -> Case:
        return self.report.lot.case


class AwardLetter(LotRow):
    """中标通知书 for the winner; for each loser the own score and rank, or the reason (87号令 art. 69)."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="letters", verbose_name=_("采购包"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="letters", verbose_name=_("供应商"))
    is_winner = models.BooleanField(_("中标"))
    score = models.DecimalField(_("得分"), max_digits=9, decimal_places=4, null=True)
    rank = models.PositiveSmallIntegerField(_("名次"), null=True)
    reason = models.TextField(_("未中标理由"), default="", blank=True)
    issued_at = models.DateTimeField(_("发出时间"))

    class Meta:
        verbose_name = _("中标通知书")
        constraints = [models.UniqueConstraint(fields=["lot", "supplier", "issued_at"], name="one_letter_per_result")]

    def __str__(self) -> str:
        return f"{self.supplier}"


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
        return f"{self.supplier} {self.amount}"
