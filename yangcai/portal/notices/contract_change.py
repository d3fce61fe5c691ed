"""合同变更公告: which clause changed, to what, why (财办库〔2023〕243号)."""

from typing import Any

from yangcai.contracts.models import Amendment, Contract
from yangcai.portal.notices.base import (
    CONTACTS,
    MOMENT,
    MONEY,
    PROJECT,
    Field,
    NoticeType,
    Section,
    contacts,
    notice_type,
    project,
)


def amendment_of(home: Any) -> Amendment:
    """The home of the notice is the amendment itself or its contract."""
    if isinstance(home, Contract):
        return home.amendments.order_by("-number")[0]
    amendment: Amendment = home
    return amendment


def facts(home: Any, **_context: Any) -> dict[str, Any]:
    amendment = amendment_of(home)
    contract = amendment.contract
    return {
        **project(contract.case),
        "contract_number": contract.number,
        "contract_title": contract.title,
        "clause": amendment.clause,
        "content": amendment.content,
        "reason": amendment.reason,
        "amount_change": amendment.amount_change,
        "signed_at": amendment.signed_at,
        **contacts(contract.case),
    }


notice_type(
    NoticeType(
        "contract_change",
        "合同变更公告",
        "contract change notice",
        (
            Section(
                "原合同",
                "The contract",
                (
                    Field("contract_number", "合同编号", "Contract number"),
                    Field("contract_title", "合同名称", "Contract"),
                    *PROJECT,
                ),
            ),
            Section(
                "变更内容",
                "What changes",
                (
                    Field("clause", "变更条款", "Clause", rule="contract.amendment_publish"),
                    Field("content", "变更后内容", "New text", rule="contract.amendment_publish"),
                    Field("reason", "变更理由", "Reason", rule="contract.amendment_ground"),
                    Field("amount_change", "金额变化", "Change of amount", MONEY),
                    Field("signed_at", "变更日期", "Date", MOMENT),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda home: f"{amendment_of(home).contract.case.title}合同变更公告",
    )
)
