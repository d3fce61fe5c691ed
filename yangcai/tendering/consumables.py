"""What do the consumables of an offer cost over the agreed years, and is each of them priced (110号令 art. 26)?"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel import money
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.tendering import method
from yangcai.tendering.models import Consumable, ConsumablePrice, OpenedBid

RULE = "framework.consumables"


@remembered
def of_lot(lot: Lot) -> list[Consumable]:
    """What has to be priced with the goods of the lot; nothing, and no question, but in a call for a framework."""
    if method.of(lot.case).spends:
        return []
    return list(Consumable.objects.filter(lot=lot).order_by("number"))


def unlawful(lot: Lot, rows: Iterable[Mapping[str, Any]], *, now: datetime.datetime) -> Iterator[Refusal]:
    """Told at the bid's form before it is sealed: one that is not priced, priced twice, or not asked for."""
    rows, asked = list(rows), [one.item for one in of_lot(lot)]
    given, priced = [row["item"] for row in rows], {row["item"] for row in rows if row.get("unit_price") is not None}
    missing = [item for item in asked if given.count(item) != 1 or item not in priced]
    strange = [item for item in given if item not in asked]
    if missing or strange:
        yield refuse(
            RULE,
            code="consumables_not_priced",
            zh="专用耗材应当逐项各报一个单价；未报或者重复：{missing}；采购文件没有列明：{strange}",
            en="Price each consumable of the document once; missing or twice: {missing}; not asked for: {strange}",
            missing=Written("、".join(missing)) or "-",
            strange=Written("、".join(strange)) or "-",
            **applicable(lot.case, now=now),
        )


def write(opened: OpenedBid, rows: Iterable[Mapping[str, Any]]) -> None:
    """The prices of an envelope, beside the bid that was in it."""
    asked = {one.item: one for one in of_lot(opened.lot)}
    ConsumablePrice.objects.bulk_create(
        ConsumablePrice(opened_bid=opened, consumable=asked[row["item"]], unit_price=Decimal(row["unit_price"]))
        for row in rows
    )


def running_costs(lot: Lot) -> dict[int, Decimal]:
    """Bid id -> yuan that the consumables of one piece come to over the agreed years, at the bid's own prices."""
    return {} if method.of(lot.case).spends else _running_costs(lot.case).get(lot.pk, {})


@remembered
def _running_costs(case: Case) -> dict[int, dict[int, Decimal]]:
    """The same for every lot, by its id: one question for the whole case."""
    found: dict[int, dict[int, Decimal]] = {}
    for row in ConsumablePrice.objects.filter(opened_bid__lot__case=case).select_related("consumable"):
        of_bid = found.setdefault(row.consumable.lot_id, {})
        cost = money.cents(row.unit_price * row.consumable.quantity)
        of_bid[row.opened_bid_id] = of_bid.get(row.opened_bid_id, Decimal(0)) + cost
    return found
