"""What of a bid stands on a page?"""

from django.utils.translation import gettext_lazy as _

from yangcai.tendering.models import (
    Bid,
    BidClosing,
    BidPartner,
    BidSecurity,
    BidUpload,
    ConsumablePrice,
    Deviation,
    OfferedFigure,
    OpenedBid,
    Opening,
    OpeningAbandonment,
    OpeningPolicy,
    ShareTest,
)
from yangcai.www.work.shown.kind import Kind, agrees

BIDS: tuple[Kind, ...] = (
    Kind(
        OpeningPolicy,
        _("开启规则"),
        (
            "lot__number",
            "cover",
            "round",
            "revision",
            "threshold",
            "supplier_shares",
            "window_seconds",
            "digest",
            "published_at",
        ),
        ("lot__number", "revision"),
    ),
    Kind(BidSecurity, _("投标保证金"), ("supplier", "kind", "amount", "received_at", "returned_at", "kept_reason")),
    Kind(
        Bid,
        _("投标回执"),
        ("lot__number", "supplier", "cover", "revision", "receipt", "received_at", "replaced_at", "withdrawn_at"),
    ),
    Kind(
        BidUpload,
        _("密封文件上传"),
        ("lot__number", "sid", "begun_at", "taken_bytes", "verified_at", "given_up_at"),
    ),
    Kind(Opening, _("开标"), ("begun_at", "concluded_at")),
    Kind(
        BidClosing,
        _("投标截止登记"),
        ("lot__number", "cover", "size", "digest", "closed_at", "window_closes_at", "extension_reason", "unsealed_at"),
        ("lot__number",),
        after_opening=True,
    ),
    Kind(
        ShareTest,
        _("份额试解"),
        ("bid__lot__number", "bid__supplier", "trustee", "tested_at", "told"),
        ("bid__lot__number", "bid__received_at", "pk"),
        after_opening=True,
    ),
    Kind(
        OpeningAbandonment,
        _("不再等待开启"),
        (
            "closing__lot__number",
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
        OfferedFigure,
        _("按公式计分的承诺数值"),
        ("opened_bid__lot__number", "opened_bid__supplier", "criterion", "declared", "found", "reason", "page"),
        ("opened_bid__lot__number", "pk"),
        after_opening=True,
    ),
    Kind(
        Deviation,
        _("偏离表"),
        ("opened_bid__lot__number", "opened_bid__supplier", "clause", "stance", "response", "page"),
        ("opened_bid__lot__number", "pk"),
        after_opening=True,
    ),
    Kind(
        BidPartner,
        _("联合体和分包"),
        ("opened_bid__lot__number", "opened_bid__supplier", "kind", "name", "uscc", "size", "share", "work"),
        ("opened_bid__lot__number", "pk"),
    ),
)
