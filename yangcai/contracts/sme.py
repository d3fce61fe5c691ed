"""How much of a year's procurement went to small and medium firms? (财库〔2020〕46号 art. 18: what a buyer reports)

Of the contracts that were signed in the year and were not dissolved: how many, for how much, with firms of which size.
Goods count by the size of who made them, where the bid names makers; a consortium by the shares of its agreement, each
by its own size (shares.py); any other contract is its supplier's as a whole, what it subcontracts included.
Beside them what was planned for that year and set aside. A share is of the contracts' amount, never of the budget. The
buyers report to the bureau what they signed; the portal tells what of it was published (portal/year.py). Firms are
counted in one way for both (benefiting.py).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from yangcai.contracts import shares
from yangcai.contracts.benefiting import firms_by_buyer
from yangcai.contracts.models import Contract
from yangcai.contracts.shares import Share
from yangcai.kernel import calendar
from yangcai.kernel.money import cents
from yangcai.parties.models import Organisation
from yangcai.parties.sizes import SMALL_MICRO, SME
from yangcai.planning.models import PlanItem, SetAside
from yangcai.tendering.partners import WHOLE


@dataclass
class Part:
    """Contracts: how many, and for how much (yuan)."""

    contracts: int = 0
    amount: Decimal = Decimal(0)

    def add(self, amount: Decimal) -> None:
        self.contracts += 1
        self.amount += amount

    def share_of(self, whole: "Part") -> Decimal | None:
        """Of the amount; None where there is none."""
        return self.amount / whole.amount if whole.amount else None


@dataclass
class Procured:
    """What one buyer (or all of them) contracted in a year, until the cut-off."""

    all: Part = field(default_factory=Part)
    sme: Part = field(default_factory=Part)
    small_micro: Part = field(default_factory=Part)
    firms: set[str] = field(default_factory=set)
    planned: Decimal = Decimal(0)
    set_aside: Decimal = Decimal(0)

    def count(self, contract: Contract, members: Sequence[Share] = (), *, made_by: str = "") -> None:
        """One more contract: goods by the size of their largest maker, where one is named; else of a consortium each
        part by the size of whose it is, the rest is its leader's."""
        supplier = contract.supplier
        self.all.add(contract.amount)
        shared = [Share(WHOLE, made_by)] if made_by else members
        parts = [(cents(contract.amount * one.share), one.size in SME, one.size in SMALL_MICRO) for one in shared]
        left = contract.amount - sum((amount for amount, *_sizes in parts), Decimal(0))
        if not made_by:
            parts.append((left, supplier.is_sme, supplier.is_small_micro))
        for told, of_size in ((self.sme, 1), (self.small_micro, 2)):
            theirs = [part[0] for part in parts if part[of_size]]
            if theirs:
                told.add(sum(theirs, Decimal(0)))


def procured(*, year: int, now: datetime.datetime) -> tuple[Procured, dict[Organisation, Procured]]:
    """All together, and buyer by buyer in the order of their names. What happens after `now` does not count."""
    begins, ends = calendar.start_of(datetime.date(year, 1, 1)), calendar.end_of(datetime.date(year, 12, 31))
    signed = Contract.objects.filter(signed_at__gte=begins, signed_at__lt=min(ends, now))
    kept = signed.exclude(terminated_at__lt=now).select_related("supplier", "buyer")
    whole, by_buyer = Procured(), defaultdict[Organisation, Procured](Procured)
    of_members, of_makers = shares.of_members(kept), shares.of_makers(kept)
    for contract in kept.order_by("pk"):
        for one in (whole, by_buyer[contract.buyer]):
            one.count(contract, of_members.get(contract.pk, ()), made_by=of_makers.get(contract.pk, ""))
    firms = firms_by_buyer(kept)
    for buyer, one in by_buyer.items():
        one.firms = firms.get(buyer.pk, set())
        whole.firms |= one.firms
    for item in _planned(year, now=now):
        share = _set_aside(item)
        for one in (whole, by_buyer[item.appropriation.buyer]):
            one.planned += item.amount
            one.set_aside += share
    return whole, dict(sorted(by_buyer.items(), key=lambda pair: pair[0].name))


def _planned(year: int, *, now: datetime.datetime) -> Iterable[PlanItem]:
    """The approved plans of the year's budget."""
    approved = PlanItem.objects.filter(appropriation__fiscal_year=year, approved_at__lt=now)
    return approved.exclude(cancelled_at__lt=now).select_related("appropriation__buyer").order_by("pk")


def _set_aside(item: PlanItem) -> Decimal:
    """So much of a plan may go to small and medium firms alone."""
    if item.set_aside == SetAside.WHOLE:
        return item.amount
    return (
        item.amount * item.set_aside_share if item.set_aside != SetAside.NONE and item.set_aside_share else Decimal(0)
    )
