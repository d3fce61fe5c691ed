"""What of the solicitation document stands on a page, and what came before the bids?"""

from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot
from yangcai.challenges.models import Enquiry, Objection
from yangcai.tendering.models import (
    Clause,
    Consumable,
    Correction,
    Criterion,
    GreenProduct,
    Invitee,
    OutageExtension,
    Participation,
    PaymentTerm,
    PriceWeightApproval,
    Sample,
    SampleTerms,
    SiteVisit,
    Solicitation,
    SupplierDraw,
)
from yangcai.www.work.shown.kind import Kind, agrees, invites, visits

#: What is bought, and on what terms.
LOTS: tuple[Kind, ...] = (
    Kind(
        Lot,
        _("采购包"),
        (
            "number",
            "title",
            "budget",
            "ceiling",
            "evaluated_by",
            "core_product",
            "award_order",
            "follows",
            "quantity",
            "set_aside",
            "set_aside_share",
            "for_small_micro",
            "outcome",
            "outcome_reason",
        ),
        ("number",),
    ),
    Kind(
        Solicitation,
        _("采购文件"),
        (
            "revision",
            "requirement",
            "delivery",
            "bid_validity_days",
            "bid_security",
            "performance_security_rate",
            "accepts_consortium",
            "max_lots_bid",
            "max_lots_won",
            "objections_at_once",
            "accepts_imports",
            "subcontracting",
            "industry",
            "small_micro_rate",
            "consortium_rate",
            "domestic_rate",
            "green_rate",
            "average_rate",
            "second_rate",
            "ceiling_rate",
            "several_products",
            "core_product",
            "invited_by",
            "may_change_technical",
            "may_change_service",
            "may_change_contract",
            "contract_months",
            "long_term_reason",
            "follow_up_amount",
            "compensation_rate",
            "merit_first",
            "two_covers",
            "blind",
            "contract_terms",
            "payment_days",
            "acceptance_days",
            "agent_fee",
            "confirmation_minutes",
            "documents_from",
            "supply_closes_at",
            "confirmed_at",
            "committee_confirmed_at",
            "taken_over_from",
        ),
    ),
)

#: What bidders are asked for, and by what they are judged.
CONTENT: tuple[Kind, ...] = (
    Kind(Clause, _("资格要求和实质性要求"), ("kind", "number", "text", "is_statutory"), ("kind", "number")),
    Kind(GreenProduct, _("节能环保产品"), ("product", "kind", "lot__number")),
    Kind(
        Consumable,
        _("专用耗材"),
        ("lot__number", "number", "item", "unit", "quantity"),
        ("lot__number", "number"),
        agrees,
    ),
    Kind(
        Criterion,
        _("评审因素"),
        ("lot__number", "kind", "title", "standard", "weight", "is_objective", "counted_by"),
    ),
    Kind(
        PriceWeightApproval,
        _("价格分权重申请"),
        (
            "lot__number",
            "weight",
            "reason",
            "applied_at",
            "approved_at",
            "number",
            "returned_at",
            "return_reason",
        ),
        known_to=lambda method: bool(method.weight_consent),
    ),
    Kind(PaymentTerm, _("付款安排"), ("number", "title", "percent", "due_on"), ("number",)),
    Kind(
        SampleTerms,
        _("样品要求"),
        (
            "lot__number",
            "ground",
            "reason",
            "standard",
            "needs_report",
            "institution",
            "tested",
            "judged_by",
            "place",
            "keeping",
        ),
        ("lot__number",),
        visits,
    ),
    Kind(
        SiteVisit,
        _("现场考察和答疑会"),
        ("number", "kind", "place", "content", "begins_at", "held_at", "minutes", "cancelled_at", "cancelled_reason"),
        ("number",),
        visits,
    ),
    Kind(
        Sample,
        _("样品"),
        (
            "lot__number",
            "code",
            "supplier",
            "registered_at",
            "received_at",
            "condition",
            "released_at",
            "fate",
            "fate_note",
            "settled_at",
        ),
        ("lot__number", "pk"),
        visits,
    ),
)

ENQUIRIES = Kind(Enquiry, _("询问和答复"), ("question", "asked_at", "answer", "answered_at"), ("asked_at",))

OBJECTIONS = Kind(
    Objection,
    _("质疑和答复"),
    ("number", "supplier", "target", "lot", "stage", "received_at", "withdrawn_at", "answered_at", "consequence"),
    ("received_at", "pk"),
)

#: Who was invited, what was corrected, who has the documents and what was asked.
UNTIL_BIDS: tuple[Kind, ...] = (
    Kind(
        Invitee,
        _("备选供应商"),
        ("supplier", "source", "reason", "drawn_rank", "is_chosen", "invited_at"),
        ("drawn_rank", "pk"),
        invites,
    ),
    Kind(
        SupplierDraw,
        _("供应商抽取"),
        ("wanted", "pool_size", "pool_digest", "seed", "watched_by", "drawn_at"),
        known_to=invites,
    ),
    Kind(
        Correction,
        _("更正和澄清"),
        ("number", "item", "before", "after", "affects_bids", "new_closes_at", "at"),
        ("number",),
    ),
    Kind(
        OutageExtension,
        _("停机顺延"),
        ("stage", "lot__number", "outage", "old_closes_at", "new_closes_at", "at"),
        ("at",),
    ),
    Kind(Participation, _("获取采购文件"), ("supplier", "obtained_at"), ("obtained_at",)),
    ENQUIRIES,
)
