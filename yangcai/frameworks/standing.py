"""Who is in an agreement now, how many entered, whose turn is it, and at which price?"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from yangcai.cases.models import Award
from yangcai.frameworks.models import CallOff, Entrant, Framework, Way
from yangcai.kernel import money


def counted(framework: Framework) -> int:
    """How many entered by its first call, whoever has left since: the whole of which art. 31 takes its share."""
    return framework.entrants.count()


def staying(framework: Framework) -> list[Entrant]:
    """Signed on both sides and still in, in the order of their entry."""
    found = framework.entrants.filter(signed_at__isnull=False, left_at__isnull=True)
    return list(found.select_related("supplier", "framework__lot__case").order_by("rank"))


def turns(framework: Framework) -> Counter[int]:
    """Supplier -> how many contracts it was awarded in rotation; a turn that it refused is one."""
    taken = Award.objects.filter(lot__call_off__framework=framework, lot__call_off__way=Way.ROTATION)
    return Counter(taken.values_list("supplier_id", flat=True))


def next_in_turn(framework: Framework) -> Entrant | None:
    """顺序轮候: everybody once in a round, in the order told at the entry; who joined later stands at its end
    (财政部令第110号 art. 34)."""
    return first_of(staying(framework), taken=turns(framework))


def first_of(entrants: Iterable[Entrant], *, taken: Counter[int]) -> Entrant | None:
    """The entrant with the fewest rounds behind it, among equals the first by rank."""
    return min(entrants, key=lambda one: (one.rounds_before + taken[one.supplier_id], one.rank), default=None)


def rounds(framework: Framework) -> int:
    """How many rounds everybody who stays has had: where one who joins now begins."""
    taken = turns(framework)
    return min((one.rounds_before + taken[one.supplier_id] for one in staying(framework)), default=0)


def unit_price(entrant: Entrant, quantity: Decimal) -> Decimal:
    """What one costs when so much is bought, in yuan, unrounded: the agreement price less the discount that the call
    states for this quantity (art. 13)."""
    reached = entrant.framework.discounts.filter(from_quantity__lte=quantity).order_by("rate").last()
    return entrant.unit_price * (1 - (reached.rate if reached is not None else Decimal(0)))


def agreed(entrant: Entrant, quantity: Decimal) -> Decimal:
    """协议价格 of so much, in yuan to the cent: the ceiling of the second stage."""
    return money.cents(unit_price(entrant, quantity) * quantity)


def entrant_behind(call_off: CallOff, supplier: int) -> int:
    """Whose agreement a contract rests on: a dealer's on that of the entrant that named it, else the supplier's own."""
    return call_off.dealer.entrant.supplier_id if call_off.dealer is not None else supplier
