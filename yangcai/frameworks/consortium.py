"""Who stands behind an entrant beside the supplier that leads it, and may all of them still take a contract?"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone

from yangcai.cases.models import Lot
from yangcai.credit.queries import may_take_part
from yangcai.frameworks.models import Entrant, Framework
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation
from yangcai.planning.models import RESERVED, PlanItem
from yangcai.tendering import makers, partners, standing
from yangcai.tendering.models import OpenedBid


def lots_of(framework: Framework) -> list[Lot]:
    """Where one could enter it: its own lot, and those of its top-ups (财政部令第110号 art. 31)."""
    topped_up = framework.top_ups.select_related("lot__case").order_by("pk")
    return [framework.lot, *(one.lot for one in topped_up)]


def bid_of(entrant: Entrant) -> OpenedBid | None:
    """With what offer it entered; None under an open framework, which is entered by a request. Who failed to enter and
    was added by a top-up offered twice: the later one was taken."""
    found = (standing.bid_of(lot, entrant.supplier) for lot in lots_of(entrant.framework))
    offered = [bid for bid in found if bid is not None and bid.opened_at <= entrant.entered_at]
    return max(offered, key=lambda bid: bid.opened_at, default=None)


def behind(entrant: Entrant) -> list[Organisation]:
    """The entrant, and the members of its consortium that are on the platform."""
    bid = bid_of(entrant)
    return [entrant.supplier] if bid is None else standing.behind(bid)


def names_of(entrants: Iterable[Entrant]) -> dict[int, frozenset[str]]:
    """Under what names each (by its number) and its members are counted; asked once for all of them."""
    entrants = list(entrants)
    frameworks = {one.framework_id: one.framework for one in entrants}
    lots = {number: [framework.lot] for number, framework in frameworks.items()}
    for topped_up in Framework.objects.filter(tops_up__in=lots).select_related("lot__case").order_by("pk"):
        assert topped_up.tops_up_id is not None
        lots[topped_up.tops_up_id].append(topped_up.lot)
    bids: dict[tuple[int, int], list[OpenedBid]] = defaultdict(list)
    for number, entered_by in lots.items():
        for bid in (one for lot in entered_by for one in standing.opened(lot.judged_with)):
            bids[number, bid.supplier_id].append(bid)
    found = {
        one.pk: max(
            (bid for bid in bids[one.framework_id, one.supplier_id] if bid.opened_at <= one.entered_at),
            key=lambda bid: bid.opened_at,
            default=None,
        )
        for one in entrants
    }
    return {
        one.pk: frozenset({one.supplier.name}) if (bid := found[one.pk]) is None else standing.names_of(bid)
        for one in entrants
    }


def barred(entrant: Entrant, *, now: datetime.datetime) -> Iterator[Refusal]:
    """Why it may take no contract at that moment: itself, or one of its members, each of which meets the conditions of
    a supplier (政府采购法 art. 22, 24)."""
    for one in behind(entrant):
        yield from may_take_part(one, at=now)


def short_of_set_aside(
    plan_item: PlanItem, entrant: Entrant, *, taker: Organisation | None = None, now: datetime.datetime
) -> list[Refusal]:
    """What the plan sets aside for small and medium enterprises is called off from such alone, or with the share that
    it states, as in any bid (财库〔2020〕46号 art. 4, 8, 12). `taker`: who takes the contract in its place."""
    bid = bid_of(entrant)
    return partners.short_of(
        way=plan_item.set_aside,
        wanted=plan_item.set_aside_share,
        small_only=bool(plan_item.set_aside_small_micro),
        bidder=taker or entrant.supplier,
        partners=partners.of_bid(bid) if bid and taker is None else (),
        goods=makers.counted_of(bid) if bid and plan_item.set_aside in RESERVED else "",
        at=bid.opened_at if bid else now,
        on=_place(plan_item, now=now),
    )


def related(entrants: Iterable[Entrant]) -> frozenset[int]:
    """Those of the entrants (by their numbers) that hold or manage one another, alone or as members of a consortium:
    not in one contract together (条例 art. 18). Asked among those who did offer."""
    entrants = list(entrants)
    who: dict[int, set[int]] = defaultdict(set)
    holds: list[tuple[int, int]] = []
    for entrant in entrants:
        for one in behind(entrant):
            who[one.pk].add(entrant.pk)
            if one.parent_id is not None:
                holds.append((entrant.pk, one.parent_id))
    pairs = ((mine, other) for mine, parent in holds for other in who.get(parent, ()) if other != mine)
    shared = ((mine, other) for same in who.values() if len(same) > 1 for mine in same for other in same)
    return frozenset(pk for pair in (*pairs, *shared) for pk in pair)


def _place(plan_item: PlanItem, *, now: datetime.datetime) -> dict[str, Any]:
    return {"on": timezone.localdate(now), "jurisdiction": plan_item.buyer.jurisdiction}
