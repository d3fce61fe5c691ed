"""Which offered brands are one: by their spelling, by what the committee stated; and which look as if they were?"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import combinations

from yangcai.cases.models import Case, Lot
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import remembered
from yangcai.planning import designations
from yangcai.tendering import standing
from yangcai.tendering.models import SameBrand

#: A shorter name stands in too many longer ones by chance.
LEAST = 2


def as_compared(name: str) -> str:
    """A brand as it is compared: one written in capitals, in wide letters or with other spaces is no other brand."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def stated(lot: Lot) -> list[SameBrand]:
    """What the sitting committee states of the lot's brands, in order; what was withdrawn, or came of a committee that
    was formed anew since, does not count."""
    return [one for one in _stated(lot.case) if one.lot_id == lot.pk]


@remembered
def _stated(case: Case) -> list[SameBrand]:
    if not may_have(case, SameBrand):
        return []
    live = SameBrand.objects.filter(lot__case=case, withdrawn_at__isnull=True, committee__dissolved_at__isnull=True)
    return list(live.order_by("pk"))


def counted_as(lot: Lot) -> dict[str, str]:
    """A brand as it is compared -> the one it counts as; only of those that the committee stated to be one."""
    return joined((as_compared(one.brand), as_compared(one.other)) for one in stated(lot))


def joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Pair by pair: what is one with one of a group is one with all of it; the least name stands for it."""
    groups: dict[str, set[str]] = {}
    for one, other in pairs:
        both = groups.get(one, {one}) | groups.get(other, {other})
        groups |= dict.fromkeys(both, both)
    return {name: min(group) for name, group in groups.items()}


def offered(lot: Lot) -> list[str]:
    """The brands of the bids that are still in, each once, as it was written first."""
    found: dict[str, str] = {}
    for bid in standing.still_in(lot):
        if bid.brand.strip():
            found.setdefault(as_compared(bid.brand), bid.brand.strip())
    return list(found.values())


def alike(lot: Lot) -> list[tuple[str, str]]:
    """Pairs of offered brands that count as two and may be one: known under both names, or one stands in the other. A
    hint: whether they are one, the committee states."""
    counted = counted_as(lot)

    def group(name: str) -> str:
        return counted.get(as_compared(name), as_compared(name))

    pairs = combinations(offered(lot), 2)
    return [(one, other) for one, other in pairs if group(one) != group(other) and look_alike(one, other)]


def look_alike(one: str, other: str) -> bool:
    """Whether two names may be those of one brand."""
    first, second = sorted((as_compared(one), as_compared(other)), key=len)
    if len(first) >= LEAST and first in second:
        return True
    return any(_named(first, names) and _named(second, names) for names in _spellings())


def _named(name: str, names: frozenset[str]) -> bool:
    told = (known for known in names if not known.isascii() or len(known) > LEAST)
    return name in names or any(known in name for known in told)


@cache
def _spellings() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(as_compared(name) for name in row) for row in designations.spellings())
