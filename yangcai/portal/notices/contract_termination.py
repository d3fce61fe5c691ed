"""合同终止公告: which announced contract ends before it is carried out, on what ground (政府采购法 art. 50)."""

from typing import Any

from yangcai.cases.actions import chinese
from yangcai.contracts import standing
from yangcai.contracts.models import Contract, TerminationGround
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
from yangcai.portal.notices.contract_change import announced_of


def facts(contract: Contract, **_context: Any) -> dict[str, Any]:
    announced = announced_of(contract)
    return {
        **project(contract.case),
        "corrected": announced.number if announced else "",
        "first_published_at": contract.published_at,
        "contract_number": contract.number,
        "contract_title": contract.title,
        "supplier": contract.supplier.name,
        "ground": chinese(TerminationGround(contract.termination_ground).label),
        "reason": contract.termination_reason,
        "amount": contract.amount,
        "paid": standing.paid(contract),
        "terminated_at": contract.terminated_at,
        **contacts(contract.case),
    }


notice_type(
    NoticeType(
        "contract_termination",
        "合同终止公告",
        "contract termination notice",
        (
            Section(
                "原合同",
                "The contract",
                (
                    Field("contract_number", "合同编号", "Contract number"),
                    Field("contract_title", "合同名称", "Contract"),
                    *PROJECT,
                    Field("supplier", "供应商（乙方）", "Supplier"),
                    Field("corrected", "终止的公告", "Notice ended", optional=True),
                    Field("first_published_at", "首次公告时间", "First published", MOMENT, optional=True),
                ),
            ),
            Section(
                "终止内容",
                "What ends",
                (
                    Field("ground", "终止情形", "Ground", rule="contract.amendment_ground"),
                    Field("reason", "终止理由", "Reason", rule="contract.amendment_ground"),
                    Field("amount", "合同金额", "Amount", MONEY),
                    Field("paid", "已支付金额", "Paid so far", MONEY),
                    Field("terminated_at", "终止日期", "Date", MOMENT, rule="contract.amendment_publish"),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda contract: f"{contract.case.title}合同终止公告（{contract.number}）",
        announced_of,
        when=lambda contract: contract.signed_at is not None,  # a draft that its winner refused was never announced
    )
)
