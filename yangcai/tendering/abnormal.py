"""What has become of each proposal to find a score abnormally high or low: open, found, or not found?"""

from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.kernel.beneath import may_have
from yangcai.kernel.numbers import bare
from yangcai.kernel.reading import remembered
from yangcai.tendering.models import AbnormalScore, CommitteeMember
from yangcai.tendering.models.abnormal import Tally


def tallies(lot: Lot) -> list[Tally]:
    """Every proposal about a score that counts, in order; those about members who were replaced do not."""
    found = [one for one in _proposals(lot.case) if one.lot_id == lot.pk]
    if not found:
        return []
    sitting = _sitting(lot.case)
    return [_tally(one, sitting) for one in found if one.score.member_id in sitting]


def _tally(proposal: AbnormalScore, sitting: frozenset[int]) -> Tally:
    votes = tuple(vote for vote in proposal.votes.all() if vote.member_id in sitting)
    return Tally(proposal, tuple(sorted(votes, key=lambda vote: (vote.voted_at, vote.pk))), len(sitting))


@remembered
def _sitting(case: Case) -> frozenset[int]:
    return frozenset(
        CommitteeMember.objects.filter(committee__case=case, replaced_at__isnull=True).values_list("pk", flat=True)
    )


@remembered
def _proposals(case: Case) -> list[AbnormalScore]:
    if not may_have(case, AbnormalScore):
        return []
    found = AbnormalScore.objects.filter(lot__case=case).select_related("score__criterion", "score__opened_bid")
    return list(found.prefetch_related("votes").order_by("pk"))


def open_proposals(lot: Lot) -> list[Tally]:
    """What the committee has still to vote on: nobody signs before."""
    return [one for one in tallies(lot) if one.is_open and not one.is_corrected]


def found_of(lot: Lot, *, member: int | None) -> list[Tally]:
    """The scores of a member, as they stand, that the committee found abnormal: these it may correct."""
    return [
        one for one in tallies(lot) if one.proposal.score.member_id == member and one.is_found and not one.is_corrected
    ]


def frozen(lot: Lot) -> list[dict[str, Any]]:
    """What was decided, with every vote, as the members sign it."""
    return [_frozen(one) for one in tallies(lot) if not one.is_open]


def _frozen(one: Tally) -> dict[str, Any]:
    proposal, score = one.proposal, one.proposal.score
    return {
        "member": str(score.member_id),
        "bidder": str(score.opened_bid_id),
        "criterion": score.criterion.code,
        "value": bare(proposal.value),
        "side": proposal.side,
        "reason": proposal.reason,
        "proposed_by": str(proposal.proposed_by_id),
        "proposed_at": proposal.proposed_at.isoformat(),
        "statement": proposal.statement,
        "is_unanimous": proposal.is_unanimous,
        "is_found": one.is_found,
        "votes": [
            {
                "member": str(vote.member_id),
                "agrees": vote.agrees,
                "reason": vote.reason,
                "voted_at": vote.voted_at.isoformat(),
            }
            for vote in one.votes
        ],
    }
