"""What of the committee, its talks and its report stands on a page?"""

from django.utils.translation import gettext_lazy as _

from yangcai.tendering.models import (
    Clarification,
    CommitteeMember,
    DialogueChange,
    DialogueTalk,
    EvaluationReport,
    ExpertDraw,
    FinalOffer,
    LowPriceReview,
    ReviewRequest,
)
from yangcai.www.work.shown.kind import Kind, talks

JUDGES: tuple[Kind, ...] = (
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
)
