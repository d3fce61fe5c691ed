"""逾期未支付中小企业款项公示: how many contracts, how much, of which year (保障中小企业款项支付条例 art. 18)."""

from typing import Any

from yangcai.contracts.models import OverdueDisclosure
from yangcai.portal.notices.base import MONEY, Field, NoticeType, Section, notice_type

RULE = "payment.overdue_disclosure"


def facts(disclosure: OverdueDisclosure, **_context: Any) -> dict[str, Any]:
    return {
        "buyer": disclosure.buyer.name,
        "year": str(disclosure.year),
        "contracts": str(disclosure.contracts),
        "amount": disclosure.amount,
    }


notice_type(
    NoticeType(
        "overdue_payments",
        "逾期未支付中小企业款项公示",
        "notice of overdue payments",
        (
            Section(
                "逾期尚未支付中小企业款项",
                "Overdue payments to small and medium enterprises",
                (
                    Field("buyer", "采购单位", "Buyer"),
                    Field("year", "年度", "Year", rule=RULE),
                    Field("contracts", "合同数量", "Number of contracts", rule=RULE),
                    Field("amount", "金额", "Amount", MONEY, rule=RULE),
                ),
            ),
        ),
        facts,
        lambda disclosure: f"{disclosure.buyer}{disclosure.year}年度逾期未支付中小企业款项公示",
    )
)
