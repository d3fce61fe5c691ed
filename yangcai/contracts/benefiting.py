"""How many small and medium firms have a part in these contracts: as supplier, consortium member, subcontractor?"""

from django.db.models import Exists, OuterRef, QuerySet

from yangcai.contracts.models import Contract
from yangcai.parties.sizes import SME, small_medium
from yangcai.tendering.models import BidPartner


def small_firms(contracts: QuerySet[Contract]) -> int:
    """Each firm once, by its name: partners of a bid are named in it, and need not be registered here."""
    suppliers = contracts.filter(small_medium("supplier")).values_list("supplier__name", flat=True)
    won = contracts.filter(award__lot=OuterRef("opened_bid__lot"), supplier=OuterRef("opened_bid__supplier"))
    partners = BidPartner.objects.filter(Exists(won), size__in=SME).values_list("name", flat=True)
    return len({*suppliers, *partners})
