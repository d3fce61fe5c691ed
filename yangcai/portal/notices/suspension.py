"""暂停公告: the treasury has stopped a purchase for a time (政府采购法 art. 57)."""

import datetime
from typing import Any

from yangcai.cases.models import Suspension
from yangcai.portal.notices.base import (
    CONTACTS,
    DAY,
    MOMENT,
    PROJECT,
    Field,
    NoticeType,
    Section,
    contacts,
    notice_type,
    project,
)
from yangcai.tendering import prequalified


def suspension_of(home: Any) -> Suspension:
    """The home of the notice is the suspension itself or its case."""
    if isinstance(home, Suspension):
        return home
    return Suspension.objects.filter(case=home.root).latest("pk")


def _applications_close_at(suspension: Suspension) -> datetime.datetime | None:
    """The deadline of applications that the suspension postponed; None where none were running."""
    found = prequalified.announced(suspension.case)
    if found is None or found.closes_at is None or found.closes_at <= suspension.suspended_at:
        return None
    return found.closes_at


def facts(home: Any, **_context: Any) -> dict[str, Any]:
    suspension = suspension_of(home)
    return {
        **project(suspension.case),
        "authority": suspension.authority,
        "reason": suspension.reason,
        "suspended_at": suspension.suspended_at,
        "until_on": suspension.until_on,
        "applications_close_at": _applications_close_at(suspension),
        **contacts(suspension.case),
    }


notice_type(
    NoticeType(
        "suspension",
        "暂停采购活动公告",
        "suspension notice",
        (
            Section("项目基本情况", "The project", PROJECT),
            Section(
                "暂停",
                "Suspension",
                (
                    Field("authority", "决定机关", "Authority", rule="supervision.suspend"),
                    Field("reason", "理由", "Reason", rule="supervision.suspend"),
                    Field("suspended_at", "暂停时间", "Suspended", MOMENT),
                    Field("until_on", "最迟恢复日期", "Until at most", DAY, rule="supervision.suspend"),
                    Field(
                        "applications_close_at",
                        "资格预审申请截止时间顺延至",
                        "Applications for prequalification now close",
                        MOMENT,
                        optional=True,
                    ),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda home: f"{home.root.title}暂停采购活动公告",
    )
)
