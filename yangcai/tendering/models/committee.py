"""Who judges?"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.models import Rooted
from yangcai.parties.models import Expert, Post
from yangcai.tendering.models.chosen import ChosenExpert
from yangcai.tendering.models.rows import CaseRow


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

    @property
    def entry_facts(self) -> dict[str, Any]:
        """What the log keeps of the draw that composed it: nothing that tells who."""
        drawn = self.case.expert_draws.filter(drawn_at__isnull=False).order_by("-round").first()
        return drawn.entry_facts if drawn is not None else {}


class CommitteeMember(Rooted):
    """A member: an expert from the library, drawn or `chosen` by the buyer with consent, or the buyer's representative
    (who may not chair)."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="members", verbose_name=_("评标委员会"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("岗位"))
    expert = models.ForeignKey(Expert, models.PROTECT, null=True, related_name="+", verbose_name=_("评审专家"))
    chosen = models.ForeignKey(
        ChosenExpert, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("采购人自行选定")
    )
    is_chair = models.BooleanField(_("组长"), default=False)
    signed_in_at = models.DateTimeField(_("签到时间"), null=True, blank=True)
    declared_at = models.DateTimeField(_("对照供应商申报回避时间"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("更换时间"), null=True, blank=True)
    replaced_reason = models.TextField(_("更换理由"), default="", blank=True)
    replaced_ground = models.TextField(_("更换情形"), default="", db_default="", blank=True)

    class Meta:
        verbose_name = _("评委")
        constraints = [models.UniqueConstraint(fields=["committee", "post"], name="one_seat_per_post")]

    def __str__(self) -> str:
        """Never the name: it stays secret until the award notice (87号令 art. 47)."""
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def root(self) -> Case:
        return self.committee.case

    @property
    def entry_facts(self) -> dict[str, Any]:
        """The draw that seated an expert, and the place in its order: nothing that tells who."""
        if self.expert is None or self.chosen_id is not None:
            return {}
        line = self.expert.draw_lines.filter(draw__case=self.committee.case_id).order_by("-draw__round").first()
        return {**line.draw.entry_facts, "position": line.position} if line is not None else {}
