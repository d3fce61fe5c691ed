"""Which experts did the buyer choose itself, why, and who consented?"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.models import Rooted
from yangcai.parties.models import Expert, Organisation
from yangcai.tendering.models.rows import CaseRow


class ExpertChoice(CaseRow):
    """自行选定评审专家: asked for by the buyer, consented to by its main budget unit, before anybody sits (87号令 art.
    48; 74号令 art. 7)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="expert_choices", verbose_name=_("采购项目"))
    reason = models.TextField(_("技术复杂、专业性强的理由"))
    attempts = models.TextField(_("随机方式难以确定的情况"))
    consent_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("主管预算单位"))
    asked_at = models.DateTimeField(_("申请时间"))
    is_consented = models.BooleanField(_("同意"), null=True, blank=True)
    opinion = models.TextField(_("审核意见"), default="", blank=True)
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("自行选定评审专家")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(withdrawn_at__isnull=True) & ~models.Q(is_consented=False),
                name="one_choice_of_experts",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, is_consented__isnull=True)
                | models.Q(decided_at__isnull=False, is_consented__isnull=False),
                name="choice_is_decided_with_an_answer",
            ),
        ]

    def __str__(self) -> str:
        """Never a name: it stays secret until the award notice (87号令 art. 47)."""
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def entry_facts(self) -> dict[str, Any]:
        """What the log keeps of it: how many were chosen and why, nothing that tells who."""
        return {
            "experts": self.experts.count(),
            "reason": self.reason,
            "attempts": self.attempts,
            "consent_by": self.consent_by_id,
            "is_consented": self.is_consented,
        }

    @property
    def is_open(self) -> bool:
        return self.decided_at is None and self.withdrawn_at is None


class ChosenExpert(Rooted):
    """One expert of a choice, and why this one."""

    choice = models.ForeignKey(ExpertChoice, models.PROTECT, related_name="experts", verbose_name=_("自行选定评审专家"))
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+", verbose_name=_("评审专家"))
    reason = models.TextField(_("选定理由"))

    class Meta:
        verbose_name = _("选定的评审专家")
        constraints = [models.UniqueConstraint(fields=["choice", "expert"], name="one_place_per_chosen_expert")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def root(self) -> Case:
        return self.choice.case
