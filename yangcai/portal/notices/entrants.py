"""入围结果公告: who entered, in which order, at which price, and how many were eliminated (财政部令第110号 art. 28)."""

import datetime
from decimal import Decimal
from typing import Any

from yangcai import law
from yangcai.cases.models import Candidate, Lot
from yangcai.frameworks.models import Entrant
from yangcai.frameworks.rules.entry import agreement_of, eligible
from yangcai.portal.notices.award import committee
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
from yangcai.tendering.models import Solicitation

CONTENT = "framework.result_content"
ENTRANTS = Field(
    "entrants",
    "入围供应商",
    "Entrants",
    TABLE,
    rule=CONTENT,
    columns=(
        Field("rank", "排序", "Rank"),
        Field("supplier", "供应商", "Supplier"),
        Field("product", "入围产品或者服务", "Product or service"),
        Field("unit_price", "协议单价", "Agreement price", MONEY),
    ),
)


def rows(entrants: Any) -> list[dict[str, Any]]:
    """The table of entrants as it is frozen."""
    return [
        {
            "rank": str(one.rank),
            "supplier": one.supplier.name,
            "product": one.product or one.framework.lot.title,
            "unit_price": one.unit_price,
        }
        for one in entrants
    ]


def _scores(lot: Lot, entered: list[Entrant]) -> list[Decimal]:
    """What those who entered were scored, where quality came first."""
    names = [one.supplier_id for one in entered]
    found = Candidate.objects.filter(lot=lot, supplier__in=names, superseded_at__isnull=True, score__isnull=False)
    return list(found.values_list("score", flat=True))


def facts(lot: Lot, *, now: datetime.datetime, **_context: Any) -> dict[str, Any]:
    case, agreement = lot.case, agreement_of(lot)
    assert agreement is not None  # it has just been entered
    entered = list(agreement.entrants.filter(entered_at=now).select_related("supplier", "framework__lot"))
    days = law.value("notice.award.period", on=case.law_as_of, jurisdiction=case.jurisdiction)
    qualified = len(eligible(lot, now=now))
    return {
        **project(case),
        "lot": f"{lot.number} {lot.title}",
        "entrants": rows(entered),
        "highest": max(one.unit_price for one in entered),
        "lowest_score": min(scores) if (scores := _scores(lot, entered)) else "",
        "unit": agreement.unit,
        "elimination": f"响应并合格 {qualified} 家，入围 {len(entered)} 家，淘汰 {qualified - len(entered)} 家",
        "committee": committee(case, now=now),
        "agent_fee": Solicitation.objects.get(case=case).agent_fee,
        "period": f"自公告发布之日起 {days} 个工作日",
        **contacts(case),
    }


notice_type(
    NoticeType(
        "entrants",
        "框架协议入围结果公告",
        "entrants of a framework agreement",
        (
            Section("项目基本情况", "The project", (*PROJECT, Field("lot", "采购包", "Lot"))),
            Section(
                "入围信息",
                "Entry",
                (
                    ENTRANTS,
                    Field("highest", "最高入围价格", "Highest entry price", MONEY, rule=CONTENT),
                    Field("lowest_score", "最低入围分值", "Lowest entry score", rule=CONTENT, optional=True),
                    Field("unit", "计量单位", "Unit"),
                    Field("elimination", "淘汰情况", "Elimination", rule="framework.eliminate"),
                ),
            ),
            Section("评审小组", "Committee", (Field("committee", "评审小组成员", "Members", rule=CONTENT),)),
            Section("代理服务收费", "Agent's fee", (Field("agent_fee", "收费标准及金额", "Fee", optional=True),)),
            Section("公告期限", "Notice period", (Field("period", "公告期限", "Period"),)),
            CONTACTS,
        ),
        facts,
        lambda lot: f"{lot.case.title}（{lot.number} 包）{method.of(lot.case).result[0]}",
    )
)


def entry_facts(home: Any, *, value: Entrant, **_context: Any) -> dict[str, Any]:
    entrant = Entrant.objects.select_related("supplier", "framework__lot__case").get(pk=value.pk)
    case = entrant.root
    return {
        **project(case),
        "lot": f"{entrant.framework.lot.number} {entrant.framework.lot.title}",
        "entrants": rows([entrant]),
        "agreement": "本公告视为签订框架协议",
        **contacts(case),
    }


notice_type(
    NoticeType(
        "entry",
        "开放式框架协议入围公告",
        "entry into an open framework agreement",
        (
            Section("项目基本情况", "The project", (*PROJECT, Field("lot", "采购包", "Lot"))),
            Section(
                "入围信息",
                "Entry",
                (ENTRANTS, Field("agreement", "框架协议", "Agreement", rule="framework.entry_notice")),
            ),
            CONTACTS,
        ),
        entry_facts,
        lambda home: f"{home.root.title}（{home.framework.lot.number} 包）{home.supplier.name}入围公告",
        when=lambda home: home.is_admitted is True,
    )
)
