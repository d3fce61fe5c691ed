"""退出公告: which entrant left a framework agreement, how and why (财政部令第110号 art. 19, 20)."""

from typing import Any

from yangcai.cases.actions import chinese
from yangcai.frameworks.models import Entrant, Leaving, RemovalGround
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


def facts(entrant: Entrant, *, value: Entrant, **_context: Any) -> dict[str, Any]:
    case, lot = entrant.root, entrant.framework.lot
    ground = f"{chinese(RemovalGround(value.left_ground).label)}：" if value.left_ground else ""
    return {
        **project(case),
        "lot": f"{lot.number} {lot.title}",
        "supplier": entrant.supplier.name,
        "how": chinese(Leaving(value.left_by).label),
        "reason": f"{ground}{value.left_reason}",
        **contacts(case),
    }


notice_type(
    NoticeType(
        "entrant_left",
        "入围供应商退出公告",
        "notice that an entrant left",
        (
            Section("项目基本情况", "The project", (*PROJECT, Field("lot", "采购包", "Lot"))),
            Section(
                "退出信息",
                "Leaving",
                (
                    Field("supplier", "供应商", "Supplier", rule="framework.exit_notice"),
                    Field("how", "退出方式", "How"),
                    Field("reason", "退出或者清退的理由", "Reason", rule="framework.removal"),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda entrant: f"{entrant.root.title}{entrant.supplier.name}退出公告",
    )
)
