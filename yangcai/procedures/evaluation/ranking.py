"""Who stands before whom? Orders of 财政部令第87号 56 and 57, same brands of 31; ties go to a draw."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby


@dataclass(frozen=True)
class Standing:
    """A bidder with what it is compared by. `total` is None under lowest price; `merit` 0 where it does not count."""

    bidder: str
    price: Decimal
    total: Decimal | None = None
    brand: str = ""
    merit: Decimal = Decimal(0)


@dataclass(frozen=True)
class Ranked:
    """Bidders best first, their ranks (equal while a tie is open) and the ties that a draw must still decide."""

    order: tuple[str, ...]
    ranks: Mapping[str, int]
    ties: tuple[tuple[str, ...], ...]


def _key(standing: Standing) -> tuple[Decimal, Decimal, Decimal]:
    return (Decimal(0) if standing.total is None else -standing.total, standing.price, -standing.merit)


def rank(standings: Sequence[Standing], *, drawn: Sequence[str] = ()) -> Ranked:
    """By score, highest first, then by price, lowest first, then by merit; equal in all are tied until drawn."""
    order: list[str] = []
    ranks: dict[str, int] = {}
    ties: list[tuple[str, ...]] = []
    for _, group in groupby(sorted(standings, key=lambda s: (*_key(s), s.bidder)), key=_key):
        equal = [standing.bidder for standing in group]
        place = len(order) + 1
        decided = set(equal) <= set(drawn)
        if decided:
            equal.sort(key=list(drawn).index)
        elif len(equal) > 1:
            ties.append(tuple(equal))
        for offset, bidder in enumerate(equal):
            ranks[bidder] = place + offset if decided else place
        order.extend(equal)
    return Ranked(order=tuple(order), ranks=ranks, ties=tuple(ties))


@dataclass(frozen=True)
class Brands:
    """Who stands for each brand: `others` maps a bidder to the one in its brand's place; `ties` are undecided."""

    others: Mapping[str, str]
    ties: tuple[tuple[str, ...], ...]
    count: int


def same_brands(standings: Sequence[Standing], *, drawn: Sequence[str] = (), by_score: bool) -> Brands:
    """Bids of one brand count as one bidder.

    Under lowest price the cheapest stands for the brand, under rated evaluation the highest score (then `by_score`);
    equal ones are decided by the draw. Bids without a brand stand for themselves.
    """
    groups: dict[str, list[Standing]] = defaultdict(list)
    for standing in standings:
        groups[standing.brand or f"\0{standing.bidder}"].append(standing)
    others: dict[str, str] = {}
    ties: list[tuple[str, ...]] = []
    for members in groups.values():
        best = max(s.total or Decimal(0) for s in members) if by_score else min(s.price for s in members)
        leaders = sorted(s.bidder for s in members if (s.total or Decimal(0) if by_score else s.price) == best)
        chosen = next((bidder for bidder in drawn if bidder in leaders), leaders[0])
        if len(leaders) > 1 and chosen not in drawn:
            ties.append(tuple(leaders))
        others |= {s.bidder: chosen for s in members if s.bidder != chosen}
    return Brands(others=others, ties=tuple(ties), count=len(groups))
