"""How does the committee find a score abnormally high or low: who proposes it, is its member heard, who votes?"""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, MomentField, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import abnormal, arithmetic, blind
from yangcai.tendering.actions.evaluation import write_report
from yangcai.tendering.inputs import AnswerField
from yangcai.tendering.models import AbnormalScore, AbnormalScoreVote, AbnormalSide
from yangcai.tendering.queries.evaluation import seats as seats_for
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.evaluation import abnormal as rules
from yangcai.tendering.rules.evaluation import score_correction, scores
from yangcai.tendering.solicitations import solicitation


class ProposeAbnormal(Input):
    member = forms.TypedChoiceField(label=_("评委"), coerce=int)
    bid = forms.TypedChoiceField(label=_("投标人"), coerce=int)
    criterion = forms.TypedChoiceField(label=_("评审因素"), coerce=int)
    side = forms.ChoiceField(label=_("偏离方向"), choices=[("", _("请选择")), *AbnormalSide.choices])
    reason = TextField(label=_("提请认定的理由"), lines=4, help_text=_("写明该项评分为何畸高或者畸低；写入评标报告"))
    hear_until = MomentField(label=_("说明期限"), help_text=_("该评委在此之前说明理由；说明后或者期满后表决"))

    def scope(self) -> None:
        """Scores that leave something to judge, of those who sit."""
        lot = self.subject
        if not isinstance(lot, Lot) or solicitation(lot.case) is None:
            return
        given = arithmetic.scores_of(lot)
        sitting = {member.pk for member in arithmetic.seated(lot)}
        members = [one for one in seats_for(lot.case, self.by, self.now) if one.member.pk in sitting]
        bids = [bid for bid in arithmetic.outcome(lot, now=self.now).bids.values() if bid.pk in given]
        judged = [one for one in arithmetic.scored_criteria(lot) if not one.is_objective]
        offered: dict[str, list[tuple[int, str]]] = {
            "member": [(one.member.pk, one.name) for one in members],
            "bid": [(bid.pk, blind.name_for(bid, self.by)) for bid in bids],
            "criterion": [(one.pk, one.title) for one in judged],
        }
        for name, choices in offered.items():
            self.fields[name].choices = [("", _("请选择")), *choices]  # type: ignore[attr-defined]


@action(
    "abnormal_score.propose",
    zh="提请认定评分畸高、畸低",
    en="Propose to find a score abnormally high or low",
    on=Lot,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(seats.sits, scores.scores_are_asked, score_correction.report_unsigned, scores.all_submitted),
    checks=(rules.is_a_score_to_judge, rules.hearing_is_ahead),
    input=ProposeAbnormal,
    creates=True,
    sentence=("{post}提请评标委员会认定一项评分畸高、畸低", "{post} proposed to find a score abnormally high or low"),
    is_public=False,
    cites=(rules.KEY, rules.UNANIMOUS, "evaluation.corrections"),
    hint=(
        "由评标委员会认定：先听取该评委说明，再由在任成员逐人表决；认定后由该评委本人更正，他人不得代改",
        "The committee finds it: the member concerned is heard, then all who sit vote; only that member may correct it",
    ),
    occasional=True,
)
def propose_abnormal(
    lot: Lot,
    *,
    by: Post,
    now: datetime.datetime,
    member: int,
    bid: int,
    criterion: int,
    side: str,
    reason: str,
    hear_until: datetime.datetime,
) -> AbnormalScore:
    """Put a score to the committee as it stands. Whoever proposes its own has spoken with that."""
    score, proposer = rules.score_of(lot, member=member, bid=bid, criterion=criterion), seats.member_at(lot.case, by)
    assert score is not None and proposer is not None  # the checks said so
    is_own = proposer.pk == score.member_id
    return AbnormalScore.objects.create(
        lot=lot,
        score=score,
        value=score.value,
        side=side,
        reason=reason,
        proposed_by=proposer,
        is_unanimous=rules.is_unanimous(lot.case),
        proposed_at=now,
        hear_until_at=hear_until,
        statement=reason if is_own else "",
        stated_at=now if is_own else None,
    )


class StateReasons(Input):
    statement = TextField(
        label=_("对该项评分的说明"), lines=4, help_text=_("说明评分的理由，是否坚持；提交后不能更改，写入评标报告")
    )


@action(
    "abnormal_score.state",
    zh="就提请认定的评分作出说明",
    en="State your reasons for the score in question",
    on=AbnormalScore,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(seats.sits, rules.is_about_me, rules.not_stated_yet, rules.is_put_to_the_vote),
    input=StateReasons,
    sentence=("{post}就提请认定的评分作出了说明", "{post} stated its reasons for the score in question"),
    is_public=False,
    cites=(rules.KEY, "committee.independence"),
    hint=(
        "评委独立评分：可以说明理由并坚持评分，评标委员会听取后表决",
        "Members score independently: give your reasons, stand by the score or not; the committee votes after that",
    ),
)
def state_reasons(proposal: AbnormalScore, *, by: Post, now: datetime.datetime, statement: str) -> None:
    """What the member says of its score, before the others vote."""
    proposal.statement, proposal.stated_at = statement, now
    proposal.save(update_fields=["statement", "stated_at"])


class VoteOnAbnormal(Input):
    agrees = AnswerField(label=_("是否认定为畸高、畸低"), yes=_("同意认定"), no=_("不同意认定"))
    reason = TextField(label=_("理由"), lines=3, required=False)


@action(
    "abnormal_score.vote",
    zh="表决是否认定评分畸高、畸低",
    en="Vote whether a score is abnormally high or low",
    on=AbnormalScore,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(seats.sits, rules.is_put_to_the_vote, rules.member_was_heard, rules.not_voted_yet),
    input=VoteOnAbnormal,
    sentence=("{post}就评分畸高、畸低的认定进行了表决", "{post} voted whether a score is abnormally high or low"),
    is_public=False,
    cites=(rules.KEY, rules.UNANIMOUS, "evaluation.majority"),
    hint=(
        "少数服从多数；竞争性磋商须一致认定。有结论后评审结果连同表决重新汇总，已有签名作废",
        "The majority decides; in a competitive consultation all must agree. The result is then computed anew with the"
        " votes in it, and earlier signatures lapse",
    ),
)
def vote_on_abnormal(
    proposal: AbnormalScore, *, by: Post, now: datetime.datetime, agrees: bool, reason: str
) -> AbnormalScoreVote:
    """One vote; with the deciding one the members get a report to sign that tells of it. Where points are still missing
    or somebody was replaced, the next report does."""
    lot = proposal.lot
    vote = AbnormalScoreVote.objects.create(
        finding=proposal, member=seats.member_at(lot.case, by), agrees=agrees, reason=reason, voted_at=now
    )
    latest = arithmetic.latest_report(lot)
    is_decided = any(one.proposal.pk == proposal.pk and not one.is_open for one in abnormal.tallies(lot))
    if is_decided and latest is not None and all(scores.has_submitted(lot, one) for one in arithmetic.seated(lot)):
        write_report(lot, now=now, correction_ground=latest.overtaken_ground or latest.correction_ground)
    return vote
