"""征集公告: what a call for a framework agreement says of price, quantity, users and term (110号令 art. 22, 38).

The call of a closed framework is the invitation to a tender with this table; an open one has a notice of its own.
"""

from typing import Any

from yangcai.cases.models import Case
from yangcai.frameworks.models import Framework
from yangcai.portal.notices.base import (
    CONTACTS,
    MONEY,
    PROJECT,
    TABLE,
    Field,
    NoticeType,
    Section,
    contacts,
    notice_type,
    project,
)
from yangcai.tendering import method
from yangcai.tendering.models import Clause, ClauseKind, Solicitation

CONTENT = "framework.call_content"
WAYS = (("by_direct", "直接选定"), ("by_mini_competition", "二次竞价"), ("by_rotation", "顺序轮候"))


def agreements(*, optional: bool = False) -> Field:
    """The table of terms, lot by lot."""
    return Field(
        "agreements",
        "框架协议条款",
        "Terms of the framework agreement",
        TABLE,
        rule=CONTENT,
        optional=optional,
        columns=(
            Field("lot", "包号", "Lot"),
            Field("ceiling", "最高限制单价", "Highest unit price", MONEY),
            Field("unit", "计量单位", "Unit"),
            Field("quantity", "预估采购数量", "Estimated quantity"),
            Field("users", "适用框架协议的采购人或者服务对象", "Who may use it"),
            Field("months", "有效期（月）", "Term in months"),
            Field("ways", "第二阶段成交方式", "Ways of award"),
        ),
    )


def terms(case: Case) -> list[dict[str, Any]]:
    """The rows of that table; none for any other method."""
    found = Framework.objects.filter(lot__case=case).select_related("lot").order_by("lot__number")
    return [
        {
            "lot": one.lot.number,
            "ceiling": one.lot.ceiling,
            "unit": one.unit,
            "quantity": f"{one.estimated_quantity.normalize():f}",
            "users": one.users,
            "months": str(one.months),
            "ways": "、".join(zh for name, zh in WAYS if getattr(one, name)),
        }
        for one in found
    ]


def facts(case: Case, **_context: Any) -> dict[str, Any]:
    solicitation = Solicitation.objects.get(case=case)
    clauses = Clause.objects.filter(case=case, kind=ClauseKind.QUALIFICATION).order_by("number")
    return {
        **project(case),
        "requirement": solicitation.requirement,
        "qualification": "\n".join(f"{c.number}. {c.text}" for c in clauses),
        "agreements": terms(case),
        "how": "有效期内供应商可以随时登录本平台申请入围，征集人在法定时间内书面答复",
        **contacts(case),
    }


notice_type(
    NoticeType(
        "framework_call",
        "开放式框架协议征集公告",
        "standing call for an open framework agreement",
        (
            Section(
                "项目基本情况",
                "The project",
                (*PROJECT, Field("requirement", "采购需求", "Needs", rule=CONTENT), agreements()),
            ),
            Section(
                "入围条件和申请",
                "Entry",
                (
                    Field("qualification", "资格要求", "Requirements", rule=CONTENT),
                    Field("how", "申请方式", "How to apply", rule="framework.open_call"),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda case: f"{case.title}{method.of(case).notice[0]}",
    )
)
