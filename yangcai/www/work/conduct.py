"""How do conduct records and fees look: on the page of a case by seat, on the page of an expert by case?"""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from yangcai.tendering.models import ConductGrade, ConductRecord, ConductSide, ExpertFee
from yangcai.www import formats
from yangcai.www.work.tables import Cell, Column, Line, Table

#: Which seat or which case a row is about.
About = Callable[[Any], Cell]


def conduct(records: Iterable[ConductRecord], *, about: About, heading: str) -> Table | None:
    """Who wrote what of whom, and whether in time."""
    lines = [
        Line(
            [
                about(one.member),
                Cell(one.get_side_display()),
                Cell(one.organisation.name, is_data=True),
                Cell(one.get_grade_display()),
                Cell(one.text, is_data=True),
                Cell(_written(one)),
                _stated(one),
            ]
        )
        for one in records
    ]
    labels = [heading, _("记录对象"), _("记录单位"), _("履职评价"), _("情况记录"), _("记录时间"), _("专家说明")]
    return Table(_("履职情况记录"), [Column(label) for label in labels], lines) if lines else None


def _stated(one: ConductRecord) -> Cell:
    """What the expert says of a record about itself; of a poor one also that it has not said anything yet."""
    if one.stated_at is not None:
        return Cell(one.statement, is_data=True)
    waits = one.side == ConductSide.EXPERT and one.grade == ConductGrade.POOR
    return Cell(_("专家尚未说明") if waits else "")


def _written(one: ConductRecord) -> str:
    at = formats.moment(one.recorded_at)
    late = one.due_at is not None and one.recorded_at >= one.due_at
    return _("%(at)s（逾期，应于 %(due)s 前）") % {"at": at, "due": formats.deadline(one.due_at)} if late else at


def fees(paid: Iterable[ExpertFee], *, about: About, heading: str) -> Table | None:
    lines = [
        Line(
            [
                about(one.member),
                Cell(one.payer.name, is_data=True),
                Cell(formats.amount(one.amount), is_number=True),
                Cell(formats.amount(one.travel), is_number=True),
                Cell(one.standard, is_data=True),
                Cell(formats.moment(one.recorded_at)),
            ]
        )
        for one in paid
    ]
    columns = [
        Column(heading),
        Column(_("支付单位")),
        Column(_("金额（元）"), is_number=True),
        Column(_("差旅费（元）"), is_number=True),
        Column(_("支付标准")),
        Column(_("登记时间")),
    ]
    return Table(_("评审劳务报酬"), columns, lines) if lines else None
