"""暗标评审: who judges a bid without knowing whose it is, under what name does it stand before them, and until when?

The document says so (`Solicitation.blind`). From the opening until the result of the lot is computed no page that a
member judges by names a bidder: bids stand under letters, in an order that tells nothing, and their papers under
numbers. Prices are no part of it: they were read out, and are counted by the system; where
they lie in covers of their own, nobody can tell a letter by its price either.
"""

import copy
import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from yangcai.cases.models import Case, Lot
from yangcai.kernel.reading import remembered
from yangcai.parties.models import Organisation
from yangcai.parties.roles import Role
from yangcai.tendering import arithmetic, standing
from yangcai.tendering.models import OpenedBid
from yangcai.tendering.solicitations import solicitation

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_blind_for(lot: Lot, by: Any) -> bool:
    """Whether this post may not know yet whose bids it judges."""
    if by is None or by.role != Role.EXPERT:
        return False
    file = solicitation(lot.case)
    return bool(file is not None and file.blind and arithmetic.latest_report(lot) is None)


def case_is_blind_for(case: Case, by: Any) -> bool:
    """Whether any of its lots is."""
    return by.role == Role.EXPERT and any(is_blind_for(lot, by) for lot in case.lots.all())


def name_for(bid: OpenedBid, by: Any) -> str:
    """What a bid is called before this reader."""
    return alias(bid) if is_blind_for(bid.lot, by) else bid.supplier.name


def masked(row: Any, by: Any) -> Any:
    """The row as this reader may see it: a bid judged blindly bears its letter. For showing, never for saving."""
    if not isinstance(row, OpenedBid) or not is_blind_for(row.lot, by):
        return row
    shown = copy.copy(row)
    shown.supplier = Organisation(pk=row.supplier_id, name=alias(row))
    return shown


def alias(bid: OpenedBid) -> str:
    """A letter that is the same for every member, and stands in no relation to the order of receipt."""
    return _("投标人 %(letter)s") % {"letter": letter(_order(bid.lot).index(bid.pk))}


def letter(place: int) -> str:
    """A … Z, AA …"""
    said = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, len(LETTERS))
        said = LETTERS[rest] + said
    return said


@remembered
def _order(lot: Lot) -> list[int]:
    """The bids of a lot as a secret of this platform orders them."""

    def mark(pk: int) -> bytes:
        said = f"tendering.blind:{lot.pk}:{pk}".encode()
        return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).digest()

    return sorted((bid.pk for bid in standing.opened(lot)), key=mark)


def in_order(bids: list[OpenedBid], by: Any) -> list[OpenedBid]:
    """As they stand on a desk: of a blind lot by their letters, else in the order in which they came in."""
    if not bids or not is_blind_for(bids[0].lot, by):
        return bids
    places = {pk: place for place, pk in enumerate(_order(bids[0].lot))}
    return sorted(bids, key=lambda bid: places[bid.pk])
