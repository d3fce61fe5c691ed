"""As of which class does a contract count, and how much of it? Goods by who made them, else by whose shares they are.

Shares stand in the consortium agreement that every member confirmed, and in the bid that won (tendering/consortia.py);
each part counts by the size of whose it is (财库〔2020〕46号 art. 4, 8: what is a small enterprise's, not whose name
comes first). A contract for which none are stated is its supplier's as a whole. So is what a supplier subcontracts: the
subcontractor is no party to the contract. Where the bid that won names the makers of its goods, the largest of them
decides, whoever sells (art. 4; docs/decisions/0046).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from yangcai.contracts.benefiting import BIDS, FIELDS
from yangcai.contracts.models import Contract
from yangcai.kernel.money import cents
from yangcai.parties.sizes import SME, counted_size
from yangcai.tendering import makers, partners
from yangcai.tendering.models import PartnerKind
from yangcai.tendering.partners import Partner

#: Of these ways to a bid, those that lead over a framework agreement.
OF_AGREEMENTS = frozenset(bid for bid in BIDS if "__framework__" in bid)
#: For whom a dealer takes a contract under a framework agreement.
ENTRANT = "award__lot__call_off__dealer__entrant__supplier"


@dataclass(frozen=True)
class Share:
    """What of a contract is a member's: a share of one, and the size as which it counts."""

    share: Decimal
    size: str


@dataclass(frozen=True)
class Moved:
    """Yuan of a contract that do not count as of its supplier's size, `of`, but as of a member's or a maker's, `to`."""

    contract: int
    amount: Decimal
    of: str
    to: str


def of_members(contracts: QuerySet[Contract]) -> dict[int, list[Share]]:
    """Contract -> the shares of the members of the consortium that won it. Whoever bid alone is not in it, nor a dealer
    that takes the contract in the place of one."""
    found = _of_bids(contracts, "partners", FIELDS, supplier=F("supplier"))
    named = [(pk, Partner(**dict(zip(FIELDS, values, strict=True)))) for pk, values in found]
    members = [(pk, one) for pk, one in named if one.kind == PartnerKind.MEMBER]
    shares: dict[int, list[Share]] = defaultdict(list)
    for (pk, _stated), one in zip(members, partners.as_registered(one for _pk, one in members), strict=True):
        shares[pk].append(Share(one.share, one.size))
    return dict(shares)


def of_makers(contracts: QuerySet[Contract]) -> dict[int, str]:
    """Contract -> the class of the largest maker of its goods, where the bid that won it names makers: also where a
    dealer takes the contract for goods of an entrant (财政部令第110号 art. 18)."""
    sold = contracts.annotate(sold_for=Coalesce(F(ENTRANT), F("supplier")))
    found = _of_bids(sold, "makers", ("item", "maker", "size"), supplier=F("sold_for"))
    named = [(pk, makers.Maker(*values)) for pk, values in found]
    sizes: dict[int, set[str]] = defaultdict(set)
    for (pk, _stated), one in zip(named, makers.as_registered(one for _pk, one in named), strict=True):
        sizes[pk].add(one.size)
    return {pk: makers.largest(classes) for pk, classes in sizes.items()}


def _of_bids(
    contracts: QuerySet[Contract], rows: str, fields: Iterable[str], *, supplier: F
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Contract, and these fields of each of these rows of the bid with which `supplier` won it: of two, since it failed
    to enter an agreement and entered it by a top-up, the later one."""
    contracts, asked = contracts.order_by(), []
    for bid in BIDS:
        won: dict[str, Any] = {f"{bid}__supplier": supplier, f"{bid}__opened_at__lte": F("award__determined_at")}
        if bid not in OF_AGREEMENTS:  # there the later offer may have none of them
            won[f"{bid}__{rows}__isnull"] = False
        names = (f"{bid}__{name}" for name in ("opened_at", *(f"{rows}__{field}" for field in fields)))
        asked.append(contracts.filter(**won).values_list("pk", *names))
    found = list(asked[0].union(*asked[1:]))
    last = {pk: at for pk, at, *_values in sorted(found, key=lambda row: row[1])}
    yield from ((pk, tuple(values)) for pk, at, *values in found if at == last[pk] and None not in values)


def moved(contracts: QuerySet[Contract]) -> list[Moved]:
    """Of contracts that have their `value`: what of it counts as of the makers of its goods, or else as of the members
    of the consortium that won it."""
    found, made = of_members(contracts), of_makers(contracts)
    if not found and not made:
        return []
    led: Any = contracts.order_by().filter(pk__in={*found, *made}).annotate(leads_as=counted_size("supplier"))
    return [
        Moved(pk, amount, of, to)
        for pk, value, of in led.values_list("pk", "value", "leads_as")
        for amount, to in (
            [(value, made[pk])] if pk in made else [(cents(value * one.share), one.size) for one in found[pk]]
        )
    ]


def gained_by_small(found: list[Moved]) -> Decimal:
    """By how much small and medium firms have more than they would if all were their suppliers': less than nothing
    where they lead large ones, or sell what large ones made."""
    return sum((one.amount * ((one.to in SME) - (one.of in SME)) for one in found), Decimal(0))
