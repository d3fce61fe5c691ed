"""In which four cases may a result still be changed? (财政部令第87号 64) Finds them; people decide."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeVar

from yangcai.kernel.money import rounded
from yangcai.procedures.evaluation.model import Bid, BidResult, Criterion, Finding, Kind, Lot
from yangcai.procedures.evaluation.panel import in_range, mean

#: A subjective score that far from the others' mean (as a share of the criterion's points) is shown to the committee.
#: The law gives no number: the committee itself finds a score abnormally high or low. An engineering choice.
ABNORMAL_SHARE = Decimal("0.3")
#: Below three members there is no majority to differ from.
FEWEST_MEMBERS = 3
#: However a member is named.
M = TypeVar("M")


def find(lot: Lot, results: Mapping[str, BidResult]) -> tuple[Finding, ...]:
    """Every finding over the bids that were scored, in the order of the bids."""
    return tuple(
        finding
        for bid in lot.bids
        if results[bid.bidder].total is not None or results[bid.bidder].merit_rank is not None
        for finding in (*_sums(lot, bid, results[bid.bidder]), *_scores(lot, bid))
    )


def _sums(lot: Lot, bid: Bid, result: BidResult) -> Iterator[Finding]:
    for member, totals in lot.declared_totals.items():
        if bid.bidder not in totals or result.total is None:
            continue
        points = [bid.scores[c.code][member] for c in lot.terms.scored if member in bid.scores[c.code]]
        expected = sum(points, result.price_score or Decimal(0))
        if totals[bid.bidder] != expected:
            yield Finding(
                kind="sum",
                bidder=bid.bidder,
                member=member,
                criterion="",
                zh=f"分值汇总计算错误：应为 {expected}，评标报告为 {totals[bid.bidder]}",
                en=f"The total is wrong: {expected} is right, {totals[bid.bidder]} was signed",
            )


def _scores(lot: Lot, bid: Bid) -> Iterator[Finding]:
    for criterion in lot.terms.scored:
        scores = bid.scores.get(criterion.code)
        if scores is None:  # only its merit was scored, first of all
            continue
        for member, score in scores.items():
            if not in_range(score, criterion):
                yield Finding(
                    kind="range",
                    bidder=bid.bidder,
                    member=member,
                    criterion=criterion.code,
                    zh=f"分项评分超出评分标准范围：{score}，满分 {criterion.weight}",
                    en=f"A score lies outside its range: {score} of {criterion.weight}",
                )
        if criterion.kind is Kind.OBJECTIVE and len(set(scores.values())) > 1:
            yield Finding(
                kind="objective",
                bidder=bid.bidder,
                member="",
                criterion=criterion.code,
                zh="评标委员会成员对客观评审因素评分不一致",
                en="The members' scores for an objective criterion differ",
            )
        elif criterion.kind is Kind.SUBJECTIVE:
            yield from _abnormal(lot, bid, criterion)


def _abnormal(lot: Lot, bid: Bid, criterion: Criterion) -> Iterator[Finding]:
    scores = bid.scores[criterion.code]
    for member in far_from_the_others(scores, weight=criterion.weight):
        others = mean({name: given for name, given in scores.items() if name != member})
        shown = rounded(others, places=lot.terms.decimals)
        yield Finding(
            kind="abnormal",
            bidder=bid.bidder,
            member=member,
            criterion=criterion.code,
            zh=f"评分畸高或者畸低：{scores[member]}，其他成员平均 {shown}",
            en=f"A score is abnormally high or low: {scores[member]}, the others' mean is {shown}",
        )


def far_from_the_others(scores: Mapping[M, Decimal], *, weight: Decimal) -> list[M]:
    """The members whose points for one bid and criterion lie further than ABNORMAL_SHARE of `weight` (its full points)
    from the mean of all other members' points. Nobody below FEWEST_MEMBERS."""
    count = len(scores)
    if count < FEWEST_MEMBERS:
        return []
    points = sum(scores.values(), Decimal(0))
    # |score − (sum − score)/(count − 1)| > share × weight, without a division: exact, and quick for many bids
    far = ABNORMAL_SHARE * weight * (count - 1)
    return [member for member, score in scores.items() if abs(count * score - points) > far]
