"""How did those who judged work, how were they treated, and what are they paid?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel import money
from yangcai.kernel.models import MoneyField, Rooted
from yangcai.parties.models import Organisation
from yangcai.tendering.models.committee import CommitteeMember


class ConductSide(models.TextChoices):
    """Who is told about: the expert, or those who organised the evaluation (财库〔2016〕198号 art. 21)."""

    EXPERT = "expert", _("评审专家")
    ORGANISER = "organiser", _("采购人、代理机构")


class ConductGrade(models.TextChoices):
    GOOD = "good", _("良好")
    ORDINARY = "ordinary", _("一般")
    POOR = "poor", _("较差")


class ConductRecord(Rooted):
    """履职情况记录: how a member worked, or how a member was treated; written once. What an expert states of a record
    about itself stands beside it, written once as well (财库〔2016〕198号 art. 21)."""

    member = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="conduct_records", verbose_name=_("评委"))
    side = models.TextField(_("记录对象"), choices=ConductSide.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("记录单位"))
    grade = models.TextField(_("履职评价"), choices=ConductGrade.choices)
    text = models.TextField(_("情况记录"), default="", blank=True)
    due_at = models.DateTimeField(_("记录期限"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("记录时间"))
    statement = models.TextField(_("专家说明"), default="", blank=True)
    stated_at = models.DateTimeField(_("说明时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("履职情况记录")
        constraints = [
            models.UniqueConstraint(fields=["member", "side", "organisation"], name="one_conduct_record_each"),
            models.CheckConstraint(
                condition=models.Q(stated_at__isnull=True, statement="")
                | models.Q(stated_at__isnull=False, side="expert") & ~models.Q(statement=""),
                name="expert_states_its_view_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}"

    @property
    def root(self) -> Case:
        return self.member.committee.case


class AgentConductRecord(Rooted):
    """代理机构履职情况记录: how the agent ran a case, in the buyer's words; written once (财库〔2018〕2号)."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="agent_conduct", verbose_name=_("采购项目"))
    agent = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("代理机构"))
    grade = models.TextField(_("履职评价"), choices=ConductGrade.choices)
    text = models.TextField(_("情况记录"), default="", blank=True)
    due_at = models.DateTimeField(_("记录期限"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("记录时间"))

    class Meta:
        verbose_name = _("代理机构履职情况记录")

    def __str__(self) -> str:
        return f"{self.agent}"

    @property
    def root(self) -> Case:
        return self.case


class ExpertFee(Rooted):
    """劳务报酬: what a member of the library is paid for an evaluation, by whom, on what standard."""

    member = models.OneToOneField(CommitteeMember, models.PROTECT, related_name="fee", verbose_name=_("评委"))
    payer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("支付单位"))
    amount = MoneyField(_("金额"))
    travel = MoneyField(_("差旅费"), default=0)
    standard = models.TextField(_("支付标准"))
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("评审劳务报酬")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gte=0), name="fee_not_negative")]

    def __str__(self) -> str:
        return money.figures(self.amount)

    @property
    def root(self) -> Case:
        return self.member.committee.case
