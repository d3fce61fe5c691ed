"""What of a prequalification stands on its page: its file, its conditions, who applied and what became of it?"""

from django.utils.translation import gettext_lazy as _

from yangcai.tendering.models import (
    ApplicationFinding,
    Prequalification,
    PrequalificationApplication,
    PrequalificationClause,
    PrequalificationCorrection,
    StatusChange,
)
from yangcai.www.work.shown.documents import ENQUIRIES
from yangcai.www.work.shown.kind import Kind

PREQUALIFICATIONS: tuple[Kind, ...] = (
    Kind(
        Prequalification,
        _("资格预审"),
        (
            "case__number",
            "round",
            "title",
            "case__buyer",
            "case__agent",
            "requirement",
            "accepts_consortium",
            "standard",
            "materials",
            "credit_check",
            "draws",
            "revision",
            "confirmed_at",
            "opens_at",
            "supply_closes_at",
            "closes_at",
            "place",
            "examined_on",
            "concluded_at",
        ),
    ),
)

#: What stands under a prequalification.
OF_PREQUALIFICATION: tuple[Kind, ...] = (
    Kind(PrequalificationClause, _("资格要求"), ("number", "text", "lot", "is_statutory"), ("number",)),
    Kind(
        PrequalificationCorrection,
        _("资格预审更正"),
        ("number", "item", "before", "after", "affects_applications", "new_closes_at", "at"),
        ("number",),
    ),
    Kind(
        PrequalificationApplication,
        _("资格预审申请"),
        ("supplier", "statement", "receipt", "submitted_at", "withdrawn_at", "is_qualified", "reason", "told_at"),
        ("submitted_at", "pk"),
    ),
    Kind(
        ApplicationFinding,
        _("资格预审结论"),
        ("application__supplier", "clause__text", "passed", "reason", "page"),
        ("application", "clause__number"),
    ),
    Kind(
        StatusChange,
        _("资格变化"),
        ("application__supplier", "content", "reported_at", "still_qualified", "opinion", "decided_at"),
    ),
    ENQUIRIES,
)
