"""May a score be put to the committee as abnormally high or low, may it be voted on, and is it then to be corrected?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel import calendar
from yangcai.kernel.numbers import bare
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.tendering import abnormal, arithmetic
from yangcai.tendering.models import AbnormalScore, AbnormalSide, EvaluationReport, Score
from yangcai.tendering.rules.committee.seats import member_at

KEY = "evaluation.abnormal_finding"
UNANIMOUS = "evaluation.abnormal_consultation"


def is_unanimous(case: Case) -> bool:
    """Whether the method wants it found by all members (214号文 art. 32)."""
    return own(case, KEY) == UNANIMOUS


def score_of(lot: Lot, *, member: int, bid: int, criterion: int) -> Score | None:
    """The score that these three name, of a member who sits."""
    found = Score.objects.filter(
        member_id=member, opened_bid_id=bid, criterion_id=criterion, member__replaced_at__isnull=True
    )
    return found.filter(opened_bid__lot=lot).select_related("criterion").first()


def is_a_score_to_judge(
    subject: Lot, *, now: datetime.datetime, member: int, bid: int, criterion: int, **_: Any
) -> Refusal | None:
    """There is such a score, and it has not been put to the committee as it stands."""
    score = score_of(subject, member=member, bid=bid, criterion=criterion)
    if score is None:
        return Refusal(
            "no_such_score",
            "该评委没有对该投标人的这一评审因素评分",
            "This member gave no score for this bid and criterion",
            field="member",
        )
    if not AbnormalScore.objects.filter(score=score, value=score.value).exists():
        return None
    return refuse(
        own(subject.case, KEY) or KEY,
        code="put_to_the_vote_already",
        zh="该项评分（{value} 分）已经提请认定，不得就同一评分再次提请",
        en="This score of {value} points has been put to the committee already",
        field="member",
        value=bare(score.value),
        **applicable(subject.case, now=now),
    )


def hearing_is_ahead(
    subject: Lot, *, now: datetime.datetime, hear_until: datetime.datetime, **_: Any
) -> Refusal | None:
    """The member concerned has time to state its reasons."""
    if hear_until > now:
        return None
    return Refusal(
        "answer_time_over", "说明期限应当晚于现在", "Give the member time: later than now", field="hear_until"
    )


def is_put_to_the_vote(subject: AbnormalScore, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses once the votes have decided, the score was corrected, or its member was replaced."""
    if any(one.proposal.pk == subject.pk for one in abnormal.open_proposals(subject.lot)):
        return None
    return Refusal("vote_is_over", "该项认定已有结论或者已经失效", "This finding has been decided, or counts no more")


def is_about_me(subject: AbnormalScore, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The member whose score it is states its reasons, nobody for it."""
    own_seat = member_at(subject.root, by)
    if own_seat is not None and own_seat.pk == subject.score.member_id:
        return None
    return refuse(
        "committee.independence",
        code="not_your_score",
        zh="拟认定的不是您的评分，由该评委本人说明",
        en="The score in question is not yours: its own member states the reasons",
        **applicable(subject.root, now=now),
    )


def not_stated_yet(subject: AbnormalScore, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Said once: what the members voted on does not change afterwards."""
    if subject.stated_at is None:
        return None
    return Refusal("stated_already", "您已经作出说明，不能更改", "You have stated your reasons already")


def member_was_heard(subject: AbnormalScore, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nobody votes before the member concerned has spoken, or has let its time pass."""
    if subject.stated_at is not None or now >= subject.hear_until_at:
        return None
    return refuse(
        own(subject.root, KEY) or KEY,
        code="member_not_heard",
        zh="该评委尚未说明理由；请在其说明后，或者说明期限 {until} 过后表决",
        en="The member concerned has not spoken yet: vote after its statement, or after {until}",
        until=calendar.to_the_minute(subject.hear_until_at),
        **applicable(subject.root, now=now),
    )


def not_voted_yet(subject: AbnormalScore, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A member votes once."""
    if not subject.votes.filter(member__post_id=by.pk).exists():
        return None
    return Refusal("voted_already", "您已经表决，不能更改", "You have voted already")


def nothing_to_vote_on(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nobody signs a result while the committee has to decide on a score under it."""
    waiting = len(abnormal.open_proposals(subject.lot))
    if not waiting:
        return None
    return refuse(
        own(subject.root, KEY) or KEY,
        code="finding_open",
        zh="有 {count} 项评分已提请认定畸高、畸低，评标委员会尚未表决完毕；有结论后再签署",
        en="{count} scores are put to the committee as abnormally high or low: it decides before anybody signs",
        count=waiting,
        **applicable(subject.root, now=now),
    )


def found_by_the_committee(
    subject: Lot, *, by: Any, now: datetime.datetime, ground: str, rows: list[dict[str, Any]]
) -> Iterator[Refusal]:
    """On this ground only a score that the committee found abnormal is corrected, and towards the others."""
    if ground != "abnormal":
        return
    member = member_at(subject.case, by)
    found = {
        (one.proposal.score.opened_bid_id, one.proposal.score.criterion_id): one.proposal
        for one in abnormal.found_of(subject, member=member.pk if member else None)
    }
    titles = {one.pk: one for one in arithmetic.scored_criteria(subject)}
    for number, row in enumerate(rows, start=1):
        criterion = titles[row["criterion"]]
        if criterion.is_objective:
            continue  # nothing to judge there, and refused as such
        told: dict[str, Any] = {
            "field": "rows",
            "number": number,
            "criterion": Written(criterion.title),
            **applicable(subject.case, now=now),
        }
        proposal = found.get((row["bid"], row["criterion"]))
        if proposal is None:
            yield refuse(
                own(subject.case, KEY) or KEY,
                code="not_found_by_the_committee",
                zh="第 {number} 行：“{criterion}”的得分未经评标委员会认定为畸高、畸低，不得按此情形更正；请先提请认定、"
                "由评标委员会表决",
                en="Row {number}: the committee has not found this score for {criterion} abnormal; put it to the vote"
                " first",
                **told,
            )
        elif (row["value"] >= proposal.value) == (proposal.side == AbnormalSide.HIGH):
            yield refuse(
                own(subject.case, KEY) or KEY,
                code="corrected_the_wrong_way",
                zh="第 {number} 行：“{criterion}”的得分 {value} 分经认定为{side}，更正后的得分应当{way}",
                en="Row {number}: {value} points for {criterion} were found too {side_en}; correct them the other way",
                value=bare(proposal.value),
                side="畸高" if proposal.side == AbnormalSide.HIGH else "畸低",
                way="更低" if proposal.side == AbnormalSide.HIGH else "更高",
                side_en=proposal.side,
                **told,
            )
