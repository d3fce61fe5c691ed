"""验收结果公告: of services that the public uses (条例 art. 45)."""

from typing import Any

from yangcai.contracts.models import Acceptance
from yangcai.portal.notices.base import (
    CONTACTS,
    DAY,
    FLAG,
    PROJECT,
    TABLE,
    Field,
    NoticeType,
    Section,
    contacts,
    notice_type,
    project,
)


def facts(acceptance: Acceptance, **_context: Any) -> dict[str, Any]:
    contract = acceptance.contract
    return {
        **project(contract.case),
        "contract_number": contract.number,
        "contract_title": contract.title,
        "supplier": contract.supplier.name,
        "accepted_on": acceptance.accepted_on,
        "passed": acceptance.passed,
        "items": [
            {"item": i.item, "result": i.result, "passed": "合格" if i.passed else "不合格"}
            for i in acceptance.items.order_by("pk")
        ],
        "opinion": acceptance.opinion,
        "members": acceptance.members,
        **contacts(contract.case),
    }


notice_type(
    NoticeType(
        "acceptance",
        "验收结果公告",
        "acceptance notice",
        (
            Section(
                "合同",
                "The contract",
                (
                    Field("contract_number", "合同编号", "Contract number"),
                    Field("contract_title", "合同名称", "Contract"),
                    *PROJECT,
                    Field("supplier", "供应商", "Supplier"),
                ),
            ),
            Section(
                "验收情况",
                "Acceptance",
                (
                    Field("accepted_on", "验收日期", "Date", DAY, rule="acceptance.public_services"),
                    Field("passed", "验收合格", "Passed", FLAG, rule="acceptance.public_services"),
                    Field(
                        "items",
                        "验收事项",
                        "Items",
                        TABLE,
                        rule="acceptance.content",
                        columns=(
                            Field("item", "事项", "Item"),
                            Field("result", "情况", "Finding"),
                            Field("passed", "结论", "Result"),
                        ),
                    ),
                    Field("opinion", "验收意见", "Opinion"),
                    Field("members", "验收小组", "Who accepted"),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda a: f"{a.contract.case.title}验收结果公告",
        when=lambda a: a.for_public,
    )
)
