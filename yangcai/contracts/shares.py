"""As of which class does a contract count, and how much of it? Goods by who made them, else by whose shares they are.

Shares stand in the consortium agreement that every member confirmed, and in the bid that won (tendering/consortia.py);
each part counts by the size of whose it is (财库〔2020〕46号 art. 4, 8: what is a small enterprise's, not whose name
comes first). A contract for which none are stated is its supplier's as a whole. So is what a supplier subcontracts: the
subcontractor is no party to the contract. Where the bid that won names the makers of its goods, the largest of them
decides, whoever sells (art. 4; docs/decisions/0046).
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from yangcai.contracts.benefiting import FIELDS
from yangcai.contracts.models import Contract
from yangcai.contracts.winning import rows_of
from yangcai.kernel.money import cents
from yangcai.parties.sizes import SME, counted_size, largest
from yangcai.tendering import makers, partners
from yangcai.tendering.models import PartnerKind
from yangcai.tendering.partners import Partner

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
    found = rows_of(contracts, "partners", FIELDS, supplier=F("supplier"))
    named = [(pk, at, Partner(**dict(zip(FIELDS, values, strict=True)))) for pk, at, values in found]
    members = [(pk, at, one) for pk, at, one in named if one.kind == PartnerKind.MEMBER]
    counted = partners.each_as_registered((one, at) for _pk, at, one in members)
    shares: dict[int, list[Share]] = defaultdict(list)
    for (pk, _at, _stated), one in zip(members, counted, strict=True):
        shares[pk].append(Share(one.share, one.size))
    return dict(shares)


def of_makers(contracts: QuerySet[Contract]) -> dict[int, str]:
    """Contract -> the class of the largest maker of its goods, where the bid that won it names makers: also where a
    dealer takes the contract for goods of an entrant (财政部令第110号 art. 18)."""
    sold = contracts.annotate(sold_for=Coalesce(F(ENTRANT), F("supplier")))
    found = rows_of(sold, "makers", ("item", "maker", "size"), supplier=F("sold_for"))
    named = [(pk, at, makers.Maker(*values)) for pk, at, values in found]
    counted = makers.each_as_registered((one, at) for _pk, at, one in named)
    sizes: dict[int, set[str]] = defaultdict(set)
    for (pk, _at, _stated), one in zip(named, counted, strict=True):
        sizes[pk].add(one.size)
    return {pk: largest(classes) for pk, classes in sizes.items()}


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
