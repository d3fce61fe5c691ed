"""验收单、支付申请书、收款凭证: what papers does a running contract leave?"""

from typing import Any

from yangcai.contracts.models import Acceptance, Contract, PaymentRequest
from yangcai.contracts.queries import reads_paper
from yangcai.parties.models import Post
from yangcai.portal.notices.base import DAY, FLAG, MOMENT, MONEY, TABLE, Field, Section
from yangcai.www.official.kind import Kind, official

CONTRACT = Section(
    "合同",
    "Contract",
    (
        Field("number", "采购项目编号", "Project number"),
        Field("contract_number", "合同编号", "Contract number"),
        Field("contract_title", "合同名称", "Contract"),
        Field("buyer", "采购人", "Buyer"),
        Field("supplier", "供应商", "Supplier"),
        Field("milestone", "付款节点", "Milestone"),
    ),
)


def of_contract(contract: Contract) -> dict[str, Any]:
    """What says which contract it is; its amount as it was signed (amendments have papers of their own)."""
    return {
        "number": contract.case.number,
        "contract_number": contract.number,
        "contract_title": contract.title,
        "buyer": contract.buyer.name,
        "supplier": contract.supplier.name,
    }


def reads(row: Any, post: Post) -> bool:
    return reads_paper(row.contract, post)


def accepted(one: Acceptance) -> dict[str, Any]:
    return {
        **of_contract(one.contract),
        "milestone": one.milestone.title if one.milestone else "整个合同",
        "is_final": one.is_final,
        "accepted_on": one.accepted_on,
        "items": [
            {"item": i.item, "result": i.result, "passed": "合格" if i.passed else "不合格"}
            for i in one.items.order_by("pk")
        ],
        "opinion": one.opinion,
        "passed": one.passed,
        "members": one.members,
        "users_took_part": one.users_took_part,
        "report": one.report_id or "",
        "at": one.at,
    }


ACCEPTANCE = official(
    Kind(
        code="acceptance",
        mark=3,
        zh="履约验收单",
        en="Acceptance certificate",
        model=Acceptance,
        sections=(
            CONTRACT,
            Section(
                "验收情况",
                "Acceptance",
                (
                    Field("is_final", "最终验收", "Final acceptance", FLAG),
                    Field("accepted_on", "验收日期", "Accepted on", DAY),
                    Field(
                        "items",
                        "验收事项",
                        "Items",
                        TABLE,
                        columns=(
                            Field("item", "事项", "Item"),
                            Field("result", "情况", "Finding"),
                            Field("passed", "结论", "Result"),
                        ),
                    ),
                ),
            ),
            Section(
                "结论",
                "Result",
                (
                    Field("passed", "验收合格", "Passed", FLAG),
                    Field("opinion", "验收意见", "Opinion"),
                    Field("members", "验收小组", "Who accepted"),
                    Field("users_took_part", "服务对象参与验收", "Users took part", FLAG),
                    Field("report", "验收书文件摘要 SHA-256", "SHA-256 of the signed report"),
                    Field("at", "登记时间", "Recorded", MOMENT),
                ),
            ),
        ),
        facts=accepted,
        at=lambda one: one.at,
        acts=("acceptance.record",),
        reads=reads,
    )
)


def requested(request: PaymentRequest) -> dict[str, Any]:
    return {
        **of_contract(request.contract),
        "milestone": request.milestone.title,
        "milestone_amount": request.milestone.amount,
        "invoice": request.invoice.number,
        "issued_on": request.invoice.issued_on,
        "invoice_amount": request.invoice.amount,
        "eligible_cost": request.invoice.eligible_cost,
        "amount": request.amount,
        "requested_at": request.requested_at,
    }


PAYMENT = Section(
    "申请支付",
    "Payment",
    (
        Field("milestone_amount", "节点金额", "Milestone amount", MONEY),
        Field("invoice", "发票号码", "Invoice number"),
        Field("issued_on", "开票日期", "Invoice date", DAY),
        Field("invoice_amount", "发票金额", "Invoice amount", MONEY),
        Field("eligible_cost", "实际研发成本", "Eligible research cost", MONEY),
        Field("amount", "申请支付金额", "Amount requested", MONEY),
        Field("requested_at", "申请时间", "Requested", MOMENT),
    ),
)

PAYMENT_REQUEST = official(
    Kind(
        code="payment_request",
        mark=4,
        zh="资金支付申请书",
        en="Payment request",
        model=PaymentRequest,
        sections=(CONTRACT, PAYMENT),
        facts=requested,
        at=lambda request: request.requested_at,
        acts=("payment.request", "payment.approve", "payment.return", "payment.pay"),
        reads=reads,
    )
)

PAYMENT_RECEIPT = official(
    Kind(
        code="payment_receipt",
        mark=5,
        zh="资金支付凭证",
        en="Payment order",
        model=PaymentRequest,
        sections=(
            CONTRACT,
            Section(
                "支付",
                "Payment",
                (
                    Field("invoice", "发票号码", "Invoice number"),
                    Field("amount", "支付金额", "Amount paid", MONEY),
                    Field("paid_at", "支付时间", "Paid", MOMENT),
                ),
            ),
        ),
        facts=lambda request: {
            **of_contract(request.contract),
            "milestone": request.milestone.title,
            "invoice": request.invoice.number,
            "amount": request.amount,
            "paid_at": request.paid_at,
        },
        at=lambda request: request.paid_at,
        acts=("payment.request", "payment.approve", "payment.pay"),
        reads=reads,
        is_signed=True,
    )
)
