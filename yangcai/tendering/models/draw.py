"""How was it drawn who judges?"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.models import Rooted
from yangcai.kernel.reading import remembered
from yangcai.parties.models import Expert, Post
from yangcai.tendering.models.rows import CaseRow


class DrawSide(models.TextChoices):
    """Who brings a number, in the order in which numbers enter the seed."""

    BUYER = "buyer", _("采购人")
    AGENT = "agent", _("代理机构")
    SUPERVISOR = "supervisor", _("财政部门")
    PLATFORM = "platform", _("平台")
    PUBLIC = "public", _("公开号码")


class ExpertDraw(CaseRow):
    """一次抽取: committed before anybody can know the outcome, so that anyone can draw again (VRD/1, `vrd.py`)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="expert_draws", verbose_name=_("采购项目"))
    round = models.PositiveSmallIntegerField(_("轮次"))
    places = models.PositiveSmallIntegerField(_("抽取人数"))
    size = models.PositiveSmallIntegerField(_("人数"))
    specialities = models.TextField(_("评审专业"), default="", blank=True)
    evaluates_at = models.DateTimeField(_("评审开始时间"), null=True, blank=True)
    is_complex = models.BooleanField(_("技术复杂或者社会影响较大"), default=False)
    representatives = models.ManyToManyField(Post, related_name="+", verbose_name=_("采购人代表"))
    opened_at = models.DateTimeField(_("发起时间"))
    commit = models.JSONField(_("抽取承诺"), null=True, blank=True)
    leaf = models.TextField(_("承诺摘要"), default="", blank=True)
    committed_at = models.DateTimeField(_("承诺时间"), null=True, blank=True)
    head = models.TextField(_("日志头摘要"), default="", blank=True)
    seed = models.TextField(_("抽取种子"), default="", blank=True)
    drawn_at = models.DateTimeField(_("抽取时间"), null=True, blank=True)
    abandoned_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    abandoned_reason = models.TextField(_("作废理由"), default="", blank=True)

    class Meta:
        verbose_name = _("专家抽取")
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="one_draw_per_round"),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(drawn_at__isnull=True, abandoned_at__isnull=True),
                name="one_open_draw",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}"

    waits_for_label = _("等待")

    @property
    def sides(self) -> list[DrawSide]:
        """Whose numbers it takes: buyer, its agent where there is one, and the treasury as supervisor."""
        agent = [DrawSide.AGENT] if self.case.agent_id else []
        return [DrawSide.BUYER, *agent, DrawSide.SUPERVISOR]

    @property
    def missing(self) -> list[DrawSide]:
        """Who has still to hand in a digest, or to say the number once all digests are in."""
        told = parties_of(self)
        have = {one.party for one in told if one.revealed_at is not None or not self.committed_at}
        return [side for side in self.sides if side not in have]

    @property
    def waits_for(self) -> str:
        """Whom an open draw waits for, in the reader's language."""
        if self.drawn_at or self.abandoned_at:
            return ""
        return str(_("、")).join(str(side.label) for side in self.missing)

    @property
    def entry_facts(self) -> dict[str, Any]:
        """What the log keeps of a draw at each of its steps: nothing that tells who."""
        return {"round": self.round, "commit": self.commit, "leaf": self.leaf, "head": self.head, "seed": self.seed}


class DrawParty(Rooted):
    """A party to a draw: the digest of its number first, the number afterwards."""

    draw = models.ForeignKey(ExpertDraw, models.PROTECT, related_name="parties", verbose_name=_("专家抽取"))
    party = models.TextField(_("参与方"), choices=DrawSide.choices)
    digest = models.TextField(_("随机数摘要"))
    number = models.TextField(_("随机数"), default="", blank=True)
    promised_at = models.DateTimeField(_("承诺时间"))
    revealed_at = models.DateTimeField(_("公布时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("抽取参与方")
        constraints = [models.UniqueConstraint(fields=["draw", "party"], name="one_number_per_party")]

    def __str__(self) -> str:
        return self.get_party_display()

    @property
    def root(self) -> Case:
        return self.draw.case


@remembered
def parties_of(draw: ExpertDraw) -> tuple[DrawParty, ...]:
    """Who has handed in a digest so far, each with its number once it is said."""
    return tuple(draw.parties.all())


class DrawLine(Rooted):
    """One expert of the list of a draw, behind a salt; from the draw on with its place, and what became of the call."""

    draw = models.ForeignKey(ExpertDraw, models.PROTECT, related_name="lines", verbose_name=_("专家抽取"))
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="draw_lines", verbose_name=_("评审专家"))
    facts = models.JSONField(_("名单内容"))
    salt = models.TextField(_("盐"))
    digest = models.TextField(_("摘要"))
    position = models.PositiveIntegerField(_("次序"), null=True, blank=True)
    outcome = models.TextField(_("结果"), default="", blank=True)
    reason = models.TextField(_("理由代码"), default="", blank=True)
    called_at = models.DateTimeField(_("通知时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("抽取名单")
        ordering = ["position", "digest"]
        constraints = [models.UniqueConstraint(fields=["draw", "expert"], name="one_line_per_expert")]

    def __str__(self) -> str:
        """Never the name."""
        return self.digest[:16]

    @property
    def root(self) -> Case:
        return self.draw.case
