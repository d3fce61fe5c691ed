"""Which scores did the committee find abnormally high or low, who proposed it, what was said, and who voted how?"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot
from yangcai.kernel.models import Rooted
from yangcai.tendering.models.committee import CommitteeMember
from yangcai.tendering.models.evaluation import Score
from yangcai.tendering.models.rows import LotRow


class AbnormalSide(models.TextChoices):
    """To which side a score lies."""

    HIGH = "high", _("畸高")
    LOW = "low", _("畸低")


class AbnormalScore(LotRow):
    """认定评分畸高、畸低: one member's score, as it stood, is put to the committee; the member concerned is heard, then
    the members vote (87号令 art. 64, 214号文 art. 32). What it came to is counted from the votes of those who sit.

    `is_unanimous`: the method wants all of them (一致认定).
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="abnormal_scores", verbose_name=_("采购包"))
    score = models.ForeignKey(Score, models.PROTECT, related_name="abnormal_findings", verbose_name=_("评分"))
    value = models.DecimalField(_("提请认定时的得分"), max_digits=8, decimal_places=4)
    side = models.TextField(_("偏离方向"), choices=AbnormalSide.choices)
    reason = models.TextField(_("提请认定的理由"))
    proposed_by = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="+", verbose_name=_("提请的评委"))
    is_unanimous = models.BooleanField(_("须一致认定"))
    proposed_at = models.DateTimeField(_("提请认定的时间"))
    hear_until_at = models.DateTimeField(_("说明期限"))
    statement = models.TextField(_("该评委的说明"), default="", blank=True)
    stated_at = models.DateTimeField(_("说明时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("评分畸高、畸低的认定")
        constraints = [
            models.UniqueConstraint(fields=["score", "value"], name="one_finding_per_score"),
            models.CheckConstraint(
                condition=models.Q(stated_at__isnull=True, statement="")
                | models.Q(stated_at__isnull=False) & ~models.Q(statement=""),
                name="member_concerned_states_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score.criterion}"

    whose_label = _("评委")
    outcome_label = _("表决情况")

    @property
    def whose(self) -> str:
        """Who gave the score; read by those alone who know who sits."""
        return self.score.member.post.person.name

    @property
    def outcome(self) -> str:
        """How the votes stand, and what came of them, in the reader's words."""
        sitting = CommitteeMember.objects.filter(committee_id=self.score.member.committee_id, replaced_at__isnull=True)
        seats = set(sitting.values_list("pk", flat=True))
        tally = Tally(self, tuple(vote for vote in self.votes.all() if vote.member_id in seats), len(seats))
        return told_of(tally)


class AbnormalScoreVote(Rooted):
    """One member's vote on one finding; written once."""

    finding = models.ForeignKey(AbnormalScore, models.PROTECT, related_name="votes", verbose_name=_("认定"))
    member = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="+", verbose_name=_("评委"))
    agrees = models.BooleanField(_("同意认定"))
    reason = models.TextField(_("理由"), default="", blank=True)
    voted_at = models.DateTimeField(_("表决时间"))

    class Meta:
        verbose_name = _("认定的表决")
        constraints = [models.UniqueConstraint(fields=["finding", "member"], name="one_vote_on_a_finding")]

    def __str__(self) -> str:
        return f"{self.member}"

    @property
    def root(self) -> Case:
        return self.finding.lot.case


@dataclass(frozen=True)
class Tally:
    """A proposal with the votes of those who sit; whoever was replaced has no say in it (87号令 art. 49)."""

    proposal: AbnormalScore
    votes: tuple[AbnormalScoreVote, ...]
    sitting: int

    @property
    def agreed(self) -> int:
        return sum(vote.agrees for vote in self.votes)

    @property
    def is_found(self) -> bool:
        """By more than half of the members, or by all where the method wants that."""
        against = self.sitting - self.agreed
        return self.agreed > 0 and (not against if self.proposal.is_unanimous else self.agreed > against)

    @property
    def is_rejected(self) -> bool:
        """Whether it can be found no more, whatever the others vote."""
        against = len(self.votes) - self.agreed
        return against > 0 if self.proposal.is_unanimous else against >= self.sitting - against

    @property
    def is_open(self) -> bool:
        return not self.is_found and not self.is_rejected

    @property
    def is_corrected(self) -> bool:
        """Whether its member has changed the score since."""
        return self.proposal.score.value != self.proposal.value


def told_of(tally: Tally) -> str:
    """The votes and their outcome in a sentence."""
    against = len(tally.votes) - tally.agreed
    votes = gettext("%(sitting)d 名成员中 %(agreed)d 名同意、%(against)d 名不同意") % {
        "sitting": tally.sitting,
        "agreed": tally.agreed,
        "against": against,
    }
    found = gettext("认定为畸高") if tally.proposal.side == AbnormalSide.HIGH else gettext("认定为畸低")
    outcome = found if tally.is_found else gettext("未获认定") if tally.is_rejected else gettext("尚未表决完毕")
    return votes + gettext("，") + outcome
