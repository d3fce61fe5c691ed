"""Whose scores stand apart, and by what arithmetic? Hints for the committee; nobody has to change anything for them."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yangcai.cases.models import Lot
from yangcai.procedures.evaluation.corrections import ABNORMAL_SHARE, FEWEST_MEMBERS, far_from_the_others
from yangcai.procedures.evaluation.panel import mean
from yangcai.tendering.models import Criterion, CriterionKind, OpenedBid, Score
from yangcai.tendering.queries.evaluation import ScoreTable, Seat

#: So many scores have to be the same before it is worth saying: fewer coincide by chance. An engineering choice.
FEWEST_ALIKE = 6


@dataclass(frozen=True)
class Outlier:
    """One score far from the others': `gap` is its distance from the mean of `others`, `share` that of the full
    points; it is shown from more than `line` on. `reason` is what the member wrote."""

    bid: OpenedBid
    criterion: Criterion
    seat: Seat
    score: Decimal
    others: tuple[Decimal, ...]
    mean: Fraction
    reason: str = ""
    line: Decimal = ABNORMAL_SHARE

    @property
    def gap(self) -> Fraction:
        return abs(Fraction(self.score) - self.mean)

    @property
    def share(self) -> Fraction:
        return self.gap / Fraction(self.criterion.weight)


@dataclass(frozen=True)
class Alike:
    """Members who gave the same points to every bid by every subjective criterion (87号令 art. 62: 协商评分)."""

    seats: tuple[Seat, ...]
    scores: int


def subjective(table: ScoreTable) -> list[Criterion]:
    """What members judge; price and objective criteria leave them nothing to judge."""
    return [c for c in table.criteria if c.kind != CriterionKind.PRICE and not c.is_objective]


def outliers(lot: Lot, table: ScoreTable) -> list[Outlier]:
    """Every score that stands apart among those that this reader sees, the furthest first."""
    if len(table.seats) < FEWEST_MEMBERS:
        return []
    seats = {seat.member.pk: seat for seat in table.seats}
    found = []
    for row in table.rows:
        for criterion in subjective(table):
            given = {pk: value for pk, value in row.points[criterion.code].items() if value is not None}
            for member in far_from_the_others(given, weight=criterion.weight):
                others = {pk: value for pk, value in given.items() if pk != member}
                found.append(
                    Outlier(row.bid, criterion, seats[member], given[member], tuple(others.values()), _exact(others))
                )
    if not found:
        return []
    written = _reasons(lot)
    told = [Outlier(o.bid, o.criterion, o.seat, o.score, o.others, o.mean, written.get(_key(o), "")) for o in found]
    return sorted(told, key=lambda o: (-o.share, o.bid.pk, o.criterion.pk, o.seat.number))


def _exact(points: dict[int, Decimal]) -> Fraction:
    return mean({str(member): value for member, value in points.items()})


def _key(one: Outlier) -> tuple[int, int, int]:
    return one.seat.member.pk, one.bid.pk, one.criterion.pk


def _reasons(lot: Lot) -> dict[tuple[int, int, int], str]:
    rows = Score.objects.filter(opened_bid__lot=lot).exclude(reason="")
    return {
        (member, bid, criterion): reason
        for member, bid, criterion, reason in rows.values_list("member_id", "opened_bid_id", "criterion_id", "reason")
    }


def alike(table: ScoreTable) -> list[Alike]:
    """Groups of members, smaller than the whole committee, who scored in exactly the same way."""
    criteria = subjective(table)
    groups: defaultdict[tuple[Decimal | None, ...], list[Seat]] = defaultdict(list)
    for seat in table.seats:
        given = tuple(row.points[c.code].get(seat.member.pk) for row in table.rows for c in criteria)
        given = tuple(value for value in given if value is not None)
        if len(given) >= FEWEST_ALIKE:
            groups[given].append(seat)
    return [Alike(tuple(seats), len(given)) for given, seats in groups.items() if 1 < len(seats) < len(table.seats)]
