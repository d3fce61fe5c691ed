"""Who judges?"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.models import Rooted
from yangcai.parties.models import Expert, Post
from yangcai.tendering.models.chosen import ChosenExpert
from yangcai.tendering.models.rows import CaseRow


class Unfilled(models.TextChoices):
    """Why a seat could not be filled in time, so that another committee is formed (87号令 art. 49)."""

    NOBODY_LEFT = "nobody_left", _("专家库中没有可以补足的评审专家")
    NOT_IN_TIME = "not_in_time", _("已经补抽，补抽的成员仍不能及时到场")


class Committee(CaseRow):
    """评标委员会: drawn from the library; names stay secret until the result is out (87号令 art. 47).

    One that could not be filled any more is dissolved, and another one formed: what it had found is void, and `sealed`
    as it was then, its digest in the log (art. 49).
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="committees", verbose_name=_("采购项目"))
    size = models.PositiveSmallIntegerField(_("人数"))
    draw_seed = models.TextField(_("抽取种子"))
    pool_digest = models.TextField(_("抽取名单摘要"))
    drawn_at = models.DateTimeField(_("抽取时间"))
    dissolved_at = models.DateTimeField(_("解散时间"), null=True, blank=True)
    dissolved_ground = models.TextField(
        _("无法补足的情形"), choices=Unfilled.choices, default="", db_default="", blank=True
    )
    dissolved_reason = models.TextField(_("解散理由"), default="", db_default="", blank=True)
    sealed = models.JSONField(_("封存的评标意见"), null=True, blank=True)
    sealed_digest = models.TextField(_("封存摘要"), default="", db_default="", blank=True)

    class Meta:
        verbose_name = _("评标委员会")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(dissolved_at__isnull=True), name="one_committee_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case}"

    @property
    def entry_facts(self) -> dict[str, Any]:
        """What the log keeps of the draw that composed it: nothing that tells who."""
        if self.dissolved_at is not None:
            return {"sealed": self.sealed_digest}
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
