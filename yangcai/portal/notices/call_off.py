"""框架协议成交结果公告: what was called off, by whom, from whom, at which price (财政部令第110号 art. 35).

The law wants one for each second competition and each turn; a direct choice is published just the same.
"""

from typing import Any

from yangcai.cases.models import Award
from yangcai.frameworks.models import CallOff
from yangcai.kernel import money
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

CONTENT = "framework.call_off_notice"


def facts(home: Any, **_context: Any) -> dict[str, Any]:
    case = home.root
    call_off = CallOff.objects.select_related("lot", "framework__lot__case").get(lot__case=case)
    award = Award.objects.select_related("supplier").get(lot=call_off.lot, refused_at__isnull=True)
    return {
        **project(case),
        "framework": f"{call_off.framework.lot.case.number} {call_off.framework.lot.title}",
        "way": str(call_off.get_way_display()),
        "supplier": award.supplier.name,
        "supplier_uscc": award.supplier.uscc,
        "amount": award.amount,
        "items": [
            {
                "item": call_off.lot.title,
                "specification": call_off.need,
                "quantity": f"{call_off.quantity.normalize():f} {call_off.framework.unit}",
                "unit_price": money.cents(award.amount / call_off.quantity),
            }
        ],
        **contacts(case),
    }


notice_type(
    NoticeType(
        "call_off",
        "框架协议成交结果公告",
        "call-off notice",
        (
            Section(
                "项目基本情况",
                "The project",
                (
                    *PROJECT,
                    Field("framework", "框架协议", "Framework agreement", rule="framework.second_stage"),
                    Field("way", "成交方式", "Way of award", rule="framework.second_stage"),
                ),
            ),
            Section(
                "成交信息",
                "Award",
                (
                    Field("supplier", "成交供应商", "Supplier", rule=CONTENT),
                    Field("supplier_uscc", "统一社会信用代码", "Credit code", optional=True),
                    Field("amount", "成交金额", "Amount", MONEY, rule=CONTENT),
                    Field(
                        "items",
                        "主要标的",
                        "Items",
                        TABLE,
                        rule="framework.fixed_price",
                        columns=(
                            Field("item", "名称", "Item"),
                            Field("specification", "规格型号或服务要求", "Specification"),
                            Field("quantity", "数量", "Quantity"),
                            Field("unit_price", "单价", "Unit price", MONEY),
                        ),
                    ),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda home: f"{home.root.title}{method.of(home.root).result[0]}",
        named="result",
    )
)
