"""框架协议成交结果公告: what was called off, by whom, from whom, at which price (财政部令第110号 art. 35).

The law wants one for each second competition and each turn; a direct choice is published just the same.
"""

from typing import Any

from yangcai.cases.actions import chinese
from yangcai.cases.models import Award
from yangcai.frameworks.models import CallOff, OutsideOffer, Way
from yangcai.kernel import money
from yangcai.kernel.numbers import bare
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


def lower_price(offer: OutsideOffer | None) -> str:
    """Why the contract went outside the entrants, or to one of them below its agreement price (art. 37)."""
    if offer is None:
        return ""
    name, agreed = offer.entrant.supplier.name, money.figures(offer.agreed_price)
    prices = f"非入围供应商单价 {money.figures(offer.unit_price)} 元，入围供应商 {name} 协议单价 {agreed} 元"
    if offer.agrees:
        return f"{prices}；入围供应商同意降价，合同授予该入围供应商"
    silent = "期满未答复" if offer.agrees is None else "不同意降价"
    return f"{prices}；入围供应商{silent}，合同授予非入围供应商"


def facts(home: Any, **_context: Any) -> dict[str, Any]:
    case = home.root
    call_off = CallOff.objects.select_related(
        "lot", "framework__lot__case", "consumable", "outside_offer__entrant__supplier", "dealer__entrant__supplier"
    ).get(lot__case=case)
    award = Award.objects.select_related("supplier").get(lot=call_off.lot, refused_at__isnull=True)
    unit = (call_off.consumable or call_off.framework).unit
    return {
        **project(case),
        "framework": f"{call_off.framework.lot.case.number} {call_off.framework.lot.title}",
        "way": chinese(Way(call_off.way).label),
        "lower_price": lower_price(call_off.outside_offer),
        "supplier": award.supplier.name,
        "dealer_of": call_off.dealer.entrant.supplier.name if call_off.dealer else "",
        "supplier_uscc": award.supplier.uscc,
        "amount": award.amount,
        "items": [
            {
                "item": call_off.lot.title,
                "specification": call_off.need,
                "quantity": f"{bare(call_off.quantity)} {unit}",
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
                    Field("lower_price", "更低价格", "Lower price", rule="framework.outside", optional=True),
                ),
            ),
            Section(
                "成交信息",
                "Award",
                (
                    Field("supplier", "成交供应商", "Supplier", rule=CONTENT),
                    Field("dealer_of", "委托其代理的入围供应商", "Dealer of the entrant", optional=True),
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
