"""How many small and medium firms have a part in these contracts: as supplier, consortium member, subcontractor?"""

from collections import defaultdict

from django.db.models import F, QuerySet

from yangcai.contracts.models import Contract
from yangcai.parties.sizes import SME, small_medium
from yangcai.tendering import partners
from yangcai.tendering.partners import Partner

#: With which bid a contract was won: of its own lot, of the lot that it follows, or of the first stage under whose
#: agreement it was called off, at the beginning or by a top-up (财政部令第110号 art. 9, 31).
BIDS = (
    "award__lot__opened_bids",
    "award__lot__follows__opened_bids",
    "award__lot__call_off__framework__lot__opened_bids",
    "award__lot__call_off__framework__top_ups__lot__opened_bids",
)


def small_firms(contracts: QuerySet[Contract]) -> int:
    """Each firm once, by its name: partners of a bid are named in it, and need not be registered here."""
    return len(set().union(*firms_by_buyer(contracts).values()))


def firms_by_buyer(contracts: QuerySet[Contract]) -> dict[int, set[str]]:
    """Buyer -> the names of the small and medium firms that have a part in its contracts, each once. Whoever is on the
    platform has its registered name, and is no smaller than it is registered."""
    contracts = contracts.order_by()
    found = defaultdict[int, set[str]](set)
    for buyer, name in contracts.filter(small_medium("supplier")).values_list("buyer_id", "supplier__name"):
        found[buyer].add(name)
    behind = _partners(contracts)
    known = partners.registered(one for _buyer, one in behind)
    for (buyer, stated), counted in zip(behind, partners.as_registered(one for _buyer, one in behind), strict=True):
        if counted.size in SME:
            names = {organisation.name for organisation in known.get((stated.name, stated.uscc), ())}
            found[buyer] |= names or {stated.name}
    return dict(found)


def _partners(contracts: QuerySet[Contract]) -> list[tuple[int, Partner]]:
    """Who stands in the winning bids beside their bidders, as small or medium. Of whom a dealer takes the contract it
    has no part in it."""
    rows = []
    for bid in BIDS:
        won = contracts.filter(**{f"{bid}__supplier": F("supplier"), f"{bid}__partners__size__in": SME})
        rows.append(won.values_list("buyer_id", *(f"{bid}__partners__{name}" for name in FIELDS)))
    found = rows[0].union(*rows[1:])
    return [(buyer, Partner(**dict(zip(FIELDS, values, strict=True)))) for buyer, *values in found]


FIELDS = ("kind", "name", "uscc", "size", "share", "work")
