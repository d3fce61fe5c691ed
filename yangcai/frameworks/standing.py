"""Who is in an agreement now, how many entered, and whose turn is it?"""

from collections import Counter
from collections.abc import Iterable

from yangcai.cases.models import Award
from yangcai.frameworks.models import Entrant, Framework, Way


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
