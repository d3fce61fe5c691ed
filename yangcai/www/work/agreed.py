"""To what does a supplier say yes or no that was named as a member of a consortium? Who takes part, with what."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.numbers import percent
from yangcai.tendering.models import Consortium, ConsortiumMember
from yangcai.www import formats
from yangcai.www.work.tables import Cell, Column, Line, Table


def table(subject: Any) -> Table | None:
    """The whole agreement, the leader first; None for any other row."""
    if isinstance(subject, ConsortiumMember):
        consortium = subject.consortium
    elif isinstance(subject, Consortium):
        consortium = subject
    else:
        return None
    lines = [_line(consortium.leader.name, _("联合体牵头人"), consortium.leader_share, consortium.work, "")]
    for one in consortium.members.select_related("organisation"):
        lines.append(_line(one.organisation.name, _("联合体成员"), percent(one.share), one.work, one.answer))
    labels = [_("供应商"), _("身份"), _("合同份额"), _("承担的工作"), _("答复")]
    columns = [Column(formats.titled(label), is_number=number == 2) for number, label in enumerate(labels)]
    return Table(_("联合协议"), columns, lines)


def _line(name: str, role: str, share: str, work: str, answer: str) -> Line:
    return Line(
        [
            Cell(name, is_data=True),
            Cell(formats.titled(role)),
            Cell(share, is_number=True),
            Cell(work, is_data=True),
            Cell(formats.titled(answer) if answer else ""),
        ]
    )


def declines_at(code: str, subject: Any, *, by: Any, now: Any) -> str:
    """Where whoever is asked to confirm says no instead; empty elsewhere."""
    if code != "consortium.confirm" or can(ACTIONS["consortium.decline"], subject, by=by, now=now):
        return ""
    return reverse("work_do", args=[subject._meta.model_name, subject.pk, "consortium.decline"])
