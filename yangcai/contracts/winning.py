"""With which bid was a contract won, and what did that bid say?"""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F, QuerySet

from yangcai.contracts.models import Contract

#: Where it lies: in its own lot, in the lot that this one follows, or in the first stage under whose agreement it was
#: called off, at the beginning or by a top-up (财政部令第110号 art. 9, 31).
BIDS = (
    "award__lot__opened_bids",
    "award__lot__follows__opened_bids",
    "award__lot__call_off__framework__lot__opened_bids",
    "award__lot__call_off__framework__top_ups__lot__opened_bids",
)
#: Of these ways to a bid, those that lead over a framework agreement.
OF_AGREEMENTS = frozenset(bid for bid in BIDS if "__framework__" in bid)


def rows_of(
    contracts: QuerySet[Contract], rows: str, fields: Iterable[str], *, supplier: F
) -> Iterator[tuple[int, datetime.datetime, tuple[Any, ...]]]:
    """Contract, when the bid with which `supplier` won it was opened, and these fields of each of these rows of that
    bid: of two, since it failed to enter an agreement and entered it by a top-up, the later one."""
    contracts, asked = contracts.order_by(), []
    for bid in BIDS:
        won: dict[str, Any] = {f"{bid}__supplier": supplier, f"{bid}__opened_at__lte": F("award__determined_at")}
        if bid not in OF_AGREEMENTS:  # there the later offer may have none of them
            won[f"{bid}__{rows}__isnull"] = False
        names = (f"{bid}__{name}" for name in ("opened_at", *(f"{rows}__{field}" for field in fields)))
        asked.append(contracts.filter(**won).values_list("pk", *names))
    found = list(asked[0].union(*asked[1:]))
    last = {pk: at for pk, at, *_values in sorted(found, key=lambda row: row[1])}
    yield from ((pk, at, tuple(values)) for pk, at, *values in found if at == last[pk] and None not in values)
