"""成交结果汇总公告: what was called off under an agreement in its term, per supplier (财政部令第110号 art. 35)."""

from decimal import Decimal
from typing import Any

from yangcai.cases.models import Award
from yangcai.frameworks.models import Framework
from yangcai.portal.notices.base import (
    CONTACTS,
    DAY,
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


def facts(framework: Framework, **_context: Any) -> dict[str, Any]:
    case = framework.lot.case
    awards = Award.objects.filter(lot__call_off__framework=framework, refused_at__isnull=True)
    totals: dict[str, list[Decimal]] = {one.supplier.name: [] for one in framework.entrants.select_related("supplier")}
    for award in awards.select_related("supplier", "lot__call_off__dealer__entrant__supplier").order_by("pk"):
        dealer = award.lot.call_off.dealer  # what a dealer took counts for its entrant
        name = dealer.entrant.supplier.name if dealer else award.supplier.name
        totals.setdefault(name, []).append(award.amount)  # also outside the entrants, where art. 37 let it
    return {
        **project(case),
        "lot": f"{framework.lot.number} {framework.lot.title}",
        "begins_on": framework.begins_on,
        "ends_on": framework.ends_on,
        "totals": [
            {"supplier": name, "count": str(len(sums)), "amount": sum(sums, Decimal(0))}
            for name, sums in totals.items()
        ],
        "amount": sum((sum(sums, Decimal(0)) for sums in totals.values()), Decimal(0)),
        **contacts(case),
    }


notice_type(
    NoticeType(
        "framework_summary",
        "框架协议成交结果汇总公告",
        "summary of what was called off",
        (
            Section(
                "项目基本情况",
                "The project",
                (
                    *PROJECT,
                    Field("lot", "采购包", "Lot"),
                    Field("begins_on", "生效日期", "From", DAY),
                    Field("ends_on", "期满日期", "Until", DAY),
                ),
            ),
            Section(
                "成交汇总",
                "What was called off",
                (
                    Field("amount", "成交总金额", "In all", MONEY),
                    Field(
                        "totals",
                        "各供应商成交情况",
                        "Per supplier",
                        TABLE,
                        rule="framework.summary",
                        columns=(
                            Field("supplier", "供应商", "Supplier"),
                            Field("count", "成交笔数", "Contracts"),
                            Field("amount", "成交金额", "Amount", MONEY),
                        ),
                    ),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda framework: f"{framework.lot.case.title}（{framework.lot.number} 包）成交结果汇总公告",
    )
)
