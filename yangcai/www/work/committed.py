"""Which of those whose qualification is checked has made the commitment that stands for papers? Bidders, applicants."""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from yangcai.cases.models import Lot
from yangcai.credit.commitments import in_force_at
from yangcai.credit.models import Commitment
from yangcai.tendering import blind, standing
from yangcai.tendering.models import Prequalification
from yangcai.tendering.queries.prequalification import visible_applications
from yangcai.www import formats
from yangcai.www.work.tables import Cell, Column, Line, Table

#: Where qualification is checked.
CHECKS = frozenset({"qualification.record", "qualification.conclude"})
PREQUALIFIES = frozenset({"prequalification.record", "prequalification.conclude"})
#: Supplier and its name, and when it handed in what is checked.
Entered = tuple[int, str, datetime.datetime]


def table(code: str, subject: Any, *, by: Any, now: datetime.datetime) -> Table | None:
    """Each opened bid, or each application that may be read, with the commitment that stood when it came in; None where
    nothing is checked. Whoever judges blindly learns that there is one: who signed it, and when, would tell whose."""
    entered = _entered(code, subject, by=by, now=now)
    if not entered:
        return None
    latest = max(at for _pk, _name, at in entered)
    made: dict[int, list[Commitment]] = {}
    for one in in_force_at([pk for pk, _name, _at in entered], at=latest):
        made.setdefault(one.organisation_id, []).append(one)
    lines, blindly = [], isinstance(subject, Lot) and blind.is_blind_for(subject, by)
    for pk, name, at in entered:
        stood = [one for one in made.get(pk, ()) if one.signed_at <= at]
        cells = [Cell(name, is_data=True)]
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
    who = _("投标人") if code in CHECKS else _("申请人")
    labels = [who, _("信用承诺"), _("签署时间"), _("法定代表人或者负责人"), _("摘要")]
    if blindly:
        labels, lines = labels[:2], [Line(line.cells[:2]) for line in lines]
    return Table(_("信用承诺"), [Column(formats.titled(label)) for label in labels], lines)


def _entered(code: str, subject: Any, *, by: Any, now: datetime.datetime) -> list[Entered]:
    if code in CHECKS and isinstance(subject, Lot):
        bids = blind.in_order(standing.opened(subject), by)
        return [(one.supplier_id, blind.name_for(one, by), one.bid.received_at) for one in bids]
    if code in PREQUALIFIES and isinstance(subject, Prequalification):
        # Who has applied is secret until the applications are examined.
        seen = visible_applications(by, now).filter(prequalification=subject, withdrawn_at__isnull=True)
        return [(one.supplier_id, one.supplier.name, one.submitted_at) for one in seen.select_related("supplier")]
    return []
