"""合同变更公告: which clause changed, to what, why (财办库〔2023〕243号)."""

from typing import Any

from yangcai.contracts.models import Amendment, Contract
from yangcai.portal.models import Notice
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


def announced_of(contract: Contract) -> Notice | None:
    """The notice of this contract that stands: of its signing, or of the last change; None once its end was told."""
    return (
        Notice.objects.filter(root=contract.root.ref, kind__in=("contract", "contract_change"))
        .filter(facts__contract_number=contract.number, superseded_by__isnull=True)
        .order_by("-pk")
        .first()
    )


def facts(amendment: Amendment, **_context: Any) -> dict[str, Any]:
    contract = amendment.contract
    announced = announced_of(contract)
    return {
        **project(contract.case),
        "corrected": announced.number if announced else "",
        "first_published_at": contract.published_at,
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
                    Field("corrected", "变更的公告", "Notice changed", optional=True),
                    Field("first_published_at", "首次公告时间", "First published", MOMENT, optional=True),
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
        lambda amendment: f"{amendment.contract.case.title}合同变更公告",
        lambda amendment: announced_of(amendment.contract),
    )
)
