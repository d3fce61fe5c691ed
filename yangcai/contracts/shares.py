"""How much of a contract is whose? Of a consortium each member's by the agreement, the rest its leader's.

Shares stand in the consortium agreement that every member confirmed, and in the bid that won (tendering/consortia.py);
each part counts by the size of whose it is (财库〔2020〕46号 art. 4, 8: what is a small enterprise's, not whose name
comes first). A contract for which none are stated is its supplier's as a whole. So is what a supplier subcontracts: the
subcontractor is no party to the contract.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from yangcai.contracts.benefiting import BIDS, FIELDS
from yangcai.contracts.models import Contract
from yangcai.kernel.money import cents
from yangcai.parties.sizes import SME, counted_size
from yangcai.tendering import partners
from yangcai.tendering.models import PartnerKind
from yangcai.tendering.partners import Partner


@dataclass(frozen=True)
class Share:
    """What of a contract is a member's: a share of one, and the size as which it counts."""

    share: Decimal
    size: str


@dataclass(frozen=True)
class Moved:
    """Yuan of a contract that are not its leader's, whose size is `of`, but a member's, whose size is `to`."""

    contract: int
    amount: Decimal
    of: str
    to: str


def of_members(contracts: QuerySet[Contract]) -> dict[int, list[Share]]:
    """Contract -> the shares of the members of the consortium that won it. Whoever bid alone is not in it, nor a dealer
    that takes the contract in the place of one."""
    contracts = contracts.order_by()
    rows = []
    for bid in BIDS:
        won = {f"{bid}__supplier": F("supplier"), f"{bid}__partners__kind": PartnerKind.MEMBER}
        names = (f"{bid}__partners__{name}" for name in FIELDS)
        rows.append(contracts.filter(**won).values_list("pk", *names))
    found = [(pk, Partner(**dict(zip(FIELDS, values, strict=True)))) for pk, *values in rows[0].union(*rows[1:])]
    counted = partners.as_registered(one for _pk, one in found)
    shares: dict[int, list[Share]] = defaultdict(list)
    for (pk, _stated), one in zip(found, counted, strict=True):
        shares[pk].append(Share(one.share, one.size))
    return dict(shares)


def moved(contracts: QuerySet[Contract]) -> list[Moved]:
    """Of contracts that have their `value`: what of it the members of consortia take over from their leaders."""
    found = of_members(contracts)
    if not found:
        return []
    led: Any = contracts.order_by().filter(pk__in=found).annotate(leads_as=counted_size("supplier"))
    return [
        Moved(pk, cents(value * one.share), of, one.size)
        for pk, value, of in led.values_list("pk", "value", "leads_as")
        for one in found[pk]
    ]


def gained_by_small(found: list[Moved]) -> Decimal:
    """By how much small and medium firms have more than they would if all were their leaders': less than nothing
    where they lead large ones."""
    return sum((one.amount * ((one.to in SME) - (one.of in SME)) for one in found), Decimal(0))
