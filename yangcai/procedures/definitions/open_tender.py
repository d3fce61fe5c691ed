"""How does an open tender (公开招标) of goods or services run?"""

from yangcai.procedures.definitions.tenders import (
    CATEGORIES,
    COMMITTEE,
    NO_TALKS,
    PREQUALIFICATION,
    PRICE_WEIGHTS,
    steps,
)
from yangcai.procedures.procedure import AwardBy, Invite, Procedure

OPEN_TENDER = Procedure(
    code="open_tender",
    zh="公开招标",
    en="Open tender",
    ocds_method="open",
    categories=CATEGORIES,
    grounds="method.open_tender",
    needs_approval=False,
    steps=steps(
        notice="notice.invitation.open_tender",
        window="submission.open_tender",
        prequalification=(*PREQUALIFICATION, "prequalification.supplied_to_all"),
    ),
    committee=COMMITTEE,
    award_by=(AwardBy.RATED, AwardBy.LOWEST),
    price_weights=PRICE_WEIGHTS,
    two_covers=True,
    invites=(Invite.NOTICE, Invite.PREQUALIFICATION),
    comes_by="prequalification.supplied_to_all",
    instead=NO_TALKS,
)
