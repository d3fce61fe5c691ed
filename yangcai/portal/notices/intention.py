"""采购意向公告: what a buyer means to buy, early (财库〔2020〕10号), and that it no longer does."""

from typing import Any

from yangcai.planning.models import Intention
from yangcai.portal.notices.base import DAY, FLAG, MOMENT, MONEY, Field, NoticeType, Section, latest, notice_type

BASIS = "《财政部关于开展政府采购意向公开工作的通知》（财库〔2020〕10号）"
FINAL = "本次公开的采购意向是本单位政府采购工作的初步安排，具体采购项目情况以相关采购公告和采购文件为准"


def facts(intention: Intention, **_context: Any) -> dict[str, Any]:
    return {
        "title": intention.title,
        "overview": intention.overview,
        "amount": intention.amount,
        "expected_on": intention.expected_on,
        "for_sme": intention.for_sme,
        "remarks": intention.remarks,
        "buyer": intention.appropriation.buyer.name,
        "basis": BASIS,
        "final": FINAL,
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
            Section(
                "说明",
                "Explanation",
                (
                    Field("basis", "公开依据", "Basis", rule="intention.lead"),
                    Field("final", "效力", "Effect", rule="intention.content"),
                ),
            ),
        ),
        facts,
        lambda i: f"{i.appropriation.buyer}{i.title}采购意向公告",
    )
)


def withdrawal_facts(intention: Intention, *, data: dict[str, Any], **_context: Any) -> dict[str, Any]:
    announced = latest(intention.ref, "intention")
    return {
        "buyer": intention.appropriation.buyer.name,
        "title": intention.title,
        "amount": intention.amount,
        "withdrawn": announced.number if announced else "",
        "first_published_at": intention.published_at,
        "withdrawn_at": intention.withdrawn_at,
        "reason": data["reason"],
        "final": "原采购意向公告自本公告发布之时起不再有效；仍需采购的，另行公开采购意向",
    }


notice_type(
    NoticeType(
        "intention_withdrawal",
        "采购意向撤回公告",
        "notice that an intention was withdrawn",
        (
            Section(
                "原采购意向",
                "The intention",
                (
                    Field("buyer", "采购单位", "Buyer"),
                    Field("title", "采购项目名称", "Project", rule="intention.content"),
                    Field("amount", "预算金额", "Budget", MONEY),
                    Field("withdrawn", "撤回的公告", "Notice withdrawn", optional=True),
                    Field("first_published_at", "首次公告时间", "First published", MOMENT),
                ),
            ),
            Section(
                "撤回",
                "Withdrawal",
                (
                    Field("withdrawn_at", "撤回时间", "Withdrawn", MOMENT),
                    Field("reason", "撤回理由", "Reason"),
                    Field("final", "效力", "Effect"),
                ),
            ),
        ),
        withdrawal_facts,
        lambda i: f"{i.appropriation.buyer}{i.title}采购意向撤回公告",
        lambda i: latest(i.ref, "intention"),
    )
)
