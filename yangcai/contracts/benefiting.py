"""How many small and medium firms have a part in these contracts: as supplier, consortium member, subcontractor?"""

from collections import defaultdict

from django.db.models import F, QuerySet

from yangcai.contracts.models import Contract
from yangcai.contracts.winning import rows_of
from yangcai.parties.sizes import SME, small_medium
from yangcai.tendering import partners
from yangcai.tendering.partners import Partner

#: Of a partner in a bid, as `partners.Partner` has them.
FIELDS = ("kind", "name", "uscc", "size", "share", "work")


def small_firms(contracts: QuerySet[Contract]) -> int:
    """Each firm once, by its name: partners of a bid are named in it, and need not be registered here."""
    return len(set().union(*firms_by_buyer(contracts).values()))


def firms_by_buyer(contracts: QuerySet[Contract]) -> dict[int, set[str]]:
    """Buyer -> the names of the small and medium firms that have a part in its contracts, each once. Whoever was on the
    platform when the bid was opened has its registered name, and is no smaller than it is registered. Of whom a dealer
    takes the contract it has no part in it."""
    contracts = contracts.order_by()
    found = defaultdict[int, set[str]](set)
    for buyer, name in contracts.filter(small_medium("supplier")).values_list("buyer_id", "supplier__name"):
        found[buyer].add(name)
    behind = [
        (contract, Partner(**dict(zip(FIELDS, values, strict=True))), at)
        for contract, at, values in rows_of(contracts, "partners", FIELDS, supplier=F("supplier"))
    ]
    if not behind:
        return dict(found)
    buyers = dict(contracts.filter(pk__in={one for one, _partner, _at in behind}).values_list("pk", "buyer_id"))
    stated = [(partner, at) for _contract, partner, at in behind]
    counted, known = partners.each_as_registered(stated), partners.each_registered(stated)
    for (contract, partner, _at), one, organisations in zip(behind, counted, known, strict=True):
        if one.size in SME:
            found[buyers[contract]] |= {organisation.name for organisation in organisations} or {partner.name}
    return dict(found)
