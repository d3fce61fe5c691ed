"""What of a budget, an intention, a plan or an approval stands on a page?"""

from django.utils.translation import gettext_lazy as _

from yangcai.funds.models import Appropriation
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
from yangcai.www.work.shown.kind import Kind

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

PLANS: tuple[Kind, ...] = (
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
            "renews",
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
