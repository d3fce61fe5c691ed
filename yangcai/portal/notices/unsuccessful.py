"""废标公告: which lot failed and why (政府采购法 art. 36)."""

from typing import Any

from yangcai.cases.models import Lot
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
from yangcai.tendering import method


def facts(lot: Lot, **_context: Any) -> dict[str, Any]:
    return {
        **project(lot.case),
        "lot": f"{lot.number} {lot.title}",
        "reason": lot.outcome_reason,
        **contacts(lot.case),
    }


notice_type(
    NoticeType(
        "unsuccessful",
        "废标公告",
        "notice of a failed tender",
        (
            Section("项目基本情况", "The project", (*PROJECT, Field("lot", "采购包", "Lot"))),
            Section("废标理由", "Reason", (Field("reason", "理由", "Reason", rule="notice.unsuccessful"),)),
            CONTACTS,
        ),
        facts,
        lambda lot: f"{lot.case.title}（{lot.number} 包）{method.of(lot.case).failure[0]}",
        named="failure",
    )
)
