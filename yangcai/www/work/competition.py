"""Who asks how much in a second competition, and whose price counts? Before whoever concludes it publishes a winner."""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from yangcai.cases.models import Lot
from yangcai.frameworks.models import CallOff
from yangcai.frameworks.rules.call_off import lawful, own_limit
from yangcai.kernel.actions import SCOPES
from yangcai.parties.models import Post
from yangcai.tendering.models import OpenedBid
from yangcai.www import formats
from yangcai.www.work.tables import Cell, Column, Line, Table

#: The Action that ends one.
CONCLUDES = "call_off.conclude"


def table(code: str, subject: Any, *, post: Post, now: datetime.datetime) -> Table | None:
    """The opened prices (yuan) that this post sees, the one that wins first, those that do not count last; beside each
    what this supplier's agreement allows at most (110号令 art. 33)."""
    call_off = CallOff.objects.filter(lot=subject).first() if code == CONCLUDES and isinstance(subject, Lot) else None
    if call_off is None:
        return None
    rank = {bid.pk: number for number, (bid, _entrant) in enumerate(lawful(call_off, now=now), start=1)}
    seen = SCOPES[OpenedBid](post, now).filter(lot=subject).select_related("supplier")
    lines = []
    for bid in sorted(seen, key=lambda bid: (rank.get(bid.pk, len(rank) + 1), bid.pk)):
        most = own_limit(subject, bid.supplier)
        place = str(rank[bid.pk]) if bid.pk in rank else _("不计入")
        sums = [Cell(formats.amount(sum_) if sum_ is not None else "—", is_number=True) for sum_ in (bid.price, most)]
        lines.append(Line([Cell(place), Cell(bid.supplier.name, is_data=True), *sums]))
    labels = (_("名次"), _("供应商"), _("报价（元）"), _("本供应商最高报价（元）"))
    columns = [Column(formats.titled(label), is_number=n > 1) for n, label in enumerate(labels)]
    return Table(formats.titled(_("竞价比较")), columns, lines) if lines else None
