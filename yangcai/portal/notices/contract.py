"""合同公告: the contract in public, at most two working days after signing (条例 art. 50)."""

from typing import Any

from yangcai import procedures
from yangcai.cases.actions import chinese
from yangcai.contracts.models import Contract, MilestoneDue
from yangcai.kernel.numbers import bare
from yangcai.portal.notices.base import (
    CONTACTS,
    MOMENT,
    MONEY,
    ONE_SUM,
    PRICING,
    PROJECT,
    TABLE,
    Field,
    NoticeType,
    Section,
    contacts,
    notice_type,
    project,
)


def facts(contract: Contract, **_context: Any) -> dict[str, Any]:
    items = list(contract.items.order_by("number"))
    return {
        **project(contract.case),
        "contract_number": contract.number,
        "contract_title": contract.title,
        "supplier": contract.supplier.name,
        "supplier_address": contract.supplier.address,
        "supplier_contact": contract.supplier.contact,
        "procedure": procedures.get(contract.case.procedure).zh,
        "amount": contract.amount,
        "items": [
            {
                "item": i.item,
                "specification": i.specification,
                "quantity": "" if i.quantity is None else bare(i.quantity),
                "unit_price": i.unit_price,
                "amount": i.amount,
            }
            for i in items
        ],
        "pricing": ONE_SUM if any(i.unit_price is None for i in items) else "",
        "delivery": contract.delivery,
        "milestones": [
            {
                "number": str(m.number),
                "title": f"{m.title}（激励费用）" if m.is_incentive else m.title,
                "due_on": chinese(MilestoneDue(m.due_on).label),
                "amount": m.amount,
            }
            for m in contract.milestones.order_by("number")
        ],
        "payment_term": f"收到发票之日起 {contract.payment_days} 日内",
        "acceptance_term": f"交付之日起 {contract.acceptance_days} 日内",
        "performance_security": contract.performance_security or None,
        "terms": contract.terms,
        "reserved": "本合同为中小企业预留合同" if contract.for_sme else "",
        "signed_at": contract.signed_at,
        **contacts(contract.case),
    }


notice_type(
    NoticeType(
        "contract",
        "合同公告",
        "contract notice",
        (
            Section(
                "合同基本情况",
                "The contract",
                (
                    Field("contract_number", "合同编号", "Contract number", rule="contract.publish"),
                    Field("contract_title", "合同名称", "Contract"),
                    *PROJECT,
                ),
            ),
            Section(
                "合同主体",
                "Parties",
                (
                    Field("supplier", "供应商（乙方）", "Supplier", rule="contract.publish"),
                    Field("supplier_address", "供应商地址", "Supplier's address", optional=True),
                    Field("supplier_contact", "供应商联系方式", "Supplier's contact", optional=True),
                ),
            ),
            Section(
                "合同主要信息",
                "Main terms",
                (
                    Field("procedure", "采购方式", "Method"),
                    Field("amount", "合同金额", "Amount", MONEY, rule="contract.publish"),
                    Field(
                        "items",
                        "主要标的",
                        "Main items",
                        TABLE,
                        rule="contract.publish",
                        columns=(
                            Field("item", "名称", "Item"),
                            Field("specification", "规格型号", "Specification"),
                            Field("quantity", "数量", "Quantity"),
                            Field("unit_price", "单价", "Unit price", MONEY),
                            Field("amount", "小计", "Amount", MONEY),
                        ),
                    ),
                    PRICING,
                    Field("delivery", "履约期限和地点", "Term and place"),
                    Field(
                        "milestones",
                        "付款安排",
                        "Payments",
                        TABLE,
                        columns=(
                            Field("number", "序号", "No."),
                            Field("title", "名称", "Milestone"),
                            Field("due_on", "付款条件", "Due on"),
                            Field("amount", "金额", "Amount", MONEY),
                        ),
                    ),
                    Field("payment_term", "付款期限", "Term of payment", optional=True),
                    Field("acceptance_term", "验收期限", "Term of acceptance", optional=True),
                    Field("performance_security", "履约保证金", "Performance security", MONEY, optional=True),
                    Field("terms", "合同条款", "Terms"),
                    Field("reserved", "中小企业政策", "SME policy", optional=True),
                    Field("signed_at", "合同签订时间", "Signed", MOMENT, rule="contract.publish"),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda contract: f"{contract.case.title}合同公告（{contract.number}）",
    )
)
