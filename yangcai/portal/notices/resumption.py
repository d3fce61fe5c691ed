"""恢复公告: a suspended purchase goes on, with the new closing time."""

from typing import Any

from yangcai.cases.periods import closing_at
from yangcai.portal.notices.base import (
    CONTACTS,
    MOMENT,
    PROJECT,
    Field,
    NoticeType,
    Section,
    contacts,
    latest,
    notice_type,
    project,
)
from yangcai.portal.notices.suspension import suspension_of


def facts(home: Any, **_context: Any) -> dict[str, Any]:
    suspension = suspension_of(home)
    return {
        **project(suspension.case),
        "suspended_at": suspension.suspended_at,
        "resumed_at": suspension.resumed_at,
        "submission_closes_at": closing_at(suspension.case),
        **contacts(suspension.case),
    }


notice_type(
    NoticeType(
        "resumption",
        "恢复采购活动公告",
        "resumption notice",
        (
            Section("项目基本情况", "The project", PROJECT),
            Section(
                "恢复",
                "Resumption",
                (
                    Field("suspended_at", "暂停时间", "Suspended", MOMENT),
                    Field("resumed_at", "恢复时间", "Resumed", MOMENT, rule="supervision.suspend"),
                    Field("submission_closes_at", "投标截止和开标时间", "Closing and opening", MOMENT, optional=True),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda home: f"{home.root.title}恢复采购活动公告",
        lambda home: latest(home.root.ref, "suspension"),
    )
)
