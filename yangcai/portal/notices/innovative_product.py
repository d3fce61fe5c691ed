"""创新产品采购结果公告: which product of cooperative research was bought, from whom, how much (财库〔2024〕13号)?"""

from typing import Any

from yangcai.cases.models import Award
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
from yangcai.procedures import grounds
from yangcai.tendering import method

CONTENT = "cooperative_innovation.first_purchase"


def facts(home: Any, **_context: Any) -> dict[str, Any]:
    case = home.root
    award = Award.objects.select_related("supplier", "lot").get(lot__case=case, refused_at__isnull=True)
    research, quantity = case.predecessor, award.lot.quantity
    assert research is not None and quantity is not None  # the Action that publishes this has written both
    return {
        **project(case),
        "research": f"{research.number} {research.title}",
        "ground": grounds.get(case.plan_item.ground).zh,
        "supplier": award.supplier.name,
        "supplier_uscc": award.supplier.uscc,
        "amount": award.amount,
        "items": [
            {
                "item": award.lot.title,
                "quantity": bare(quantity),
                "unit_price": money.cents(award.amount / quantity),
            }
        ],
        **contacts(case),
    }


notice_type(
    NoticeType(
        "innovative_product",
        "创新产品采购结果公告",
        "notice of the purchase of an innovative product",
        (
            Section(
                "项目基本情况",
                "The project",
                (
                    *PROJECT,
                    Field("research", "所依据的合作创新采购项目", "The research it came of", rule=CONTENT),
                    Field("ground", "采用情形", "Ground", rule="method.innovative_product"),
                ),
            ),
            Section(
                "创新产品",
                "The product",
                (
                    Field("supplier", "供应商", "Supplier", rule=CONTENT),
                    Field("supplier_uscc", "统一社会信用代码", "Credit code", optional=True),
                    Field("amount", "采购金额", "Amount", MONEY, rule=CONTENT),
                    Field(
                        "items",
                        "主要标的",
                        "Items",
                        TABLE,
                        rule=CONTENT,
                        columns=(
                            Field("item", "名称", "Item"),
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
