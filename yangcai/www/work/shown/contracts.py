"""What of an award and its contract stands on a page?"""

from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Award
from yangcai.contracts.models import (
    Acceptance,
    Amendment,
    Contract,
    Delivery,
    Invoice,
    Milestone,
    PaymentRequest,
    Receivable,
)
from yangcai.tendering.models import AwardAnnulment, AwardLetter
from yangcai.www.work.shown.kind import Kind

AWARDS: tuple[Kind, ...] = (
    Kind(
        Award,
        _("中标结果"),
        (
            "lot__number",
            "supplier",
            "amount",
            "determined_at",
            "is_deemed",
            "announced_at",
            "refused_at",
            "fall_ground",
            "refusal_reason",
        ),
    ),
    Kind(
        AwardAnnulment,
        _("中标结果失效的提请"),
        (
            "award",
            "ground",
            "reason",
            "proposed_by",
            "proposed_at",
            "is_confirmed",
            "answered_by",
            "answered_at",
            "answer",
        ),
        after_opening=True,
    ),
    Kind(
        AwardLetter,
        _("中标和未中标通知书"),
        ("lot__number", "supplier", "is_winner", "score", "rank", "reason", "issued_at"),
    ),
)

CONTRACTS: tuple[Kind, ...] = (
    Kind(
        Contract,
        _("采购合同"),
        (
            "number",
            "title",
            "supplier",
            "amount",
            "delivery",
            "payment_days",
            "performance_security",
            "signed_at",
            "published_at",
            "filed_at",
            "terminated_at",
            "termination_ground",
            "closed_at",
        ),
    ),
    Kind(Milestone, _("付款节点"), ("contract__number", "number", "title", "due_on", "amount"), ("contract", "number")),
    Kind(Delivery, _("交付"), ("contract__number", "milestone", "delivered_on", "note", "reported_at")),
    Kind(Acceptance, _("验收"), ("contract__number", "milestone", "is_final", "passed", "accepted_on", "opinion")),
    Kind(
        Amendment,
        _("合同变更"),
        (
            "contract__number",
            "number",
            "is_supplement",
            "clause",
            "content",
            "reason",
            "amount_change",
            "contract_months",
            "ending",
            "eligible_cost",
            "settled_amount",
            "signed_at",
            "published_at",
        ),
    ),
    Kind(Invoice, _("发票"), ("contract__number", "milestone__title", "number", "amount", "issued_on", "received_at")),
    Kind(
        PaymentRequest,
        _("支付申请"),
        (
            "contract__number",
            "milestone__title",
            "invoice__number",
            "amount",
            "requested_at",
            "approved_at",
            "returned_at",
            "return_reason",
            "paid_at",
        ),
    ),
    Kind(
        Receivable,
        _("应收账款"),
        ("contract__number", "amount", "purpose", "requested_at", "confirmed_at", "confirmed_amount"),
    ),
)
