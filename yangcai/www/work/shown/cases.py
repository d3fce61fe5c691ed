"""What of a case itself stands on a page, and what beside its course?"""

from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Suspension
from yangcai.tendering.models import AgentConductRecord
from yangcai.www.work.shown.kind import Kind

CASES: tuple[Kind, ...] = (
    Kind(
        Case,
        _("采购项目"),
        (
            "number",
            "title",
            "buyer",
            "agent",
            "procedure",
            "category",
            "classification",
            "budget",
            "ceiling",
            "set_aside",
            "law_as_of",
            "published_at",
            "ended_at",
            "end_kind",
            "end_reason",
        ),
    ),
)

#: What stands last on the page of a case.
ASIDE: tuple[Kind, ...] = (
    Kind(
        AgentConductRecord,
        _("代理机构履职情况记录"),
        ("agent", "grade", "text", "recorded_at", "due_at"),
        after_opening=True,
    ),
    Kind(Suspension, _("暂停"), ("reason", "authority", "suspended_at", "until_on", "resumed_at")),
)
