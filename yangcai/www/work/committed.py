"""Which of the bidders whose qualification is checked has made the commitment that stands for papers?"""

from typing import Any

from django.utils.translation import gettext as _

from yangcai.cases.models import Lot
from yangcai.credit.commitments import in_force_at
from yangcai.credit.models import Commitment
from yangcai.tendering import standing
from yangcai.www import formats
from yangcai.www.work.tables import Cell, Column, Line, Table

#: Where qualification is checked.
CHECKS = frozenset({"qualification.record", "qualification.conclude"})


def table(code: str, subject: Any) -> Table | None:
    """Each opened bid with the commitment that stood when it came in; None where nothing is checked."""
    if code not in CHECKS or not isinstance(subject, Lot):
        return None
    bids = standing.opened(subject)
    if not bids:
        return None
    latest = max(bid.bid.received_at for bid in bids)
    made: dict[int, list[Commitment]] = {}
    for one in in_force_at([bid.supplier_id for bid in bids], at=latest):
        made.setdefault(one.organisation_id, []).append(one)
    lines = []
    for bid in bids:
        stood = [one for one in made.get(bid.supplier_id, ()) if one.signed_at <= bid.bid.received_at]
        cells = [Cell(bid.supplier.name, is_data=True)]
        if stood:
            cells += [
                Cell(_("有")),
                Cell(formats.moment(stood[-1].signed_at)),
                Cell(stood[-1].representative, is_data=True),
                Cell(formats.fingerprint(stood[-1].digest[:16])),
            ]
        else:
            cells += [Cell(_("没有")), Cell(""), Cell(""), Cell("")]
        lines.append(Line(cells))
    labels = (_("投标人"), _("信用承诺"), _("签署时间"), _("法定代表人或者负责人"), _("摘要"))
    return Table(_("信用承诺"), [Column(formats.titled(label)) for label in labels], lines)
