"""What of each kind of row stands on a page? One line per kind: its title and columns, in the order of a case's life.

A row appears only where its scope lets the reader see it; a column that is empty everywhere is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Award, Case, Lot, Suspension
from yangcai.challenges.models import Enquiry
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
from yangcai.credit.models import Debarment
from yangcai.frameworks.models import (
    AgreedConsumable,
    CallOff,
    Entrant,
    EntryRequest,
    Feedback,
    Framework,
    FrameworkApproval,
    OutsideOffer,
    Replacement,
)
from yangcai.funds.models import Appropriation
from yangcai.parties.models import ApiToken, Expert, ExpertTie, Organisation, Post
from yangcai.planning.models import (
    ImportApproval,
    ImportExpert,
    Intention,
    MethodApproval,
    PlanItem,
    Publicity,
    PublicityObjection,
    PublicityOpinion,
    Requirement,
)
from yangcai.procedures import Invite, Procedure, Stage
from yangcai.tendering.models import (
    AgentConductRecord,
    AwardLetter,
    Bid,
    BidPartner,
    BidSecurity,
    Clarification,
    Clause,
    CommitteeMember,
    Consumable,
    ConsumablePrice,
    Correction,
    Criterion,
    DialogueChange,
    DialogueTalk,
    EvaluationReport,
    ExpertDraw,
    FinalOffer,
    GreenProduct,
    Invitee,
    LowPriceReview,
    OpenedBid,
    Opening,
    Participation,
    PaymentTerm,
    ReviewRequest,
    Solicitation,
    SupplierDraw,
)


@dataclass(frozen=True)
class Kind:
    """A kind of row: the heading of its section and the columns that are shown."""

    model: type[models.Model]
    title: "str | Promise"
    columns: tuple[str, ...]
    order: tuple[str, ...] = ("pk",)
    #: Whether a case of this method can have such rows at all.
    known_to: Callable[[Procedure], bool] = lambda method: True
    #: Whether there can be such rows only once the bids lie open, so that nobody has to ask before.
    after_opening: bool = False


def talks(method: Procedure) -> bool:
    return Stage.DIALOGUE in method.stages


def invites(method: Procedure) -> bool:
    return method.invites != (Invite.NOTICE,)


def agrees(method: Procedure) -> bool:
    """The first stage of a framework agreement."""
    return not method.spends


#: What stands under a case, in the order in which it comes about.
OF_CASE: tuple[Kind, ...] = (
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
            "follows__number",
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
            "contract_terms",
            "payment_days",
            "acceptance_days",
            "agent_fee",
            "documents_from",
            "supply_closes_at",
            "confirmed_at",
            "committee_confirmed_at",
        ),
    ),
    Kind(
        Framework,
        _("框架协议"),
        (
            "lot__number",
            "unit",
            "lot__ceiling",
            "estimated_quantity",
            "users",
            "months",
            "term_reason",
            "quality_ground",
            "quality_reason",
            "by_direct",
            "by_mini_competition",
            "by_rotation",
            "allows_outside",
            "uses_consumables",
            "consumables_years",
            "replacement_rule",
            "feedback_rule",
            "tops_up",
            "top_up_reason",
            "begins_on",
            "ends_on",
            "filed_at",
            "told_at",
            "summarised_at",
        ),
        ("lot__number",),
        agrees,
    ),
    Kind(
        FrameworkApproval,
        _("框架协议采购方案"),
        ("scheme", "consent_by", "applied_at", "approved_at", "number", "returned_at", "return_reason"),
        known_to=agrees,
    ),
    Kind(
        CallOff,
        _("框架协议成交"),
        ("framework", "way", "consumable", "quantity", "framework__unit", "need", "outside_offer"),
        known_to=lambda method: bool(method.draws_on),
    ),
    Kind(Clause, _("资格要求和实质性要求"), ("kind", "number", "text", "is_statutory"), ("kind", "number")),
    Kind(GreenProduct, _("节能环保产品"), ("product", "kind", "lot__number")),
    Kind(
        Consumable,
        _("专用耗材"),
        ("lot__number", "number", "item", "unit", "quantity"),
        ("lot__number", "number"),
        agrees,
    ),
    Kind(Criterion, _("评审因素"), ("lot__number", "code", "kind", "title", "standard", "weight", "is_objective")),
    Kind(PaymentTerm, _("付款安排"), ("number", "title", "percent", "due_on"), ("number",)),
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
    Kind(Participation, _("获取采购文件"), ("supplier", "obtained_at"), ("obtained_at",)),
    Kind(Enquiry, _("询问和答复"), ("question", "asked_at", "answer", "answered_at"), ("asked_at",)),
    Kind(BidSecurity, _("投标保证金"), ("supplier", "kind", "amount", "received_at", "returned_at", "kept_reason")),
    Kind(
        Bid,
        _("投标回执"),
        ("lot__number", "supplier", "revision", "receipt", "received_at", "replaced_at", "withdrawn_at"),
    ),
    Kind(Opening, _("开标"), ("begun_at", "concluded_at")),
    Kind(
        OpenedBid,
        _("开标记录"),
        (
            "lot__number",
            "supplier",
            # What was read out. What the committee makes of a bid is told with the result (`judging`), not before.
            "price",
            "delivery",
            "preference",
            "is_domestic",
            "domestic_share",
            "has_imports",
            "green_certificates",
            "brand",
            "record_confirmed_at",
            "record_objection",
            "resubmitted_at",
            "left_reason",
        ),
        ("lot__number", "pk"),
    ),
    Kind(
        ConsumablePrice,
        _("专用耗材报价"),
        ("opened_bid__lot__number", "opened_bid__supplier", "consumable", "unit_price"),
        ("opened_bid__lot__number", "pk"),
        agrees,
    ),
    Kind(
        BidPartner,
        _("联合体和分包"),
        ("opened_bid__lot__number", "opened_bid__supplier", "kind", "name", "uscc", "size", "share", "work"),
        ("opened_bid__lot__number", "pk"),
    ),
    Kind(
        ExpertDraw,
        _("专家抽取"),
        (
            "round",
            "size",
            "places",
            "waits_for",
            "opened_at",
            "committed_at",
            "leaf",
            "drawn_at",
            "abandoned_at",
            "abandoned_reason",
        ),
        ("round",),
    ),
    Kind(CommitteeMember, _("评标委员会"), ("is_chair", "signed_in_at", "replaced_at", "replaced_reason")),
    Kind(
        DialogueTalk,
        _("谈判记录"),
        ("opened_bid__supplier", "round", "held_at", "minutes"),
        ("round", "pk"),
        talks,
    ),
    Kind(
        DialogueChange,
        _("实质性变动"),
        ("lot__number", "number", "part", "before", "after", "proposed_at", "told_at", "refused_at"),
        ("number",),
        talks,
    ),
    Kind(
        FinalOffer,
        _("最后报价"),
        ("opened_bid__supplier", "price", "delivery", "opened_at"),
        known_to=talks,
    ),
    Kind(
        LowPriceReview,
        _("异常低价审查"),
        (
            "opened_bid__supplier",
            "started_at",
            "answer_by_at",
            "explanation",
            "explained_at",
            "is_accepted",
            "decision",
            "queries",
            "decided_at",
        ),
    ),
    Kind(
        Clarification,
        _("澄清"),
        (
            "opened_bid__supplier",
            "number",
            "ground",
            "page",
            "question",
            "asked_at",
            "answer_by_at",
            "answer",
            "signed_as",
            "answered_at",
            "is_accepted",
            "opinion",
        ),
        after_opening=True,
    ),
    Kind(
        EvaluationReport,
        _("评审报告"),
        ("lot__number", "revision", "computed_at", "signed_at", "sent_at", "correction_ground", "reported_at"),
    ),
    Kind(
        ReviewRequest,
        _("要求复核"),
        (
            "report__lot__number",
            "report__revision",
            "ground",
            "content",
            "requested_at",
            "answer",
            "reasons",
            "answered_at",
            "refusal",
            "reported_at",
        ),
        after_opening=True,
    ),
    Kind(
        EntryRequest,
        _("入围申请"),
        (
            "framework__lot__number",
            "supplier",
            "product",
            "statement",
            "asked_at",
            "is_admitted",
            "answer",
            "answered_at",
        ),
        known_to=agrees,
    ),
    Kind(
        Entrant,
        _("入围供应商"),
        (
            "framework__lot__number",
            "rank",
            "supplier",
            "product",
            "unit_price",
            "signed_at",
            "left_at",
            "left_by",
            "left_ground",
            "left_reason",
        ),
        ("framework__lot__number", "rank"),
        agrees,
    ),
    Kind(
        AgreedConsumable,
        _("专用耗材协议价格"),
        ("entrant__framework__lot__number", "entrant__supplier", "item", "unit", "unit_price", "years"),
        ("entrant__framework__lot__number", "entrant__rank", "pk"),
        agrees,
    ),
    Kind(
        Replacement,
        _("产品升级换代"),
        (
            "entrant__supplier",
            "old_product",
            "old_price",
            "product",
            "unit_price",
            "statement",
            "asked_at",
            "is_admitted",
            "answer",
            "answered_at",
        ),
        known_to=agrees,
    ),
    Kind(
        OutsideOffer,
        _("非入围供应商的更低价格"),
        (
            "entrant__supplier",
            "agreed_price",
            "supplier",
            "unit_price",
            "quantity",
            "evidence",
            "reported_at",
            "answer_by_at",
            "agrees",
            "answer",
            "answered_at",
            "copied_at",
        ),
        known_to=agrees,
    ),
    Kind(Feedback, _("用户评价"), ("supplier", "buyer", "grade", "comment", "given_at"), known_to=agrees),
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
            "refusal_reason",
        ),
    ),
    Kind(
        AwardLetter,
        _("中标和未中标通知书"),
        ("lot__number", "supplier", "is_winner", "score", "rank", "reason", "issued_at"),
    ),
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
    Kind(
        AgentConductRecord,
        _("代理机构履职情况记录"),
        ("agent", "grade", "text", "recorded_at", "due_at"),
        after_opening=True,
    ),
    Kind(Suspension, _("暂停"), ("reason", "authority", "suspended_at", "until_on", "resumed_at")),
)

#: What stands under an organisation.
OF_ORGANISATION: tuple[Kind, ...] = (
    Kind(Post, _("岗位"), ("person", "role", "from_on", "to_on")),
    Kind(ApiToken, _("接口令牌"), ("label", "post", "created_at", "expires_at", "revoked_at")),
    Kind(Debarment, _("禁止参加"), ("ground", "authority", "decision", "from_on", "to_on")),
)

#: What stands under a plan or a publicity.
OF_METHOD: tuple[Kind, ...] = (
    Kind(
        MethodApproval,
        _("采购方式变更申请"),
        (
            "procedure",
            "ground",
            "reason",
            "amount",
            "funding",
            "tender_notice",
            "objections_statement",
            "opinion",
            "opinion_experts",
            "consent_by",
            "applied_at",
            "consented_at",
            "approved_at",
            "number",
            "returned_at",
            "return_reason",
            "withdrawn_at",
        ),
    ),
    Kind(ImportExpert, _("进口产品论证专家"), ("approval__products", "expert__person__name", "expert__employer__name")),
    Kind(
        ImportApproval,
        _("进口产品申请"),
        (
            "products",
            "policy",
            "reason",
            "authority_opinion",
            "experts",
            "lawyers",
            "opinion",
            "applied_at",
            "approved_at",
            "number",
            "returned_at",
            "return_reason",
        ),
    ),
    Kind(PublicityOpinion, _("专业人员论证意见"), ("name", "unit", "professional_title", "opinion")),
    Kind(PublicityObjection, _("异议"), ("objector", "contact", "content", "raised_at", "answer", "answered_at")),
)

ROOTS: tuple[Kind, ...] = (
    Kind(
        Case,
        _("采购项目"),
        (
            "number",
            "title",
            "buyer",
            "agent",
            "procedure",
            "category",
            "classification",
            "budget",
            "ceiling",
            "set_aside",
            "law_as_of",
            "published_at",
            "ended_at",
            "end_kind",
            "end_reason",
        ),
    ),
    Kind(
        PlanItem,
        _("采购计划"),
        (
            "title",
            "category",
            "classification",
            "in_catalogue",
            "procedure",
            "ground",
            "method_reason",
            "original_amount",
            "amount",
            "repeat_exception",
            "repeat_reason",
            "repeat_opinion",
            "set_aside",
            "set_aside_share",
            "set_aside_small_micro",
            "set_aside_reason",
            "start_on",
            "intention",
            "intention_exemption",
            "drafted_at",
            "submitted_at",
            "returned_at",
            "return_reason",
            "approved_at",
            "filed_at",
            "cancelled_at",
        ),
    ),
    Kind(
        Intention,
        _("采购意向"),
        ("title", "overview", "amount", "expected_on", "for_sme", "remarks", "published_at", "withdrawn_at"),
    ),
    Kind(
        Appropriation,
        _("采购预算"),
        ("buyer", "fiscal_year", "code", "name", "classification", "source", "amount", "approved_on"),
    ),
    Kind(
        Publicity,
        _("单一来源公示"),
        (
            "title",
            "description",
            "reason",
            "supplier_name",
            "supplier_address",
            "opens_at",
            "closes_at",
            "is_upheld",
            "reasoning",
            "concluded_at",
        ),
    ),
    Kind(
        Expert,
        _("评审专家"),
        ("person", "employer", "specialities", "title", "admitted_on", "in_field_since_on", "left_on", "left_reason"),
    ),
    Kind(Organisation, _("主体"), ("name", "kind", "uscc", "parent", "size", "address", "contact")),
)

#: What a plan asks for, beside what it says of money and method.
REQUIREMENT = Kind(
    Requirement,
    _("采购需求"),
    (
        "description",
        "quantity",
        "delivery",
        "standards",
        "service",
        "acceptance_plan",
        "survey_respondents",
        "survey_summary",
    ),
)

#: What stands under an expert.
OF_EXPERT: tuple[Kind, ...] = (
    Kind(ExpertTie, _("回避事实"), ("organisation", "kind", "from_on", "to_on", "note", "declared_at")),
)

KINDS: dict[type[models.Model], Kind] = {
    kind.model: kind for kind in (*OF_CASE, *OF_ORGANISATION, *OF_METHOD, *OF_EXPERT, *ROOTS)
}


def kind_of(row: Any) -> Kind | None:
    return KINDS.get(type(row))
