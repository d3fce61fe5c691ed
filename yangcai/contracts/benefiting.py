"""How many small and medium firms have a part in these contracts: as supplier, consortium member, subcontractor?"""

from collections import defaultdict

from django.db.models import F, QuerySet

from yangcai.contracts.models import Contract
from yangcai.parties.sizes import SME, small_medium


def small_firms(contracts: QuerySet[Contract]) -> int:
    """Each firm once, by its name: partners of a bid are named in it, and need not be registered here."""
    return len(set().union(*firms_by_buyer(contracts).values()))


def firms_by_buyer(contracts: QuerySet[Contract]) -> dict[int, set[str]]:
    """Buyer -> the names of the small and medium firms that have a part in its contracts, each once."""
    contracts = contracts.order_by()
    suppliers = contracts.filter(small_medium("supplier")).values_list("buyer_id", "supplier__name")
    bid = "award__lot__opened_bids"
    won = contracts.filter(**{f"{bid}__supplier": F("supplier"), f"{bid}__partners__size__in": SME})
    found = defaultdict[int, set[str]](set)
    for buyer, name in (*suppliers, *won.values_list("buyer_id", f"{bid}__partners__name")):
        found[buyer].add(name)
    return dict(found)
