"""What did bidders object to at the opening, that whoever concludes it has to settle first?"""

from typing import Any

from django.utils.translation import gettext as _

from yangcai.cases.models import Case
from yangcai.tendering.models import OpenedBid
from yangcai.www import formats
from yangcai.www.work.tables import Cell, Column, Line, Table

#: By what an opening is concluded: 采购人、采购代理机构对投标人代表提出的询问或者回避申请应当及时处理 (87号令 art. 42).
CONCLUDES = "opening.conclude"


def table(code: str, subject: Any) -> Table | None:
    """Each objection in the bidder's own words; None where there is none, or nothing is concluded."""
    if code != CONCLUDES or not isinstance(subject, Case):
        return None
    raised = OpenedBid.objects.filter(lot__case=subject).exclude(record_objection="")
    lines = [
        Line([Cell(one.lot.number), Cell(one.supplier.name, is_data=True), Cell(one.record_objection, is_data=True)])
        for one in raised.select_related("lot", "supplier").order_by("lot__number", "pk")
    ]
    columns = [Column(formats.titled(label)) for label in (_("包号"), _("投标人"), _("异议"))]
    return Table(_("须先处理的异议"), columns, lines) if lines else None
