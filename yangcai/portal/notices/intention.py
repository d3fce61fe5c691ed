"""采购意向公告: what a buyer means to buy, early (财库〔2020〕10号)."""

from typing import Any

from yangcai.planning.models import Intention
from yangcai.portal.notices.base import DAY, FLAG, MONEY, Field, NoticeType, Section, notice_type


def facts(intention: Intention, **_context: Any) -> dict[str, Any]:
    return {
        "title": intention.title,
        "overview": intention.overview,
        "amount": intention.amount,
        "expected_on": intention.expected_on,
        "for_sme": intention.for_sme,
        "remarks": intention.remarks,
        "buyer": intention.appropriation.buyer.name,
    }


notice_type(
    NoticeType(
        "intention",
        "采购意向公告",
        "intention notice",
        (
            Section(
                "采购意向",
                "Intention",
                (
                    Field("buyer", "采购单位", "Buyer"),
                    Field("title", "采购项目名称", "Project", rule="intention.content"),
                    Field("overview", "采购需求概况", "Overview of needs", rule="intention.content"),
                    Field("amount", "预算金额", "Budget", MONEY, rule="intention.content"),
                    Field("expected_on", "预计采购时间", "Expected date", DAY, rule="intention.content"),
                    Field("for_sme", "是否专门面向中小企业", "Reserved for SMEs", FLAG),
                    Field("remarks", "备注", "Remarks", optional=True),
                ),
            ),
        ),
        facts,
        lambda i: f"{i.appropriation.buyer}{i.title}采购意向公告",
    )
)
