"""Is this committee lawfully composed? Size, odd number and share of experts, from the method's rules."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from yangcai import law
from yangcai.kernel.refusals import Refusal
from yangcai.procedures.procedure import Committee


@dataclass(frozen=True)
class Composition:
    """The smallest lawful committee: `size` (odd), at least `experts` experts, at most `buyer_members` others."""

    size: int
    experts: int
    buyer_members: int
    rule: str


def least_experts(*, size: int, committee: Committee, on: datetime.date, jurisdiction: str = law.HOME) -> int:
    """How many of `size` members must be experts, rounded up."""
    if not committee.expert_share:
        return 0
    share: Fraction = law.value(committee.expert_share, on=on, jurisdiction=jurisdiction)
    return ceil(size * share)


def composition(
    *,
    committee: Committee,
    budget: Decimal,
    on: datetime.date,
    category: str = "",
    demanding: bool = False,
    jurisdiction: str = law.HOME,
) -> Composition:
    """The smallest lawful committee for a budget in yuan. `demanding`: technically complex or of social impact. One
    member and no expert where the method has no such rule."""
    rule, larger_from = committee.size, committee.larger_from(category)
    if committee.large_size and larger_from and law.applies(larger_from, on=on, jurisdiction=jurisdiction):
        large_budget = law.value(larger_from, on=on, jurisdiction=jurisdiction)
        if (demanding and committee.large_if_complex) or budget >= large_budget:
            rule = committee.large_size
    size = law.value(rule, on=on, jurisdiction=jurisdiction) if rule else 1
    experts = least_experts(size=size, committee=committee, on=on, jurisdiction=jurisdiction)
    return Composition(size=size, experts=experts, buyer_members=size - experts, rule=rule)


def check(
    *,
    committee: Committee,
    experts: int,
    buyer_members: int,
    budget: Decimal,
    on: datetime.date,
    demanding: bool = False,
    jurisdiction: str = law.HOME,
) -> Iterator[Refusal]:
    """Every reason why a committee of that many experts and buyer's representatives may not evaluate."""
    needed = composition(committee=committee, budget=budget, on=on, demanding=demanding, jurisdiction=jurisdiction)
    size = experts + buyer_members
    if needed.rule and (size < needed.size or size % 2 == 0):
        yield law.refusal(
            needed.rule,
            code="committee_size",
            zh="评审委员会应为{limit}人以上单数，现为{size}人",
            en="The committee must have {limit} or more members, an odd number; it has {size}",
            on=on,
            jurisdiction=jurisdiction,
            size=size,
        )
    least = least_experts(size=size, committee=committee, on=on, jurisdiction=jurisdiction)
    if experts < least:
        yield law.refusal(
            committee.expert_share,
            code="too_few_experts",
            zh="评审专家不得少于成员总数的{limit}（{least}人），现为{experts}人",
            en="Experts must be at least {limit} of the members ({least}), they are {experts}",
            on=on,
            jurisdiction=jurisdiction,
            least=least,
            experts=experts,
        )
