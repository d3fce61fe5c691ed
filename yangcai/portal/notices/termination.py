"""终止公告: an announced purchase is given up, and why (87号令 art. 29)."""

from typing import Any

from yangcai.cases.models import Case
from yangcai.cases.queries import is_announced
from yangcai.portal.notices.base import (
    CONTACTS,
    PROJECT,
    Field,
    NoticeType,
    Section,
    contacts,
    notice_type,
    project,
)


def facts(case: Case, **_context: Any) -> dict[str, Any]:
    return {**project(case), "reason": case.end_reason, **contacts(case)}


notice_type(
    NoticeType(
        "termination",
        "终止公告",
        "termination notice",
        (
            Section("项目基本情况", "The project", PROJECT),
            Section("终止的原因", "Reason", (Field("reason", "原因", "Reason", rule="termination.reason"),)),
            CONTACTS,
        ),
        facts,
        lambda case: f"{case.title}终止公告",
        when=is_announced,  # what was never announced is given up in silence
    )
)
