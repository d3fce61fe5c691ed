"""What of a bid stands on a page?"""

from django.utils.translation import gettext_lazy as _

from yangcai.tendering.models import (
    Bid,
    BidClosing,
    BidPartner,
    BidSecurity,
    ConsumablePrice,
    OfferedFigure,
    OpenedBid,
    Opening,
    OpeningPolicy,
)
from yangcai.www.work.shown.kind import Kind, agrees

BIDS: tuple[Kind, ...] = (
    Kind(
        OpeningPolicy,
        _("开启规则"),
        ("lot__number", "revision", "threshold", "supplier_shares", "window_seconds", "digest", "published_at"),
        ("lot__number", "revision"),
    ),
    Kind(BidSecurity, _("投标保证金"), ("supplier", "kind", "amount", "received_at", "returned_at", "kept_reason")),
    Kind(
        Bid,
        _("投标回执"),
        ("lot__number", "supplier", "revision", "receipt", "received_at", "replaced_at", "withdrawn_at"),
    ),
    Kind(Opening, _("开标"), ("begun_at", "concluded_at")),
    Kind(
        BidClosing,
        _("投标截止登记"),
        ("lot__number", "size", "digest", "closed_at", "window_closes_at", "extension_reason", "unsealed_at"),
        ("lot__number",),
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
        BidPartner,
        _("联合体和分包"),
        ("opened_bid__lot__number", "opened_bid__supplier", "kind", "name", "uscc", "size", "share", "work"),
        ("opened_bid__lot__number", "pk"),
    ),
)
