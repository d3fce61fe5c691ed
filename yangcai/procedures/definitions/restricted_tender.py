"""How does a restricted tender (邀请招标) run? As an open one, among bidders drawn from a list (87号令 art. 14)."""

from yangcai.procedures.definitions.tenders import (
    CATEGORIES,
    COMMITTEE,
    NO_TALKS,
    PREQUALIFICATION,
    PRICE_WEIGHTS,
    steps,
)
from yangcai.procedures.procedure import AwardBy, Invite, Procedure

RESTRICTED_TENDER = Procedure(
    code="restricted_tender",
    zh="邀请招标",
    en="Restricted tender",
    ocds_method="selective",
    categories=CATEGORIES,
    grounds="method.restricted_tender",
    steps=steps(notice="", window="submission.restricted_tender", prequalification=PREQUALIFICATION),
    committee=COMMITTEE,
    award_by=(AwardBy.RATED, AwardBy.LOWEST),
    price_weights=PRICE_WEIGHTS,
    two_covers=True,
    invites=(Invite.LIBRARY, Invite.RECOMMENDATION, Invite.PREQUALIFICATION),
    invited="bidders.invited",
    pool="bidders.pool_multiple",
    comes_by="suppliers.draw",
    instead=NO_TALKS,
    notice=("投标邀请书", "invitation to selected bidders"),
)
