"""How did the judges decide, and what were the bidders told?"""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot
from yangcai.kernel.models import Rooted
from yangcai.parties.models import Organisation
from yangcai.tendering.models.bids import OpenedBid
from yangcai.tendering.models.committee import CommitteeMember
from yangcai.tendering.models.documents import Clause, Criterion
from yangcai.tendering.models.rows import LotRow


class Finding(Rooted):
    """One clause checked on one bid: passed, or not and why. What a committee found that was dissolved since is void
    (87号令 art. 49) until another one finds anew."""

    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="findings", verbose_name=_("投标报价"))
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="+", verbose_name=_("审查条款"))
    passed = models.BooleanField(_("通过"))
    reason = models.TextField(_("理由"), default="", blank=True)
    page = models.TextField(_("页码"), default="", blank=True)
    at = models.DateTimeField(_("时间"))
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("审查结论")
        constraints = [models.UniqueConstraint(fields=["opened_bid", "clause"], name="one_finding_per_clause")]

    def __str__(self) -> str:
        return f"{self.clause} {self.passed}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case


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


class ScoreDraft(Rooted):
    """What a member has noted so far of one bid by one criterion, for itself alone; no score, and gone with them."""

    member = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="drafts", verbose_name=_("评委"))
    opened_bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="+", verbose_name=_("投标报价"))
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name=_("评审因素"))
    value = models.DecimalField(_("得分"), max_digits=8, decimal_places=4, null=True, blank=True)
    reason = models.TextField(_("理由"), default="", blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("评分草稿")
        constraints = [
            models.UniqueConstraint(fields=["member", "opened_bid", "criterion"], name="one_score_draft_per_member"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="score_draft_not_negative"),
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
    basis = models.JSONField(_("审查依据"), default=list, blank=True)
    queries = models.TextField(_("网络查询记录"), default="", blank=True)
    decided_at = models.DateTimeField(_("认定时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("异常低价审查")

    def __str__(self) -> str:
        return f"{self.opened_bid}"

    @property
    def root(self) -> Case:
        return self.opened_bid.lot.case


class CorrectionGround(models.TextChoices):
    """The only four cases in which scores may be changed after they were added up (87号令 art. 64)."""

    SUM = "sum", _("分值汇总计算错误")
    RANGE = "range", _("分项评分超出评分标准范围")
    OBJECTIVE = "objective", _("对客观评审因素评分不一致")
    ABNORMAL = "abnormal", _("经评标委员会认定评分畸高、畸低")


class ReopenGround(models.TextChoices):
    """Everything on which some method takes a signed evaluation up again; which of it holds, the method says."""

    QUALIFICATION = "qualification", _("资格性审查认定错误")
    PRICE = "price", _("价格计算错误")
    SUM = CorrectionGround.SUM.value, CorrectionGround.SUM.label
    RANGE = CorrectionGround.RANGE.value, CorrectionGround.RANGE.label
    OBJECTIVE = CorrectionGround.OBJECTIVE.value, CorrectionGround.OBJECTIVE.label
    ABNORMAL = CorrectionGround.ABNORMAL.value, CorrectionGround.ABNORMAL.label
    COMMITTEE = "committee", _("评标委员会组成不符合规定，或者成员有违法行为、独立评标受到非法干预")


class EvaluationReport(LotRow):
    """评审报告: the frozen result of the arithmetic, signed by every member, sent to the buyer.

    `overtaken_ground`: a score was corrected on this ground, and another bid goes on by it that has to be scored before
    the next revision can be written; until then this one says what no longer holds, and nobody signs it.
    `reopen_reason`: what whoever had it taken up again found wrong.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="reports", verbose_name=_("采购包"))
    revision = models.PositiveSmallIntegerField(_("版本"), default=1)
    result = models.JSONField(_("评审结果"))
    digest = models.TextField(_("摘要"))
    correction_ground = models.TextField(_("更正情形"), choices=ReopenGround.choices, default="", blank=True)
    overtaken_ground = models.TextField(_("作废的更正情形"), choices=CorrectionGround.choices, default="", blank=True)
    reopen_reason = models.TextField(_("发现的问题"), default="", db_default="", blank=True)
    computed_at = models.DateTimeField(_("汇总时间"))
    signed_at = models.DateTimeField(_("签署完成时间"), null=True, blank=True)
    sent_at = models.DateTimeField(_("送交采购人时间"), null=True, blank=True)
    reported_at = models.DateTimeField(_("报告财政部门时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("评审报告")
        constraints = [
            models.UniqueConstraint(fields=["lot", "revision"], name="one_report_per_revision"),
            models.CheckConstraint(
                condition=models.Q(overtaken_ground="") | models.Q(signed_at__isnull=True),
                name="overtaken_report_is_never_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot} v{self.revision}"


class ReportSignature(Rooted):
    """A member's signature under a report; dissent is written with its reasons, silence is consent (87号令 art. 61).

    `is_deemed`: the member would neither sign nor write down a different opinion, which counts as consent.
    """

    report = models.ForeignKey(EvaluationReport, models.PROTECT, related_name="signatures", verbose_name=_("评审报告"))
    member = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="signatures", verbose_name=_("评委"))
    dissent = models.TextField(_("不同意见"), default="", blank=True)
    reasons = models.TextField(_("不同意见的理由"), default="", blank=True)
    is_deemed = models.BooleanField(_("视为同意"), default=False)
    circumstances = models.TextField(_("未签署的情况"), default="", blank=True)
    signed_at = models.DateTimeField(_("签署时间"))

    class Meta:
        verbose_name = _("报告签署")
        constraints = [
            models.UniqueConstraint(fields=["report", "member"], name="one_signature_per_member"),
            models.CheckConstraint(
                condition=models.Q(is_deemed=False) | models.Q(dissent=""), name="silence_is_never_dissent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}"

    @property
    def root(self) -> Case:
        return self.report.lot.case


class ReviewAnswer(models.TextChoices):
    """What a committee says to a request: nothing else is open to it, but to refuse."""

    CORRECTED = "corrected", _("已复核并按法定情形更正")
    EXPLAINED = "explained", _("经复核维持，书面说明理由")


class ReviewRequest(Rooted):
    """要求复核: whoever runs the tender checks the result, and asks the committee to review it or to explain in writing
    what looks like one of the four cases; a refusal is recorded and reported (87号令 art. 45(8))."""

    report = models.ForeignKey(
        EvaluationReport, models.PROTECT, related_name="review_requests", verbose_name=_("评审报告")
    )
    ground = models.TextField(_("复核情形"), choices=CorrectionGround.choices)
    content = models.TextField(_("发现的问题"))
    requested_at = models.DateTimeField(_("要求复核时间"))
    answer = models.TextField(_("复核结果"), choices=ReviewAnswer.choices, default="", blank=True)
    reasons = models.TextField(_("书面说明"), default="", blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    refusal = models.TextField(_("拒绝的情况"), default="", blank=True)
    reported_at = models.DateTimeField(_("报告财政部门时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("要求复核")
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=models.Q(answered_at__isnull=True, reported_at__isnull=True),
                name="one_review_request_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | models.Q(reported_at__isnull=True),
                name="review_request_is_settled_once",
            ),
        ]

    def __str__(self) -> str:
        return self.content

    @property
    def root(self) -> Case:
        return self.report.lot.case

    @property
    def lot(self) -> Lot:
        return self.report.lot

    def stage_at(self, now: datetime.datetime) -> str:
        return self.report.lot.stage_at(now)

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.reported_at is None


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
