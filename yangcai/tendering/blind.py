"""暗标评审: who judges a bid without knowing whose it is, under what name does it stand before them, and until when?

The document says so (`Solicitation.blind`). From the opening until the result of the lot is computed no page that a
member judges by names a bidder: bids stand under letters, in an order that tells nothing, and their papers under
numbers. What was read out with the names (prices, delivery) stands beside no letter; only whoever has to ask about a
price sees it, and where prices lie in covers of their own nobody can tell a letter by one either.
"""

import copy
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from yangcai.cases.models import Case, Lot
from yangcai.cases.queries import runs_or_oversees
from yangcai.kernel.reading import remembered
from yangcai.parties.models import Organisation
from yangcai.parties.roles import Role
from yangcai.tendering import arithmetic, standing
from yangcai.tendering.models import OpenedBid
from yangcai.tendering.solicitations import solicitation

T = TypeVar("T")
#: Of a row that stands under a letter these are not shown: they were read out beside the name, or are its signature.
TELLING = frozenset(
    {
        "price",
        "price_in_words",
        "corrected_price",
        "delivery",
        "preference",
        "small_micro_share",
        "is_domestic",
        "domestic_share",
        "has_imports",
        "brand",
        "signed_as",
    }
)
#: Of a bid that is judged blindly so much is everybody's.
OPEN = ("id", "lot_id", "opened_at")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_blind_for(lot: Lot, by: Any) -> bool:
    """Whether this post may not know yet whose bids it judges."""
    if by is None or by.role != Role.EXPERT:
        return False
    file = solicitation(lot.case)
    return bool(file is not None and file.blind and arithmetic.computed(lot) is None)


def is_hidden_from(bid: OpenedBid, by: Any) -> bool:
    """Whether this reader, who may be an expert under another hat, may not learn yet which row is whose bid."""
    file = solicitation(bid.lot.case)
    if file is None or not file.blind or arithmetic.computed(bid.lot) is not None:
        return False
    is_own = by is not None and by.organisation_id == bid.supplier_id and by.role == Role.SUPPLIER
    return not is_own and not runs_or_oversees(bid.lot.case, by)


def case_is_blind_for(case: Case, by: Any) -> bool:
    """Whether any of its lots is."""
    return by.role == Role.EXPERT and any(is_blind_for(lot, by) for lot in case.lots.all())


def name_for(bid: OpenedBid, by: Any) -> str:
    """What a bid is called before this reader."""
    return alias(bid) if is_blind_for(bid.lot, by) else bid.supplier.name


def masked(row: Any, by: Any) -> Any:
    """The row as this reader may see it: a bid judged blindly, and what hangs on it, bears its letter. For showing,
    never for saving."""
    if by is None or by.role != Role.EXPERT:
        return row
    bid = row if isinstance(row, OpenedBid) else getattr(row, "opened_bid", None)
    if not isinstance(bid, OpenedBid) or not is_blind_for(bid.lot, by):
        return row
    lettered = copy.copy(bid)
    lettered.supplier = Organisation(pk=bid.supplier_id, name=alias(bid))
    if row is bid:
        return lettered
    shown = copy.copy(row)
    shown.opened_bid = lettered
    return shown


def columns(row: Any, names: Iterable[str], by: Any) -> list[str]:
    """Which of these columns of the row this reader may see."""
    is_lettered = masked(row, by) is not row
    return [name for name in names if not is_lettered or name not in TELLING]


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


def mixed(bids: Iterable[T], lot: Lot) -> list[T]:
    """In which order the bids of a lot are opened: they came in in this one, which the hall shows with the names. Where
    they are judged blindly their numbers in addresses must not run in it, nor those of their papers."""
    found, file = list(bids), solicitation(lot.case)
    if file is not None and file.blind:
        secrets.SystemRandom().shuffle(found)
    return found
